"""Photos: fetched and decoded at display size on a thread, cached within a memory bound."""
