"""Confirmation of plant outlines by the owner, which trains the site profile."""
