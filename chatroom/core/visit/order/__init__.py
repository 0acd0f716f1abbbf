"""How order is kept: by moderators in a room, and by operators everywhere."""
