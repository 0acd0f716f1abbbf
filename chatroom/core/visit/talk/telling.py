"""Private talks: what people with accounts tell each other, wherever they are, and take back or report later."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from chatroom.core.lobby import Lobby
from chatroom.core.people.seat import Seat
from chatroom.core.people.user import UserSeat
from chatroom.core.rooms.talk import Talk
from chatroom.core.values.accounts import Account
from chatroom.core.values.changes import Entry, Redaction, Reported
from chatroom.core.values.commands import Redact, Report, Tell
from chatroom.core.values.errors import (
    ChatError,
    CidReused,
    CidTold,
    NoSuchMessage,
    NoSuchUser,
    NotAllowed,
    NotTold,
    TooManyReports,
)
from chatroom.core.values.events import Message, TakenBack
from chatroom.core.values.marks import Mark
from chatroom.core.values.names import Username, key
from chatroom.core.values.replies import Kept, Stored
from chatroom.core.values.talks import called_with
from chatroom.core.visit.later import Later
from chatroom.core.visit.talk.own_talks import Mine


def _number(command: Redact | Report) -> int:
    assert command.seq is not None, "in a talk it is by its number"
    return command.seq


async def tell_kept(lobby: Lobby, seat: Seat, account: Account, command: Tell) -> Kept:
    """Append what *command* says to the talk with *account*, and show it over all other connections of both."""
    mine, re = Mine(lobby, seat), command.re
    talk = await mine.open(account.id, new=re is None)
    if talk is None:
        assert re is not None, "it may be new"
        raise NotTold(account.username, re)
    # What was stored before is so still, whatever has become of the message that it answers.
    if re is not None and not talk.is_sent(mine.id, command.cid):
        if talk.at_hand(re) is None:
            seat.visitor.charge(1)
        await mine.message_of(talk, account.username, re)
    # Meanwhile anything may have become of both.
    lobby.house.admit(mine.id, seat.username, seat.host)
    other = mine.accounts.get(account.id)
    if other is None:
        raise NoSuchUser(command.to)
    about = command.kind, mine.id, command.cid, re, mine.accounts.ignores(other.id, seat.username)
    message = Message(seat.username, command.text, talk.time(lobby.now()), *about, command.tags)
    try:
        stored: Stored = await Later(partial(_say, _Showing(lobby, seat, talk, other.username), message))
    except CidReused as error:
        raise CidTold(error.cid, other.username) from None
    away = None if other.id == mine.id else lobby.people.away_of(other.username)
    return Kept(other.username, stored.seq, stored.at, stored.cid, away)


async def redact_told(lobby: Lobby, seat: Seat, with_: Username, command: Redact) -> int:
    """Take back a message that one has told somebody; return 0 if it was before."""
    mine, seq = Mine(lobby, seat), _number(command)
    talk, name, message = await mine.message(with_, seq)
    if message.session != mine.id:
        raise NotAllowed("Only who has said it may take it back")
    if not message.text:
        return 0
    note = seat.heard(None, command.reason)
    redaction = Redaction(seq, message.speaker, seat.username, note, message.withheld)
    return 1 if await Later(partial(_redact, _Showing(lobby, seat, talk, name), redaction)) else 0


async def report_told(lobby: Lobby, seat: Seat, with_: Username, command: Report) -> Username:
    """Keep a message of a talk for operators; return with whom that is."""
    mine, seq = Mine(lobby, seat), _number(command)
    talk, name, _ = await mine.message(with_, seq)
    await Later(lobby.house.when_open)
    mine.stay()
    reported = Reported(talk.log_id, called_with(name), seq, seat.username, mine.id, command.reason)
    try:
        await Later(partial(lobby.house.report, reported, seat.id))
    except NoSuchMessage:
        raise NotTold(name, seq) from None
    except TooManyReports as error:
        raise NotAllowed(f"{error.most} reports of your talk with {name} wait for the operators already") from None
    return name


class _Showing:
    """Shows what somebody does by *seat* in *talk*, with who is called *other*, over all other connections of both."""

    def __init__(self, lobby: Lobby, seat: Seat, talk: Talk, other: Username) -> None:
        self.seat = seat
        self.talk = talk
        self._lobby = lobby
        self._person = seat.identity
        # An account may be gone when it has happened.
        self._names = {talk.other(seat.identity): other, seat.identity: seat.username}

    def tell(self, seq: int, message: Message) -> None:
        """Show *message*, number *seq*; who has told it has read that, if they had read all before."""
        lobby, talk = self._lobby, self.talk
        assert lobby.talks is not None, "there are accounts"
        for seat, other in self._seats():
            lobby.talks.tell(seat, talk.log_id, seq, message, other)
        lobby.marks.advance(self.seat, talk.name, talk.log_id, Mark(seq, message.at), talk)

    def take_back(self, redaction: Redaction) -> None:
        """Show that a message was taken back; to nobody else, if it was withheld from them."""
        assert self._lobby.talks is not None, "there are accounts"
        for seat, other in self._seats():
            if not redaction.withheld or seat.user.identity == self._person:
                taken = TakenBack(other, redaction.seq, redaction.username, redaction.note)
                self._lobby.talks.take_back(seat, taken)

    def _seats(self) -> Iterator[tuple[UserSeat, Username]]:
        """Yield the seats of both where somebody is, each with whom they talk."""
        if self._lobby.directory.shared:
            # All servers hear of it in the same way, this one too: so all see one order.
            return
        for person in self._names:
            user = self._lobby.users.get(key(self._name(person)))
            if user is not None and user.identity == person:
                for seat in user.seats:
                    if seat is not self.seat and seat.is_taken:
                        yield seat, self._name(self.talk.other(person))

    def _name(self, person: bytes) -> Username:
        accounts = self._lobby.accounts
        account = accounts.get(person) if accounts else None
        return account.username if account else self._names[person]


def _say(showing: _Showing, message: Message, got: Callable[[Stored | ChatError], None]) -> None:
    """Append *message*, and show it when it is stored, also if who has told it is gone by then."""
    is_new = showing.talk.is_new(message)

    def done(result: Stored | ChatError) -> None:
        if isinstance(result, Stored) and is_new:
            showing.tell(result.seq, message)
        got(result)

    showing.talk.say(message, done, showing.seat.id)


def _redact(showing: _Showing, redaction: Redaction, got: Callable[[bool | ChatError], None]) -> None:
    """Take back a message, and show that likewise; give *got* whether it was not before."""

    def done(entry: Entry | ChatError | None) -> None:
        if isinstance(entry, Entry):
            showing.take_back(redaction)
        got(entry if isinstance(entry, ChatError) else entry is not None)

    showing.talk.redact([redaction], showing.seat.id, done)
