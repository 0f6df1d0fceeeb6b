"""Messages for people: codes with values, rendered in the reader's language where they are read."""
