"""The commands about what is said in a room: to go somewhere in it, and to have it written down."""

from __future__ import annotations

from chatroom.client.model.logs import LogFailed
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
        if seq > there.newest > 0:
            raise NotDone(f"There is no message {seq} here yet; the newest is {there.newest}.")
        return go(screen.chat, there, seq)
    if not screen.chat.finds:
        raise NotDone("This server finds no message by its time; /goto 812 goes to the one with that number.")
    try:
        return go_to_moment(screen.chat, there, moment(rest, screen.chat.now()))
    except BadMoment as bad:
        raise NotDone(f"{bad}, or #812 for a message by its number.") from bad


def _log(screen: Screen, rest: str) -> AnyRequest | None:
    chat, room = screen.chat, conversation(screen).name
    if rest.lower() == OFF:
        ended = chat.logs.end(room)
        chat.aside(f"What is said in {room} is {'no longer' if ended else 'not'} written down.")
    elif rest:
        try:
            chat.logs.begin(room, rest)
        except LogFailed as failed:
            raise NotDone(f"{rest} can't be written: {failed}.") from failed
        chat.aside(f"From now on, what is said in {room} is written to {rest}; /log {OFF} ends that.")
    elif path := chat.logs.path(room):
        chat.aside(f"What is said in {room} is written to {path}; /log {OFF} ends that.")
    else:
        raise Incomplete
    return None


OFF = "off"
"""What is written in the place of a file to end a log."""

FINDING = (
    Command("goto", "time", "see what was said on 2026-11-20, yesterday, at 14:30, or the message #812", _goto),
    Command("log", "file", "write what is said in the room to a file from now on; /log off ends it", _log),
)
"""Those that find something, and keep it."""
