"""Talk: the most frequent requests, which wait for nothing but the log; but for answers to what was said long ago."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from msgspec.structs import replace

from chatroom.core.lobby import Lobby
from chatroom.core.people.seat import Seat
from chatroom.core.people.user import User
from chatroom.core.rooms.reader import Reader
from chatroom.core.rooms.room import Room
from chatroom.core.values.authors import Author
from chatroom.core.values.commands import Say, Tell
from chatroom.core.values.errors import ChatError, NoNotes, NoSuchMessage, NoSuchUser, NotTold, Unavailable
from chatroom.core.values.events import Message, Told
from chatroom.core.values.marks import Mark
from chatroom.core.values.names import Username, key
from chatroom.core.values.replies import Ok, Reply, Stored
from chatroom.core.visit.answer import Answer
from chatroom.core.visit.driver import drive
from chatroom.core.visit.later import Later
from chatroom.core.visit.rule import Ask
from chatroom.core.visit.talk.spoken import author_called, message_of, newest
from chatroom.core.visit.talk.telling import tell_kept
from chatroom.core.visit.waiting import in_turn, still_in


def say(lobby: Lobby, seat: Seat, command: Say, answer: Answer, re: int | None = None) -> None:
    """Append a message to the log of a room; *answer* gets its reply when the message is stored.

    That it answers message number *re*, which is there, is known once that was looked up.
    """
    reader = seat.reader(command.room)
    room = reader.room
    user = seat.user
    if lobby.house.mutes:
        lobby.house.admit(user.identity, user.username, seat.host)
    if room.moderated:
        room.admit(user.username, user.identity, seat.host, seat)
    if command.re is not None and re is None:
        re = _at_hand(room, user, command)
        if re is None:
            answer.hold()
            drive(_look_up_and_say(lobby, seat, reader, command, answer), answer)
            return
    if "\n" in command.text:
        seat.visitor.charge_for((command.text,))
    about = command.kind, _speaks_as(user, room, command.cid), command.cid, re, False, command.tags
    message = Message(user.username, command.text, room.time(lobby.now()), *about)
    if user.marked and lobby.marks.has_read(seat, reader):
        room.say(message, partial(_said, lobby, seat, room, answer), seat.id)
    else:
        room.say(message, answer.give, seat.id)


def _said(lobby: Lobby, seat: Seat, room: Room, answer: Answer, result: Stored | ChatError) -> None:
    """Answer who has said something, and had read all before it: they have read that, too."""
    answer.give(result)
    if isinstance(result, Stored):
        lobby.marks.move(seat, room.name, room.log_id, Mark(result.seq, result.at))


def _speaks_as(user: User, room: Room, cid: str | None) -> bytes:
    """Return by what *room* knows *user* as the sender of what they call *cid*: a guest, if they were one then."""
    return user.formerly if user.formerly and room.is_sent(user.formerly, cid) else user.identity


def _at_hand(room: Room, user: User, command: Say) -> int | None:
    """Return the number that *command* of *user* gives, if the log need not be asked for it."""
    if not isinstance(command.re, int):
        return None
    # What was stored before is so still, whatever has become of the message that it answers.
    if room.at_hand(command.re) or room.is_sent(_speaks_as(user, room, command.cid), command.cid):
        return command.re
    if command.re > room.head:
        raise NoSuchMessage(room.name, command.re)
    return None


async def _look_up_and_say(lobby: Lobby, seat: Seat, reader: Reader, command: Say, answer: Answer) -> None:
    """Say something when the message is found that it answers, which costs a token."""
    room, re, visitor = reader.room, command.re, seat.visitor
    assert re is not None, "what answers nothing is said at once"
    visitor.charge(1)
    if isinstance(re, int):
        await message_of(room, re)
    else:
        # What they have said before is to be found.
        await in_turn([room])
        own = key(re) == seat.user.key
        me = Author(seat.user.identity, formerly=seat.user.formerly)
        author = me if own else (await author_called(lobby, re))[0]
        re, _ = await newest(room, author, re, visitor.charge)
    still_in(reader)
    say(lobby, seat, command, answer, re)


async def tell(ask: Ask, command: Tell) -> Reply:
    """Say a text to one person alone; reply when it was shown, or is stored: what accounts tell each other is."""
    lobby, seat = ask.lobby, ask.seat
    seat.visitor.charge_for((command.text,))
    seat.admit()
    accounts = lobby.accounts
    account = accounts.named(command.to) if accounts else None
    if account is None or not seat.user.has_account:
        if key(command.to) == seat.user.key:
            raise NoNotes(command.to)
        to = account.username if account else command.to
        if command.re is not None:
            # It is kept nowhere, and so answers nothing.
            raise NotTold(to, command.re)
        told = Told(seat.username, to, lobby.now(), command.text, kind=command.kind, tags=command.tags)
        try:
            name: Username = await Later(partial(_show, lobby, seat, told))
            return Ok(name, away=lobby.people.away_of(name), at=told.at)
        except NoSuchUser:
            if accounts is None:
                raise
            # There may be somebody who is not here, also by an account that another server has just made.
            await Later(accounts.refresh)
            account = accounts.named(command.to)
            if account is None:
                raise
            if not seat.user.has_account:
                raise Unavailable(account.username) from None
    return await tell_kept(lobby, seat, account, command)


def _show(lobby: Lobby, seat: Seat, told: Told, got: Callable[[Username | ChatError], None]) -> None:
    """Show *told* to whom it is for, and over the other connections of who has told it by *seat*."""

    def shown(result: Username | ChatError) -> None:
        if not isinstance(result, ChatError):
            lobby.directory.told(replace(told, to=result), seat)
        got(result)

    lobby.directory.tell(told, shown)
