"""The monitor-plan page: a plant's pipelines, limits and master data."""
