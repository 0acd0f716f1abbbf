"""The model of a chat: rooms, their talk, the user's preferences; no terminal, no socket."""

from __future__ import annotations
