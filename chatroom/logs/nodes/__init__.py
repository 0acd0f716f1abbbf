"""A log that the servers of a chat, its nodes, share: what a node does, whatever engine keeps the log."""
