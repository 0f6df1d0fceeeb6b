"""The screensaver: a photo frame, then a dark screen; the waking touch is swallowed."""
