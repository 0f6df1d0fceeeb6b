"""Domain rules of plants and light: pure functions on values."""
