"""Photographs: fetched, decoded at display size off the main thread, kept within a bound."""
