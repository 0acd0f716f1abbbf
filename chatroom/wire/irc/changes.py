"""Changes of modes, as MODE writes them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from chatroom.core.values.rights import Tuning
from chatroom.wire.irc.lines import word


class ModeChange(NamedTuple):
    """A mode that is to be *on* or off, with the word that belongs to it."""

    on: bool
    letter: str
    word: str = ""


def written(changes: Sequence[ModeChange]) -> str:
    """Return *changes* as MODE writes them."""
    letters, sign = "", None
    for change in changes:
        if change.on is not sign:
            sign = change.on
            letters += "+" if sign else "-"
        letters += change.letter
    return " ".join((letters, *(change.word for change in changes if change.word)))


def of_tuning(tuning: Tuning, most: int, key: str) -> Sequence[ModeChange]:
    """Return what *tuning* means in IRC, where a room can have at *most* so many members (0: any number).

    A client that comes again enters by the *key* that it was told: one who may not know it is told a star.
    """
    private = tuning.private
    flags = {
        "i": private if tuning.invite_only is None else tuning.invite_only,
        "m": tuning.locked,
        "s": private if tuning.hidden is None else tuning.hidden,
        "t": tuning.topic_locked,
    }
    changes = [ModeChange(on, letter) for letter, on in flags.items() if on is not None]
    if tuning.keyed is not None:
        changes.append(ModeChange(tuning.keyed, "k", word(key) if tuning.keyed else "*"))
    if tuning.capacity is not None:
        limited = tuning.capacity not in (0, most)
        changes.append(ModeChange(limited, "l", str(tuning.capacity) if limited else ""))
    return changes
