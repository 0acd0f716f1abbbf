"""The command that goes to a place in a room."""

from __future__ import annotations

from chatroom.client.navigation.message import go
from chatroom.client.navigation.moment import go_to_moment
from chatroom.client.screens.command import Command, Incomplete, NotDone, conversation, number
from chatroom.client.screens.screen import Screen
from chatroom.client.text.moments import BadMoment, moment
from chatroom.wire.frames.requests import AnyRequest


def _goto(screen: Screen, rest: str) -> AnyRequest | None:
    there = conversation(screen)
    if not rest:
        raise Incomplete
    if seq := number(rest.removeprefix("#")):
        return go(screen.chat, there, seq)
    if not screen.chat.finds:
        raise NotDone("This server finds no message by its time; /goto 812 goes to the one with that number.")
    try:
        return go_to_moment(screen.chat, there, moment(rest, screen.chat.now()))
    except BadMoment as bad:
        raise NotDone(f"{bad}, or #812 for a message by its number.") from bad


FINDING = (Command("goto", "time", "see what was said on 2026-11-20, yesterday, at 14:30, or the message #812", _goto),)
"""Those that find something."""
