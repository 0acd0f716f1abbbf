"""How somebody shows who they are, and what is done with accounts."""
