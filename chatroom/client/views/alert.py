"""A call for somebody who does not look at the screen."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Alert:
    """Somebody is wanted: the *title* says by whom and where, the *text* is what was said."""

    title: str
    text: str
