"""The light: now, today's plan as a curve to drag, and by hand for a while."""
