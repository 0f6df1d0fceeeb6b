"""The touchscreen: a thin client that shows subscriptions and calls reducers."""
