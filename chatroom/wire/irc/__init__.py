"""The IRC dialect."""
