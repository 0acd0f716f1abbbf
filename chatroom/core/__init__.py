"""The chat itself: names, commands, events, rooms, the lobby and its visitors; plain synchronous Python."""
