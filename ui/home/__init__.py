"""The home screen: a card per plant, and the light."""
