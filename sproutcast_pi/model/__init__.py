"""The rules of plants and light as pure functions on values."""
