"""Talk: the most frequent requests, which wait for nothing but the log."""

from __future__ import annotations

from chatroom.core.rooms.lobby import Lobby
from chatroom.core.rooms.user import User
from chatroom.core.values.commands import Say, Tell
from chatroom.core.values.errors import OutboxFull
from chatroom.core.values.events import Message, Told
from chatroom.core.values.replies import Ok
from chatroom.core.values.texts import written_size
from chatroom.core.visit.answer import Answer


def say(lobby: Lobby, user: User, command: Say, answer: Answer) -> None:
    """Append a message of *user* to the log of a room; *answer* gets its reply when the message is stored."""
    room = user.reader(command.room).room
    if "\n" in command.text:
        user.visitor.charge_for((command.text,))
    named = user.session is not None and command.cid is not None
    message = Message(
        user.username,
        command.text,
        lobby.now(),
        command.action,
        user.session if named else None,
        command.cid if named else None,
    )
    room.say(message, answer.give, user.identity, command.cid, user.seat)


def tell(lobby: Lobby, user: User, other: User, command: Tell, answer: Answer) -> None:
    """Show the text of *user* to *other* alone, who is somebody else.

    :raises chatroom.core.values.errors.OutboxFull: if too many bytes wait for *other* already.
    """
    most = lobby.limits.outbox
    if most and other.connection.waiting + written_size(command.text) > most:
        raise OutboxFull(other.username)
    other.connection.notify(Told(user.username, other.username, lobby.now(), command.text))
    answer(Ok(other.username))
