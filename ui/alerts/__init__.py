"""The alerts screen: open alerts with value, duration and advice."""
