"""A terminal: what it can, and how rows get to it."""
