"""What the options of the server may be: each function takes what an operator wrote, and says what is wrong with it."""

from __future__ import annotations

from chatroom.core.errors import ChatError
from chatroom.core.limits import MAX_ROWS
from chatroom.core.texts import title

SHORTEST = 512
"""A line of fewer bytes could not hold a login with all that belongs to it."""


def count(option: str, text: str) -> int:
    """Return a whole number from 0.

    :raises ValueError: if *text* is none, or not one that *option* may be.
    """
    if not (text.isascii() and text.isdigit()):
        raise ValueError(f"--{option} takes a whole number from 0, not {text}")
    number = int(text)
    if option == "page" and number > MAX_ROWS:
        raise ValueError(f"--page takes a whole number from 0 to {MAX_ROWS}, not {text}")
    if option == "max-line" and 0 < number < SHORTEST:
        raise ValueError(f"--max-line takes a whole number from {SHORTEST}, or 0, not {text}")
    return number


def amount(option: str, text: str) -> float:
    """Return a number from 0.

    :raises ValueError: if *text* is none.
    """
    try:
        number = float(text)
    except ValueError:
        number = -1
    if not 0 <= number < 1e9:
        raise ValueError(f"--{option} takes a number from 0, not {text}")
    return number


def sync(text: str) -> str:
    """Return how messages are stored.

    :raises ValueError: if that is no way to.
    """
    if text not in {"full", "normal"}:
        raise ValueError(f"--sync takes full or normal, not {text}")
    return text


def store(text: str) -> str:
    """Return where messages are kept, and ``memory`` in whichever way it is written."""
    # As SQLite calls it, and as people write it: a file of that name would surprise them.
    return "memory" if text.lower() in {"memory", ":memory:"} else text


def ports(text: str) -> range:
    """Return the ports from the first to the last that *text* names.

    :raises ValueError: if it names none.
    """
    first, _, last = text.partition("-")
    if first.isdecimal() and last.isdecimal() and len(text) < 12 and 0 < int(first) <= int(last) < 65536:
        return range(int(first), int(last) + 1)
    raise ValueError(f"--room-ports takes the first and the last port, like 9000-9063, not {text}")


def server_name(text: str) -> str:
    """Return what the server calls itself.

    :raises ValueError: if it can't be called so.
    """
    try:
        return title(text)
    except ChatError as error:
        raise ValueError(f"--name: {error}") from None
