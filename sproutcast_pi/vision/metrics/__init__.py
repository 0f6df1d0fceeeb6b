"""Plant metrics, one file per pipeline."""
