"""The device's own software: which version runs, and a newer one."""
