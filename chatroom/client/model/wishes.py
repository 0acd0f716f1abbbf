"""Wishes of the user that concern the world around the client: they are carried out elsewhere."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Open:
    """Let another program open *address*."""

    address: str


@dataclass(frozen=True, slots=True)
class Copy:
    """Put *text* into the clipboard of the user's desktop."""

    text: str


@dataclass(frozen=True, slots=True)
class Edit:
    """Let the user's editor change *text*, which is in the line of *room*."""

    room: str
    text: str


Wish = Open | Copy | Edit
