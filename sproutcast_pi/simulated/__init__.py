"""The same ports without a Pi: a light that remembers, cameras that replay or paint, a clock you can turn."""
