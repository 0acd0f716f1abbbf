"""The configuration file, and the options that can stand in it."""
