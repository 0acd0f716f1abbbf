"""The parts of a server, made as its options describe them; ``tap`` puts them together."""
