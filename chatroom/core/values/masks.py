"""Masks: patterns for who people are to others, by which moderators mean many at once."""

from __future__ import annotations

from chatroom.core.values import texts
from chatroom.core.values.errors import TextInvalid
from chatroom.core.values.names import fold

MAX_MASK = 128
"""Bytes of UTF-8 in the longest mask."""

MAX_STARS = 10
"""Stars in a mask, at most."""

OF_ACCOUNT = "account:"
"""What a mask begins with that is on the names of accounts, and on no guest's."""


def mask(text: str) -> str:
    """Return *text* as a mask of ``name!ident@host``, with stars for what it leaves out.

    :raises chatroom.core.values.errors.TextInvalid: if it is none.
    """
    word = _word(text)
    name, _, rest = word.rpartition("!") if "!" in word else ("", "", word) if "@" in word else (word, "", "")
    if "!" in word or not rest:
        rest = rest if "@" in rest else f"{rest or '*'}@*"
    return _short(f"{name or '*'}!{rest}")


def account_mask(text: str) -> str:
    """Return *text* as a mask of accounts by their names.

    :raises chatroom.core.values.errors.TextInvalid: if it is none.
    """
    return _short(f"{OF_ACCOUNT}{_word(text)}")


def is_mask(word: str) -> bool:
    """Return whether *word*, where a name is expected as well, is a mask: no name has such letters."""
    return word.startswith(OF_ACCOUNT) or not {*"!@*?"}.isdisjoint(word)


def _word(text: str) -> str:
    if not text or any(letter.isspace() for letter in text) or texts.HARMFUL.search(text):
        raise TextInvalid("A mask is one word, such as name!*@*")
    return text


def _short(text: str) -> str:
    if len(text.encode()) > MAX_MASK:
        raise TextInvalid(f"A mask has at most {MAX_MASK} bytes")
    if fold(text).count("*") > MAX_STARS:
        raise TextInvalid(f"A mask has at most {MAX_STARS} stars")
    return text
