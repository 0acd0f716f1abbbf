"""The log in PostgreSQL, which survives the machine that it is on."""
