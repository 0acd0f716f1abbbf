"""Keys: what each does, and what somebody has bound otherwise; no terminal."""

from __future__ import annotations
