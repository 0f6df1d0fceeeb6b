"""The steps that bring an older database forward, one file a version."""
