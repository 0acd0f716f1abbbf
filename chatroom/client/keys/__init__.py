"""Keys: the actions that they mean, and the user's own bindings; no terminal."""

from __future__ import annotations
