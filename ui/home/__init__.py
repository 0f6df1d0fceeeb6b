"""Home: a card per plant, and the light."""
