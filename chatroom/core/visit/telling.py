"""Private talks: what people with accounts tell each other, wherever they are, and what they find of that later."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial

from msgspec.structs import astuple, replace

from chatroom.core.accounts.accounts import Accounts
from chatroom.core.ports import KeptTalk, Page
from chatroom.core.rooms.lobby import Lobby
from chatroom.core.rooms.seat import Seat
from chatroom.core.rooms.talk import Talk
from chatroom.core.rooms.talks import Talks
from chatroom.core.tools.paging import page
from chatroom.core.values.accounts import Account
from chatroom.core.values.changes import Entry, Redaction, Reported
from chatroom.core.values.commands import Redact, Report, Tell
from chatroom.core.values.commands import Talks as ListTalks
from chatroom.core.values.errors import (
    ChatError,
    CidReused,
    CidTold,
    NoAccount,
    NoSuchMessage,
    NoSuchUser,
    NotAllowed,
    NotTold,
    OutboxFull,
    TooManyReports,
)
from chatroom.core.values.events import Message, TakenBack, Told
from chatroom.core.values.names import Username, key
from chatroom.core.values.replies import Kept, Stored, TalkInfo, TalkList
from chatroom.core.values.talks import called_with, place
from chatroom.core.values.texts import written_size
from chatroom.core.visit.later import Later
from chatroom.core.visit.rules import OPENING
from chatroom.core.visit.waiting import in_turn

PAGE = 100
"""Talks in a list, at most."""

ROW = 200
"""Bytes for which all else of a talk counts there."""


class Mine:
    """The talks of whoever has *seat*, who is looked at again after each wait: they may have no account any more.

    :raises chatroom.core.values.errors.NotAllowed: where there are no accounts.
    :raises chatroom.core.values.errors.NoAccount: if they are a guest.
    """

    def __init__(self, lobby: Lobby, seat: Seat) -> None:
        if lobby.accounts is None or lobby.talks is None:
            raise NotAllowed("There are no accounts here")
        self.accounts: Accounts = lobby.accounts
        self.talks: Talks = lobby.talks
        self.lobby = lobby
        self.seat = seat
        self.id = seat.identity
        self.stay()

    def stay(self) -> None:
        """Raise an error if they are a guest by now."""
        user = self.seat.user
        if not user.has_account or user.identity != self.id:
            raise NoAccount

    def info(self, kept: KeptTalk) -> TalkInfo:
        """Return a talk as it is shown."""
        account = self.accounts.get(kept.other)
        name = account.username if account else kept.name or kept.message.speaker
        return TalkInfo(name, kept.seq, kept.message, gone=account is None)

    async def other(self, username: Username) -> tuple[bytes | None, Username]:
        """Return the account that *username* means, and what it is called; ``None`` for a guest.

        An account that is gone is meant by its last name, if it is among those talked with last.

        :raises chatroom.core.values.errors.NoSuchUser: if nobody is known by that name.
        """
        account = self.accounts.named(username)
        if account is None:
            # Another server may have made it in this moment.
            await Later(self.accounts.refresh)
            account = self.accounts.named(username)
        if account:
            return account.id, account.username
        for kept in await self.newest(None):
            if kept.name and key(kept.name) == key(username):
                return kept.other, kept.name
        await Later(partial(self.lobby.find, username))
        return None, username

    async def newest(self, before: int | None) -> Sequence[KeptTalk]:
        """Return the newest talks *before* a time; one more than a page has."""
        read = partial(self.talks.store.talks, self.id, before=before, limit=PAGE + 1)
        found: Sequence[KeptTalk] = await Later(lambda got: read(got=got))
        self.stay()
        return found

    async def open(self, other: bytes, *, new: bool = False) -> Talk | None:
        """Return the talk with *other*, if there is one or it may be *new*; to open it costs tokens."""
        where = place(self.id, other)
        if where not in self.talks:
            self.seat.visitor.charge(OPENING)
        talk: Talk | None = await Later(partial(self.talks.reach, where, new))
        self.stay()
        return talk

    async def with_(self, username: Username) -> tuple[Talk | None, Username]:
        """Return the talk with whoever is called *username*, if there is one, and what they are called now."""
        other, name = await self.other(username)
        return (await self.open(other) if other else None), name

    async def message(self, username: Username, seq: int) -> tuple[Talk, Username]:
        """Return the talk with whoever is called *username*, where message number *seq* can be found by now.

        :raises chatroom.core.values.errors.NotTold: if there is no talk.
        """
        talk, name = await self.with_(username)
        if talk is None:
            raise NotTold(name, seq)
        # What was asked for before is to be found.
        await in_turn([talk])
        self.stay()
        return talk, name


def _number(command: Redact | Report) -> int:
    assert command.seq is not None, "in a talk it is by its number"
    return command.seq


async def tell_kept(lobby: Lobby, seat: Seat, account: Account, command: Tell) -> Kept:
    """Append what *command* says to the talk with *account*, and show it over all other connections of both."""
    mine = Mine(lobby, seat)
    talk = await mine.open(account.id, new=True)
    assert talk is not None, "it may be new"
    # Meanwhile anything may have become of both.
    lobby.house.admit(mine.id, seat.username, seat.host)
    other = mine.accounts.get(account.id)
    if other is None:
        raise NoSuchUser(command.to)
    message = Message(seat.username, command.text, talk.time(lobby.now()), command.action, mine.id, command.cid)
    try:
        stored: Stored = await Later(partial(_say, _Showing(lobby, seat, talk, other.username), message))
    except CidReused as error:
        raise CidTold(error.cid, other.username) from None
    return Kept(other.username, stored.seq, stored.at, stored.cid)


async def redact_told(lobby: Lobby, seat: Seat, with_: Username, command: Redact) -> int:
    """Take back a message that one has told somebody; return 0 if it was before."""
    mine, seq = Mine(lobby, seat), _number(command)
    talk, name = await mine.message(with_, seq)
    page: Page = await Later(partial(talk.pages.page, after=seq - 1, before=None, limit=1))
    mine.stay()
    if not page.entries or page.entries[0][0] != seq:
        raise NotTold(name, seq)
    message = page.entries[0][1]
    if message.session != mine.id:
        raise NotAllowed("Only who has said it may take it back")
    if not message.text:
        return 0
    redaction = Redaction(seq, message.speaker, seat.username, command.reason)
    return 1 if await Later(partial(_redact, _Showing(lobby, seat, talk, name), redaction)) else 0


async def report_told(lobby: Lobby, seat: Seat, with_: Username, command: Report) -> Username:
    """Keep a message of a talk for operators; return with whom that is."""
    mine, seq = Mine(lobby, seat), _number(command)
    talk, name = await mine.message(with_, seq)
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


async def list_talks(lobby: Lobby, seat: Seat, command: ListTalks) -> TalkList:
    """Return a page of one's talks, the newest first."""
    mine = Mine(lobby, seat)
    found = await mine.newest(command.before)
    some, more = page(found, PAGE, _size)
    if more:
        # One goes on by the time: what has the same as the first that is left out comes with that.
        left_out = found[len(some)].message.at
        some = [kept for kept in some if kept.message.at > left_out] or some
    seat.visitor.charge_for(kept.message.text for kept in some)
    return TalkList(tuple(map(mine.info, some)), more)


