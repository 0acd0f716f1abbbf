"""What a message answers, in one short line for people."""

from __future__ import annotations

import regex

from chatroom.core.values.events import Message
from chatroom.wire.text.writing import columns

WIDTH = 40
"""Columns of the words that are quoted, at most."""

SIZE = 120
"""Bytes of these words, at most."""

_LETTERS = regex.compile(r"\X")


def quote(re: int, quoted: Message | None) -> str:
    """Write who is answered and how that begins, or without the message its number *re*."""
    if quoted is None:
        return str(re)
    return f"{quoted.speaker}: {first_words(quoted.text) if quoted.text else '(taken back)'}"


def first_words(text: str) -> str:
    """Return the beginning of *text* on one line, cut between words if they are not too long."""
    # More would not fit, whatever it is: letters may have any number of marks.
    beginning = " ".join(text[: SIZE + 1].split())
    kept = ""
    room, left = WIDTH, SIZE
    for letter in _LETTERS.findall(beginning):
        room -= columns(letter)
        left -= len(letter.encode())
        if room < 0 or left < 0:
            break
        kept += letter
    if kept == beginning and len(text) <= SIZE + 1:
        return kept
    words, _, last = kept.rpartition(" ")
    in_a_word = beginning[len(kept) : len(kept) + 1].strip()
    return f"{words if in_a_word and len(last) < len(words) else kept.rstrip()}…"
