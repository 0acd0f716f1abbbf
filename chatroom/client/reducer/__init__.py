"""The reducer: what the server says becomes changes of the chat, sorted by what it is about."""
