"""Benchmarks; each module prints its figures with a reference from the same run."""
