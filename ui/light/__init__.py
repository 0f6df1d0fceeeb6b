"""The light screen: current level, the schedule as an editable curve, and a timed override."""
