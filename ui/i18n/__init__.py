"""Internationalisation of the screen: translations, plurals, local numbers, dates and units. Pure."""
