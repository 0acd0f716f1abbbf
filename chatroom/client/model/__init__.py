"""What the client knows: the rooms, what is said in them, what one wants to be told; no terminal, no socket."""

from __future__ import annotations
