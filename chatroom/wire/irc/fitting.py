"""What IRC clients write beside talk, made to fit: nothing of it is refused for its letters or its length."""

from __future__ import annotations

import re

from chatroom.core.values.texts import HARMFUL, MAX_TOPIC
from chatroom.wire.irc.split import pieces

_FORMATTING = re.compile(
    r"\x03(?:\d{1,2}(?:,\d{1,2})?)?|\x04(?:[0-9A-Fa-f]{6}(?:,[0-9A-Fa-f]{6})?)?|[\x02\x0f\x11\x16\x1d\x1e\x1f]"
)
"""Letters that mean bold, a colour and the like; nobody but IRC has them."""


def unformatted(text: str) -> str:
    """Return *text* without bold, colours and the like."""
    return _FORMATTING.sub("", text)


def fitting(text: str, most: int = MAX_TOPIC) -> str:
    """Return the beginning of a *text* of one line, of at most so many bytes, without letters that can't be shown.

    Clients send such texts by themselves, or as their users have set them once: a reason, a topic, a real name.
    """
    if not text.isprintable():
        text = HARMFUL.sub("", unformatted(text))
    return next(pieces(text, most))
