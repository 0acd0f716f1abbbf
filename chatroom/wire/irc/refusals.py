"""What is answered to a line that asks for what can't be."""

from __future__ import annotations

from collections.abc import Sequence

from chatroom.core.values.commands import Command, Join, Login, Rename
from chatroom.core.values.errors import ChatError, NobodyTrusted
from chatroom.wire.irc import caps
from chatroom.wire.irc.channels import CHANNEL
from chatroom.wire.irc.numerics import BY_CODE
from chatroom.wire.irc.requests import Asked
from chatroom.wire.irc.session import IRCVisit

LAST = frozenset({"line-too-long", "login-timeout", "too-many-connections", "too-many-tries"})
"""Errors after which the connection is closed."""

SPEAKING = frozenset({"muted", "slow-mode", "locked", "text-invalid", "not-a-member"})
"""Why a message can't be said in a room."""


def refused(session: IRCVisit, asked: Asked | None, command: Command | None, error: ChatError) -> Sequence[str]:
    """Return the lines that tell of *error*."""
    name = asked.line.command if asked else "*"
    sentence = str(error)
    if error.code in LAST:
        return [f"ERROR :Closing link: {session.target} ({sentence})"]
    if name == "NOTICE":
        return []
    if isinstance(command, Login | Rename):
        return [session.numeric(BY_CODE.get(error.code, "432"), command.username, sentence)]
    room = _room(command, error)
    if isinstance(command, Join):
        if error.code == "already-a-member":
            return []
        if error.code in ("room-exists", "password-required"):
            # A secret one, of which no more is told.
            return [session.numeric("473", room, sentence)]
    if name in ("PRIVMSG", "TAGMSG") and (error.code in SPEAKING or isinstance(error, NobodyTrusted)):
        return [session.numeric("404", room or (asked.line.params[0] if asked else "*"), sentence)]
    number = "443" if error.code == "already-a-member" else BY_CODE.get(error.code)
    if number is None:
        return unknown(session, name, error.code, sentence)
    if number == "443":
        return [session.numeric("443", getattr(error, "username", "*"), room, sentence)]
    if number == "442" and (username := getattr(error, "username", None)):
        return [session.numeric("441", username, room, sentence)]
    if number == "482" and not room:
        return [session.numeric("481", sentence)]
    if number in ("401", "433"):
        return [session.numeric(number, getattr(error, "username", "*"), sentence)]
    if number in ("417", "451", "462"):
        return [session.numeric(number, sentence)]
    return [session.numeric(number, room or "*", sentence)]


def unknown(session: IRCVisit, name: str, code: str, sentence: str) -> Sequence[str]:
    """Return the lines that tell of an error that has no numeric of its own."""
    if session.has(caps.STANDARD_REPLIES):
        return [session.fail(name, code.upper().replace("-", "_"), sentence)]
    return [session.numeric("400", name, sentence)]


def _room(command: Command | None, error: ChatError) -> str:
    """Return the room that *command* or *error* are about, as it was asked for."""
    room = getattr(command, "room", None) or getattr(error, "room", None)
    return CHANNEL + room if room else ""
