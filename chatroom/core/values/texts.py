"""Texts of people: checked to do no harm where they are shown."""

from __future__ import annotations

import re
from collections.abc import Iterable
from unicodedata import normalize

from chatroom.core.values.errors import TextInvalid, TextTooLong, TooManyLines

MAX_TEXT = 4000
"""Bytes of UTF-8 in the longest message."""

MAX_LINES = 400
"""Lines in the longest message."""

LINE_BYTES = 80
"""Bytes for the time and the speaker, written before each line of a message but the first where people read it."""

QUOTE_BYTES = LINE_BYTES + 192
"""Bytes of the longest line that says what a message answers, where people read it."""

MAX_TOPIC = 300
"""Bytes of UTF-8 in the longest topic."""

MAX_REALNAME = 128
"""Bytes of UTF-8 in the longest name by which people are called in life."""

MAX_TITLE = 64
"""Bytes of UTF-8 in the longest name of a server."""

MAX_KEY = 64
"""Bytes of UTF-8 in the longest key of a room."""

# Controls but tabs and line ends, the separators of lines and paragraphs, and lone surrogates, which are no characters.
_CONTROLS = r"\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff"
# Embeddings, overrides and isolates, which show the text after them in another order.
_ORDERS = r"\u202a-\u202e\u2066-\u2069"

HARMFUL = re.compile(f"[{_CONTROLS}{_ORDERS}]")
"""A character that harms a terminal in any text; in one line, a line end does too."""

_REFUSED = re.compile(f"[{_CONTROLS}]")
_REFUSED_IN_LINE = re.compile(rf"[\n{_CONTROLS}]")
_REMOVED = re.compile(f"[{_ORDERS}]")


def message(text: str) -> str:
    """Return *text* as the text of a message.

    :raises chatroom.core.values.errors.TextInvalid: if it can't be one.
    :raises chatroom.core.values.errors.TextTooLong: if it is longer than a message may be.
    :raises chatroom.core.values.errors.TooManyLines: if it has more lines.
    """
    text = _cleaned(text, _REFUSED, MAX_TEXT)
    if not text:
        raise TextInvalid("There is nothing in this text")
    if (lines := text.count("\n") + 1) > MAX_LINES:
        raise TooManyLines(lines, MAX_LINES)
    return text


def topic(text: str) -> str:
    """Return *text*, which may be empty, as the topic of a room; raise as :func:`message` does."""
    return _cleaned(text, _REFUSED_IN_LINE, MAX_TOPIC)


def reason(text: str) -> str:
    """Return *text*, which may be empty, as what somebody writes about an act of theirs; raise as above."""
    return _cleaned(text, _REFUSED_IN_LINE, MAX_TOPIC)


def realname(text: str) -> str:
    """Return *text*, which may be empty, as how people are called in life; raise as above."""
    return _cleaned(text.strip(), _REFUSED_IN_LINE, MAX_REALNAME)


def away(text: str) -> str:
    """Return *text* as why somebody is away, or that they are not if it is empty; raise as above."""
    return _cleaned(text.strip(), _REFUSED_IN_LINE, MAX_TOPIC)


def tags(given: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Return those of *given*, the tags of a message, that harm nobody who shows them."""
    return tuple((name, value) for name, value in given if not HARMFUL.search(value))


def room_key(text: str) -> str:
    """Return *text*, which may be empty, as the key of a room: one word, as :func:`typed_key` has it.

    :raises chatroom.core.values.errors.TextInvalid: if it is none.
    """
    text = typed_key(text)
    if "," in text or HARMFUL.search(text) or any(letter.isspace() for letter in text):
        raise TextInvalid("A key has no blanks, commas or control characters")
    if len(text.encode()) > MAX_KEY:
        raise TextInvalid(f"A key has at most {MAX_KEY} bytes")
    return text


def typed_key(text: str) -> str:
    """Return *text*, by which somebody wants to come in, so that it is the same from any keyboard, as passwords are."""
    return normalize("NFC", text) if len(text) <= 4 * MAX_KEY else text


def title(text: str) -> str:
    """Return *text*, a few words that name something; raise as :func:`message` does."""
    text = _cleaned(text.strip(), _REFUSED_IN_LINE, MAX_TITLE)
    if not text:
        raise TextInvalid("There is nothing in this text")
    return text


def written_size(text: str) -> int:
    """Return the bytes that *text* takes as written: its own, and :data:`LINE_BYTES` for each line break."""
    return (len(text) if text.isascii() else len(text.encode())) + LINE_BYTES * text.count("\n")


def harmless(text: str) -> str:
    """Return any *text* as one line to draw or log, with U+FFFD for each character that :func:`topic` refuses."""
    if _is_plain(text):
        return text
    return _REFUSED_IN_LINE.sub("\ufffd", _REMOVED.sub("", text))


def _cleaned(text: str, refused: re.Pattern[str], limit: int) -> str:
    """Return *text* without embeddings, overrides and isolates; check the rest."""
    if len(text) <= limit and _is_plain(text):
        return text
    text = _REMOVED.sub("", text)
    if found := refused.search(text):
        raise TextInvalid(f"A text can't hold U+{ord(found[0]):04X}")
    if (size := len(text.encode())) > limit:
        raise TextTooLong(size, limit)
    return text


def _is_plain(text: str) -> bool:
    """Return whether *text* is safe at a glance, as most are."""
    return text.isascii() and text.isprintable()
