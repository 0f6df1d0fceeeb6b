"""The phone page: static files the gateway serves."""
