"""Measurements of the server, its log, its client, and of other servers beside them; no part of what is installed."""
