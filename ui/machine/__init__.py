"""The machine the screen runs on: Wi-Fi, backlight, power, USB sticks, the log. Small ports over its own tools."""
