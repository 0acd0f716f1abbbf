"""Services, which live as long as the server: its listening ports, and its operation."""
