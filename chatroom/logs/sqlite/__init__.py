"""The log in SQLite: one thread writes, one reads, one searches."""
