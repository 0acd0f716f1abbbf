"""The client without a screen: one line after the other."""

from __future__ import annotations
