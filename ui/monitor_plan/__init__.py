"""What is watched about a plant, and the plant's own data."""
