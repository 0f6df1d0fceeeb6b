"""Widgets: text, icons, buttons, photos, charts."""
