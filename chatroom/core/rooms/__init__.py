"""The lobby and its rooms: who is in them, and what they are shown."""
