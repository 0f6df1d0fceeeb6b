"""Site profiles, trained by confirmed photos of a site."""
