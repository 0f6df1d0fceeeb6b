"""The child program: take a picture, measure it, answer in one line."""
