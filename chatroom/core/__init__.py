"""The chat itself: names, commands, events, rooms, the lobby and its visitors; plain Python without an event loop."""
