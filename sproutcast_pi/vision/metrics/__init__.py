"""Plant metrics, one file a pipeline."""
