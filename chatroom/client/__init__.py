"""The client: a connection that any program can use, and the terminal client that uses it."""
