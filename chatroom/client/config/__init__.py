"""What somebody wants otherwise: the configuration file, and the options that can stand in it."""
