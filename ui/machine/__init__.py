"""Ports to the machine the screen runs on: Wi-Fi, backlight, power, USB sticks, the log."""
