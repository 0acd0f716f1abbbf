"""What protects the server: who may come in, who is alive, how a connection ends, and what the log says of it."""
