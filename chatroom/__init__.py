"""A chat room server for people who live in terminals, and for their programs."""
