"""The text that is typed, and what helps to type it: an editor, its undo, the lines sent before, completion."""

from __future__ import annotations
