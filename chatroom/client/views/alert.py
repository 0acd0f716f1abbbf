"""An alert for a user who does not look at the screen."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Alert:
    """A message that calls for the user: the *title* says by whom and where, the *text* is the message."""

    title: str
    text: str
