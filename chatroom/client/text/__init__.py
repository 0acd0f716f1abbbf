"""Finds in a text: mentions and links, searched words, letters of a name, pieces of a paste."""

from __future__ import annotations
