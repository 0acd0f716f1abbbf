"""How somebody comes into rooms and leaves them, and what they do to a room as a whole."""
