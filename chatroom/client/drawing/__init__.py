"""The drawing of views, as rows of styled text on urwid's canvases; no Twisted."""

from __future__ import annotations
