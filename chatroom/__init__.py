"""A chat room server for people who live in terminals, and for their programs."""

from __future__ import annotations

__version__ = "0.2.0.dev0"
"""The version of the server and of its programs; pyproject.toml takes it from here."""
