"""Messages that look like commands: their speaker is told how the command is written."""

from __future__ import annotations

import re
from collections.abc import Callable, Container
from dataclasses import dataclass

from chatroom.core.values.errors import ChatError
from chatroom.core.values.names import Key, key, room_name, username
from chatroom.wire.text.commands import RESERVED


@dataclass(frozen=True, slots=True)
class NamesInUse:
    """The names in use: those of the open *rooms*, and of the *users* who are online."""

    rooms: Container[Key] = ()
    users: Container[Key] = ()


def slip(text: str, known: NamesInUse) -> str | None:
    """Return the command that *text* looks like, or ``None`` where people may well mean what they say."""
    # This is asked of every message, and most begin with another word.
    if _BEGINNING.match(text) is None:
        return None
    name, rest = (*text.split(maxsplit=1), "")[:2]
    name = name.lower()
    words = _RULES[name](rest.strip(), known) if rest else ""
    return None if words is None else f"/{name} {words}".rstrip()


# Each rule gets what follows the command's name, and returns what is to follow it after a slash.


def _now(rest: str, _: NamesInUse) -> str | None:
    return "" if rest.lower() == "now" else None


def _open_room(rest: str, known: NamesInUse) -> str | None:
    """Take the name of a room; "join us" is a command only where a room is called so."""
    return rest if _room(rest) in known.rooms else None


def _room_name(rest: str, _: NamesInUse) -> str | None:
    return rest if _room(rest) else None


def _free_username(rest: str, known: NamesInUse) -> str | None:
    name = _user(rest)
    return rest if name and name not in RESERVED and name not in known.users else None


def _somebody_and_text(rest: str, known: NamesInUse) -> str | None:
    """Take somebody who is here, and a text, which is not repeated: it was not meant for this room."""
    name, text = (*rest.split(maxsplit=1), "")[:2]
    return f"{name} text" if text and _user(name) in known.users else None


def _message_and_text(rest: str, known: NamesInUse) -> str | None:
    """Take a message, by its number or by somebody who is here, and a text."""
    what, text = (*rest.split(maxsplit=1), "")[:2]
    return f"{what} text" if text and what.isascii() and what.isdigit() else _somebody_and_text(rest, known)


def _number(rest: str, _: NamesInUse) -> str | None:
    return rest if rest.isascii() and rest.isdigit() else None


def _command(rest: str, _: NamesInUse) -> str | None:
    return rest if rest.lower() in _RULES else None


def _room(name: str) -> Key | None:
    try:
        return key(room_name(name))
    except ChatError:
        return None


def _user(name: str) -> Key | None:
    try:
        return key(username(name))
    except ChatError:
        return None


# Not among them are me, topic and search: "me too", "topic of the day", "search for it".
_RULES: dict[str, Callable[[str, NamesInUse], str | None]] = {
    "list": _open_room,
    "create": _room_name,
    "join": _open_room,
    "delete": _open_room,
    "who": _open_room,
    "nick": _free_username,
    "tell": _somebody_and_text,
    "msg": _somebody_and_text,
    "reply": _message_and_text,
    "leave": _now,
    "history": _number,
    "help": _command,
    "quit": _now,
}
_BEGINNING = re.compile(rf"\s*+(?:{'|'.join(_RULES)})(?!\S)", re.IGNORECASE | re.ASCII)