def _size(kept: KeptTalk) -> int:
    return ROW + written_size(kept.message.text)


class _Showing:
    """Shows what somebody does by *seat* in *talk*, with who is called *other*, over all other connections of both."""

    def __init__(self, lobby: Lobby, seat: Seat, talk: Talk, other: Username) -> None:
        self.seat = seat
        self.talk = talk
        self._lobby = lobby
        self._person = seat.identity
        # An account may be gone when it has happened.
        self._names = {talk.other(seat.identity): other, seat.identity: seat.username}

    @property
    def to(self) -> Username:
        """With whom they talk who have the seat."""
        return self._name(self.talk.other(self._person))

    def show(self, event: Told | TakenBack) -> None:
        """Show *event* to both, each of whom has the talk with the other one."""
        if self._lobby.directory.shared:
            # All servers hear of it in the same way, this one too: so all see one order.
            return
        for person in self._names:
            user = self._lobby.users.get(key(self._name(person)))
            if user is None or user.identity != person:
                continue
            for seat in user.seats:
                if seat is not self.seat and seat.is_taken:
                    # Who can't take it now finds it later.
                    with suppress(OutboxFull):
                        seat.tell(replace(event, other=self._name(self.talk.other(person))))

    def _name(self, person: bytes) -> Username:
        accounts = self._lobby.accounts
        account = accounts.get(person) if accounts else None
        return account.username if account else self._names[person]


def _say(showing: _Showing, message: Message, got: Callable[[Stored | ChatError], None]) -> None:
    """Append *message*, and show it when it is stored, also if who has told it is gone by then."""
    is_new = showing.talk.is_new(message)

    def done(result: Stored | ChatError) -> None:
        if isinstance(result, Stored) and is_new:
            speaker, text, at, action, _, cid, _ = astuple(message)
            showing.show(Told(speaker, showing.to, at, text, showing.to, result.seq, cid, action))
        got(result)

    showing.talk.say(message, done, showing.seat.id)


def _redact(showing: _Showing, redaction: Redaction, got: Callable[[bool | ChatError], None]) -> None:
    """Take back a message, and show that likewise; give *got* whether it was not before."""

    def done(entry: Entry | ChatError | None) -> None:
        if isinstance(entry, Entry):
            showing.show(TakenBack(showing.to, redaction.seq, redaction.username, redaction.note))
        got(entry if isinstance(entry, ChatError) else entry is not None)

    showing.talk.redact([redaction], showing.seat.id, done)
