"""Logs, which keep the messages of rooms: in memory, and in SQLite."""
