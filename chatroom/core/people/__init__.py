"""Who is there: people and their seats, the directory of them all, and what they see of the lobby."""
