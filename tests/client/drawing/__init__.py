"""Drawing as a terminal would show it: rows of text, their styles and where they stand."""

from __future__ import annotations
