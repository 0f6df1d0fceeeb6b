"""The plant page: photo, metrics, trends, care log."""
