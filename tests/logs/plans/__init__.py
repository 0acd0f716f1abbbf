"""Which way the stores take to what they look for: no statement reads a whole table, however large a chat gets."""
