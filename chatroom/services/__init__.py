"""What the core needs of the outside world: logs that keep the messages, and what else lives as long as the server."""
