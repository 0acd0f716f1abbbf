"""The lobby and its rooms: users, members, and the events that they are shown."""
