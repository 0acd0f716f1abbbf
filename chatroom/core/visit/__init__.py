"""A visitor: their requests, the rules for them, and the commands as they are carried out."""
