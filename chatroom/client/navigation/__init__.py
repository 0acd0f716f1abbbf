"""Ways to a message, to a mention, and to another room."""

from __future__ import annotations
