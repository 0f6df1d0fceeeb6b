"""Message templates, one module per area; the only place where templates are defined."""
