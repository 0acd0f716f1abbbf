"""A room as its members see it: who is in, what is said, and the events that they are shown."""
