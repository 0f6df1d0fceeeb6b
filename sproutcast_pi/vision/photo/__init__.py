"""Photographs: files, headers, quality, the lit region."""
