"""Views: frozen values that screens make and the drawing draws."""

from __future__ import annotations
