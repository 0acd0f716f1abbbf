"""Listening: endpoints as operators write them, certificates, and the ports of rooms."""
