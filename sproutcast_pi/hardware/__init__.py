"""The real ports: GPIO light, cameras, clock, backlight."""
