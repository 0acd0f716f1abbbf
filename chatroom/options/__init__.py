"""What an operator can tell the server, on its command line or in a file of settings."""
