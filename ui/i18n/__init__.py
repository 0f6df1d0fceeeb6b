"""What the screen says and how: languages, plurals, local numbers, dates and units. Pure."""
