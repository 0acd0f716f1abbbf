"""The log in memory: gone with the process, and quick to answer."""
