"""The kinds of options: how each is written, and what it may be."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import ip_network
from pathlib import Path
from typing import Any

from chatroom.core.values.errors import ChatError
from chatroom.core.values.limits import MAX_ROWS
from chatroom.core.values.names import room_name
from chatroom.core.values.texts import title
from chatroom.options.settings import Notation

DATABASE = "postgresql://"
"""What the store begins with that is a database of PostgreSQL, and no file."""

CONTROL = ".control"
"""How the name of the control socket ends, unless it has another one."""

SHORTEST = 512
"""Bytes of a line that holds the longest login of a guest."""


def control_path(store: str) -> Path:
    """Return where the control socket of the server on *store* is, unless it was named: beside a file, or else here."""
    return Path("chatroom" if store == "memory" or store.startswith(DATABASE) else store).with_suffix(CONTROL)


@dataclass(frozen=True, slots=True)
class Kind:
    """What an option takes: an *argument*, as help calls it, and in a file of settings a value in that *notation*.

    *read* returns the value, given the option's name and what the operator wrote; it raises :exc:`ValueError` with a
    sentence for the operator.
    """

    argument: str
    notation: Notation = "text"
    read: Callable[[str, str], Any] = lambda _, text: text

    @property
    def is_flag(self) -> bool:
        """Whether the option takes nothing."""
        return self.notation == "flag"

    @property
    def is_list(self) -> bool:
        """Whether the option may be repeated."""
        return self.notation in {"texts", "endpoints"}


def _count(option: str, text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise ValueError(f"--{option} takes a whole number from 0, not {text}")
    return int(text)


def _rows(option: str, text: str) -> int:
    number = _count(option, text)
    if number > MAX_ROWS:
        raise ValueError(f"--{option} takes a whole number from 0 to {MAX_ROWS}, not {text}")
    return number


def _line(option: str, text: str) -> int:
    number = _count(option, text)
    if 0 < number < SHORTEST:
        raise ValueError(f"--{option} takes a whole number from {SHORTEST}, or 0, not {text}")
    return number


def _number(option: str, text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = -1
    if not 0 <= number < 1e9:
        raise ValueError(f"--{option} takes a number from 0, not {text}")
    return number


def _one_of(*words: str) -> Kind:
    """Return the kind of an option that takes one of *words*."""

    def read(option: str, text: str) -> str:
        if text not in words:
            raise ValueError(f"--{option} takes {', '.join(words[:-1])} or {words[-1]}, not {text}")
        return text

    return Kind("HOW", "text", read)


def _store(_: str, text: str) -> str:
    # As SQLite and PostgreSQL call it, and as people write it: a file of that name would surprise them.
    if text.lower() in {"memory", ":memory:"}:
        return "memory"
    scheme, colon, rest = text.partition("://")
    return DATABASE + rest if colon and scheme.lower() in {"postgres", "postgresql"} else text


def _ports(option: str, text: str) -> range:
    first, _, last = text.partition("-")
    if first.isdecimal() and last.isdecimal() and len(text) < 12 and 0 < int(first) <= int(last) < 65536:
        return range(int(first), int(last) + 1)
    raise ValueError(f"--{option} takes the first and the last port, like 9000-9063, not {text}")


def _title(option: str, text: str) -> str:
    try:
        return title(text)
    except ChatError as error:
        raise ValueError(f"--{option}: {error}") from None


def _room(option: str, text: str) -> str:
    try:
        return room_name(text)
    except ChatError as error:
        raise ValueError(f"--{option} {text}: {error}") from None


def _name(option: str, text: str) -> str:
    # Names with other letters go over the wire as browsers write them there (xn--).
    if not re.fullmatch(r"[\w*.-]+", text, re.ASCII):
        raise ValueError(f"--{option} takes a name like chat.example.org, not {text}")
    return text.lower().removesuffix(".")


def _origin(option: str, text: str) -> str:
    found = re.fullmatch(r"https?://(\[[0-9A-Fa-f:.]+\]|[\w.-]+)(?::(\d{1,5}))?/?", text, re.ASCII | re.IGNORECASE)
    if not found or not 0 < int(found[2] or 443) < 65536:
        raise ValueError(f"--{option} takes an address like https://chat.example.org, not {text}")
    return text.lower()


def _network(option: str, text: str) -> Any:
    try:
        return ip_network(text)
    except ValueError as error:
        raise ValueError(f"--{option} takes an address or a network like 10.0.0.0/8: {error}") from None


FLAG = Kind("", "flag")
CHECKER = Kind("CHECKER")
COUNT = Kind("N", "number", _count)
NUMBER = Kind("N", "number", _number)
ROWS = Kind("N", "number", _rows)
LINE = Kind("N", "number", _line)
TITLE = Kind("NAME", "text", _title)
ROOMS = Kind("NAME", "texts", _room)
NAMES = Kind("NAME", "texts", _name)
ORIGINS = Kind("URL", "texts", _origin)
NETWORKS = Kind("NET", "texts", _network)
WEB = _one_of("on", "off")
FILE = Kind("FILE")
STORE = Kind("FILE", "text", _store)
SYNC = _one_of("full", "normal")
ACCOUNTS = _one_of("optional", "required", "off")
PLAIN = _one_of("warn", "no")
ENDPOINT = Kind("WHERE", "endpoint")
ENDPOINTS = Kind("WHERE", "endpoints")
PORTS = Kind("FIRST-LAST", "text", _ports)
