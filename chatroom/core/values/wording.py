"""What is written for people about acts of moderators, wherever they read it."""

from __future__ import annotations

from datetime import UTC, datetime

from chatroom.core.values.rights import Trusted, Tuning


def because(note: str) -> str:
    """Write what somebody has written about an act, if they have."""
    return f" ({note})" if note else ""


def ending(until: int | None) -> str:
    """Write when something ends, in milliseconds since 1970, if it does."""
    return "" if until is None else f" until {datetime.fromtimestamp(until / 1000, UTC):%Y-%m-%d %H:%M} UTC"


def appointed(name: str, role: str) -> str:
    """Write what somebody has done who has given *name* a *role*."""
    match role:
        case "owner":
            return f"made {name} the owner"
        case "moderator":
            return f"made {name} a moderator"
        case "voiced":
            return f"gave {name} a voice"
        case "member":
            return f"took the role of {name} back"
        case _:
            # Only a newer server knows what that is.
            return f"made {name} {role}"


def trusted(role: Trusted, room: str) -> str:
    """Write who those are in *room* who have at least a *role*."""
    return f"the moderators of {room}" if role == "moderator" else f"all with a role in {room}"


def taken_back(by: str, username: str, seq: int, note: str) -> str:
    """Write what *by* has done who has taken back message *seq* of *username*."""
    whose = "" if by == username else f" of {username}"
    return f"took back a message{whose} ({seq}{'; ' * bool(note)}{note})"


def configured(room: str, tuning: Tuning) -> list[str]:
    """Write what is true of *room* after *tuning*, a sentence for each setting."""
    said = []
    if tuning.slow is not None:
        every = f"one message every {tuning.slow} s"
        said.append(every if tuning.slow else "as many messages as one likes")
    if tuning.locked is not None:
        said.append(f"{room} is locked, and only moderators speak" if tuning.locked else f"all may speak in {room}")
    if tuning.guests is not None:
        said.append(f"guests may enter {room}" if tuning.guests else f"only people with an account enter {room}")
    if tuning.private is not None:
        said.append(f"{room} is private, for those who are invited" if tuning.private else f"all may find {room}")
    if tuning.invite_only is not None and not tuning.private:
        only = f"only those who are invited enter {room}"
        said.append(only if tuning.invite_only else f"{room} is open to those who are not invited")
    if tuning.hidden is not None and not tuning.private:
        said.append(f"{room} is in no list" if tuning.hidden else f"{room} is in the list of rooms")
    if tuning.keyed is not None:
        said.append(f"a key belongs to {room}" if tuning.keyed else f"no key belongs to {room}")
    if tuning.topic_locked is not None:
        only = f"only moderators set the topic of {room}"
        said.append(only if tuning.topic_locked else f"all may set the topic of {room}")
    if tuning.capacity is not None:
        said.append(f"up to {tuning.capacity} in {room}" if tuning.capacity else f"as many in {room} as find place")
    return said
