"""Talk: the most frequent requests, which wait for nothing but the log."""

from __future__ import annotations

from functools import partial

from msgspec.structs import replace

from chatroom.core.rooms.lobby import Lobby
from chatroom.core.rooms.room import Room
from chatroom.core.rooms.seat import Seat
from chatroom.core.values.commands import Say, Tell
from chatroom.core.values.errors import ChatError
from chatroom.core.values.events import Message, Told
from chatroom.core.values.marks import Mark
from chatroom.core.values.names import Username
from chatroom.core.values.replies import Ok, Stored
from chatroom.core.visit.answer import Answer


def say(lobby: Lobby, seat: Seat, command: Say, answer: Answer) -> None:
    """Append a message to the log of a room; *answer* gets its reply when the message is stored."""
    reader = seat.reader(command.room)
    room = reader.room
    user = seat.user
    if lobby.house.mutes:
        lobby.house.admit(user.identity, user.username, seat.host)
    if room.moderated:
        room.admit(user.username, user.identity, seat.host)
    if "\n" in command.text:
        seat.visitor.charge_for((command.text,))
    message = Message(user.username, command.text, room.time(lobby.now()), command.action, user.identity, command.cid)
    if user.marked and lobby.marks.has_read(seat, reader):
        room.say(message, partial(_said, lobby, seat, room, answer), seat.id)
    else:
        room.say(message, answer.give, seat.id)


def _said(lobby: Lobby, seat: Seat, room: Room, answer: Answer, result: Stored | ChatError) -> None:
    """Answer who has said something, and had read all before it: they have read that, too."""
    answer.give(result)
    if isinstance(result, Stored):
        lobby.marks.move(seat, room.name, room.log_id, Mark(result.seq, result.at))


def tell(lobby: Lobby, seat: Seat, command: Tell, answer: Answer) -> None:
    """Show a text to one other user alone; *answer* gets its reply when it was shown, or can't be."""
    lobby.house.admit(seat.user.identity, seat.username, seat.host)
    told = Told(seat.username, lobby.present_name(command.to), lobby.now(), command.text)

    def done(result: Username | ChatError) -> None:
        if isinstance(result, ChatError):
            answer.refuse(result)
            return
        answer(Ok(result))
        lobby.directory.told(replace(told, to=result), seat)

    lobby.directory.tell(told, done)
