"""Photos: files, headers, quality, the lit region."""
