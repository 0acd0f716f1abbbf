"""``chatroom-admin``: what an operator does beside the server, or asks of it."""
