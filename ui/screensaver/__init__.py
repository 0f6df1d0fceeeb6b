"""When nobody is there: a photo frame, then darkness; the touch that wakes does nothing else."""
