"""Our own small widgets: words, pictures of things, buttons, photographs, curves."""
