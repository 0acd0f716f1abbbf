"""Sequences by which a terminal calls a user who does not look at it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, assert_never

from chatroom.client.drawing.columns import cut
from chatroom.client.views.alert import Alert

Kind = Literal["bell", "osc9", "osc777", "none"]

_MOST = 200
"""Columns of a text; more than that no notification shows."""


def notification(kind: Kind, alert: Alert, environ: Mapping[str, str]) -> str:
    """Return what calls for *alert*: the bell, or a text that the terminal, which *environ* describes, shows."""
    title, text = _plain(alert.title), _plain(alert.text)
    match kind:
        case "none":
            return ""
        case "bell":
            return "\a"
        case "osc9":
            sequence = f"\x1b]9;{title}: {text}\x1b\\"
        case "osc777":
            sequence = f"\x1b]777;notify;{title};{text}\x1b\\"
        case _:
            assert_never(kind)
    if environ.get("TMUX"):
        # tmux gives to the terminal around it what is wrapped so, if allow-passthrough is on.
        return "\x1bPtmux;" + sequence.replace("\x1b", "\x1b\x1b") + "\x1b\\"
    return sequence


def _plain(text: str) -> str:
    """Return *text* as one line, without anything that a terminal could obey or take for the next field."""
    return cut(" ".join(text.split()), _MOST).replace(";", ",")
