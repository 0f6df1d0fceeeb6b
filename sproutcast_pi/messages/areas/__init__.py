"""The message templates, a module per area. A template is added here and nowhere else."""
