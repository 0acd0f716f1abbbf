"""The lines of a conversation as rows: how they stand side by side, and what is in view of them."""
