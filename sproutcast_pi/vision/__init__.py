"""Image analysis: segmentation and plant metrics, one file per pipeline."""
