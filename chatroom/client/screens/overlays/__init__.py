"""Screens that lie over another one: help, lists of what was found, rooms to go to."""

from __future__ import annotations
