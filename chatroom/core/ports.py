"""Ports of the core to the world: a clock, the log of its rooms, ports of rooms, and the way out to each visitor."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, NewType, Protocol

from msgspec import Struct

from chatroom.core.values.accounts import AccountChange, AllAccounts
from chatroom.core.values.audit import Act
from chatroom.core.values.authors import Author
from chatroom.core.values.batch import Batch
from chatroom.core.values.changes import Change, Entry, Redaction
from chatroom.core.values.commands import LogLevel, Request
from chatroom.core.values.errors import ChatError, SearchTooLong, StorageFailed
from chatroom.core.values.events import Event, Message, Notice
from chatroom.core.values.marks import Mark, Unread
from chatroom.core.values.moments import Moment
from chatroom.core.values.names import RoomName, Username
from chatroom.core.values.passwords import Password
from chatroom.core.values.replies import ConnectionList, Reloaded, Reply
from chatroom.core.values.reports import KeptReport
from chatroom.core.values.rights import PLAIN, Settings
from chatroom.core.values.sanctions import Placed, Sanction

LogId = NewType("LogId", int)
"""One life of a room, with messages numbered 1, 2, 3 …"""


class SeatId(NamedTuple):
    """A seat by its *number*, and which of its connections it is: 1 is the first, each that takes it over the next."""

    number: int
    connection: int


class Timer(Protocol):
    """A call that a clock will make."""

    def cancel(self) -> None:
        """Cancel the call."""


class Clock(Protocol):
    """The two methods of Twisted's ``IReactorTime`` on which everything here runs."""

    def seconds(self) -> float:
        """Return the time in seconds since some moment, never running backwards."""

    def callLater(self, delay: float, callable: Callable[[], None]) -> Timer:  # noqa: N802
        """Call *callable* in *delay* seconds."""


@dataclass(frozen=True, slots=True)
class NewRoom:
    """The settings of a new room, made *at* a time; *owner* is its creator's session. A *permanent* one stays."""

    topic: str = ""
    capacity: int = 0
    creator: Username | None = None
    owner: bytes | None = None
    permanent: bool = False
    at: Moment = 0


class Resendable(Struct, frozen=True, gc=False):
    """A stored message that its sender may send again; *digest* comes from :func:`~.events.digest`.

    *session* identifies the sender. A room that opens may make ten thousand of these: hence a struct.
    """

    session: bytes
    cid: str
    seq: int
    at: Moment
    digest: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """An opened log, of *room* as its name was first written; under one *epoch* numbers never change their meaning.

    *seq* is the newest message's number, *first* the oldest kept one's (``seq + 1`` if none is kept). *sent* has the
    messages with a ``cid`` among the newest :data:`~chatroom.core.values.limits.RESENDABLE`, oldest first, but none
    that were said more than :data:`~chatroom.core.values.limits.RESENT_WITHIN` before the newest. *created* says that
    the log is new. The *owner*, *moderators*, *voiced* and *sanctions* are those of the room; *redactions* counts those
    of its messages. Those who are *admitted* may come in while it is invite-only, and without the *key*, if there is
    one: *keys* counts how often it was changed. The newest message was said *at* a time, in milliseconds since 1970
    (UTC); 0 if none is kept. It was *begun* then, and got its topic from somebody, likewise; 0 if that is not known.
    """

    room: RoomName
    log: LogId
    epoch: str
    seq: int = 0
    first: int = 1
    topic: str = ""
    capacity: int = 0
    creator: Username | None = None
    owner: bytes | None = None
    sent: Sequence[Resendable] = ()
    created: bool = False
    settings: Settings = PLAIN
    moderators: Sequence[bytes] = ()
    sanctions: Sequence[Sanction] = ()
    redactions: int = 0
    admitted: Sequence[bytes] = ()
    at: Moment = 0
    voiced: Sequence[bytes] = ()
    key: str = ""
    begun: Moment = 0
    topic_by: Username | None = None
    topic_at: Moment = 0
    keys: int = 0


@dataclass(frozen=True, slots=True)
class Page:
    """Numbered messages in order; *more* says that others follow in the direction of the request.

    Around a message *more* are after them, and *more_before* says whether others are before. Where several logs were
    searched, *logs* has that of each message.
    """

    entries: Sequence[tuple[int, Message]]
    more: bool
    more_before: bool | None = None
    logs: Sequence[LogId] = ()


@dataclass(frozen=True, slots=True)
class Searched:
    """The *result* of a search, and the *seconds* for which the log worked on it."""

    result: Page | SearchTooLong | StorageFailed
    seconds: float = 0


Happened = Callable[[Entry | ChatError | None], None]
"""A callback that gets the entry of a change, ``None`` if it made none, or the error for which it can't be."""


class Misfit(Exception):
    """An entry can't follow the earlier ones of its log: the store has lost some of these."""


class Log(Protocol):
    """The store of what happens in the rooms: an entry for each change, a message with a number.

    An answer comes at once or later, in the thread of the caller.
    """

    def restore(self, restored: Callable[[Sequence[Opened] | StorageFailed], None]) -> None:
        """Find the rooms that were open when the last process ended."""

    def open(self, room: RoomName, new: NewRoom | None, opened: Callable[[Opened | ChatError | None], None]) -> None:
        """Open the log of *room*: the kept one, else a new one by *new*; answer ``None`` if there is neither.

        A topic in *new* replaces that of a kept log. One that is guarded is opened for nobody who would create it:
        that is :exc:`~chatroom.core.values.errors.RoomExists`.
        """

    def follow(self, log: LogId, follower: Callable[[Entry], None]) -> Sequence[Username]:
        """Give *follower* each entry from now on, once and in their order, until *log* is closed; return who is in.

        The follower asks for nothing in return. It raises :exc:`Misfit` for what can't follow the earlier ones.
        """

    def change(self, log: LogId, change: Change, by: SeatId | None, done: Happened) -> None:
        """Let *change* happen, asked for *by* somebody; call *done* when its entry is safe and has been followed.

        Messages, topics and deletions happen in the order in which they were asked for, over all logs, so that a reply
        never waits for that to an earlier request while its message is shown; the comings, goings and names of people
        do in each log. A change is behind all that were answered before it was asked for. To come in by a second seat,
        or to go by one of several, makes no entry: ``None``. A change that can't be is answered by its error. The text
        of a message that is erased is kept nowhere any more, but in reports of itself; one that was erased before is
        left out of the entry. A message is copied into its report as it is in that moment; to report it again, or to
        resolve a report again, makes no entry.
        """

    def read(
        self,
        log: LogId,
        *,
        after: int | None,
        before: int | None,
        limit: int,
        got: Callable[[Page | StorageFailed], None],
        viewer: bytes | None = None,
    ) -> None:
        """Read the first messages beyond *after*, or without it the newest below *before*, oldest first.

        The page has at most *limit* messages and :data:`~.limits.PAGE_BYTES` of text, but at least one message. What is
        withheld from a *viewer* is left out, here and in searches.
        """

    def search(
        self,
        log: LogId,
        query: str,
        *,
        before: int | None,
        limit: int,
        got: Callable[[Searched], None],
        after: int = 0,
        author: Author | None = None,
        viewer: bytes | None = None,
    ) -> None:
        """Find the newest messages below *before* that match *query*, as a page like that of :meth:`read`.

        Those beyond *after* are looked at, and of an *author* alone if there is one; then the query may have no words.
        A search holds up no page and no change, and its time is limited.

        :raises chatroom.core.values.errors.QueryInvalid: at once, if *query* can't be searched for.
        """

    def search_all(
        self,
        logs: Mapping[LogId, int],
        query: str,
        *,
        limit: int,
        got: Callable[[Searched], None],
        author: Author | None = None,
        since: int | None = None,
        until: int | None = None,
        viewer: bytes | None = None,
    ) -> None:
        """Find the newest messages that match *query* in all *logs*, up to some number in each, ordered by their time.

        They are later than *since* and earlier than *until*, in milliseconds since 1970 (UTC). Messages of the same
        millisecond are on the same page: for them it has more than *limit*, as long as they fit. For the rest this is
        a search like that of one log.

        :raises chatroom.core.values.errors.QueryInvalid: at once, if *query* can't be searched for.
        """

    def upto(self, log: LogId, at: int, got: Callable[[int | StorageFailed], None]) -> None:
        """Find the number of the newest message that is not later than *at*; of those not kept any more the last.

        *at* is in milliseconds since 1970 (UTC).
        """

    def redactions(
        self, log: LogId, *, after: int, limit: int, got: Callable[[Sequence[Redaction] | StorageFailed], None]
    ) -> None:
        """Read at most *limit* of the redactions of messages behind the first *after*, in their order."""

    def close(self, log: LogId) -> None:
        """Close *log*, which nobody reads here any more; it is kept for some time."""


class AuditStore(Protocol):
    """The store of who did what to others, for ever; an answer comes at once or later, in the thread of the caller.

    What changes in rooms is kept there by the :class:`Log`, in the moment in which it happens.
    """

    def note(self, act: Act, done: Callable[[StorageFailed | None], None], log: LogId | None = None) -> None:
        """Keep *act*, which has changed nothing in a room, and call *done* when it is safe.

        It is among the acts of *log*, or of none.
        """

    def audit(
        self,
        log: LogId | None,
        *,
        before: int | None,
        limit: int,
        got: Callable[[Sequence[Act] | StorageFailed], None],
    ) -> None:
        """Read the newest acts below number *before*, the newest first: those in *log*, or all."""


class ModerationStore(AuditStore, Protocol):
    """The store of what those look up who moderate, in rooms or everywhere."""

    def reports(
        self,
        log: LogId | None,
        *,
        but: Collection[bytes],
        resolved: bool,
        before: int | None,
        limit: int,
        got: Callable[[Sequence[KeptReport] | StorageFailed], None],
    ) -> None:
        """Read the newest reports below number *before*, the newest first: those of messages in *log*, or all.

        Left out are those *but* about some people, and unless *resolved* ones are wanted those as well.
        """

    def sanctions(
        self, *, before: int | None, now: int, limit: int, got: Callable[[Sequence[Placed] | StorageFailed], None]
    ) -> None:
        """Read the newest sanctions below number *before* that hold *now* anywhere, the newest first."""


class AccountStore(Protocol):
    """The store of accounts; an answer comes at once or later, in the thread of the caller."""

    def restore_accounts(self, restored: Callable[[AllAccounts | StorageFailed], None]) -> None:
        """Find the accounts that are kept; where others change them too, an error says that nobody knows them now."""

    def change_accounts(self, changes: Sequence[AccountChange], done: Callable[[ChatError | None], None]) -> None:
        """Let *changes* happen, all or none, and call *done* when they are safe.

        An account takes the place of that with its id, a device that of the one with its number.
        """


@dataclass(frozen=True, slots=True)
class FollowedRoom:
    """A *room* that somebody follows, with its *log*, whose newest message is *seq*.

    Of the keys that it has had they came in by the one with the number *keyed* last; 0 is none. Whether they may read
    it is another question.
    """

    room: RoomName
    log: LogId
    seq: int
    keyed: int = 0


class CloakStore(Protocol):
    """The store of the secret by which cloaks are made, the same for all servers of a chat, at every start."""

    @property
    def cloak_key(self) -> bytes:
        """The secret, from the start of the store on."""


class FollowStore(Protocol):
    """The store of who follows which rooms; an answer comes at once or later, in the thread of the caller.

    It changes in rooms, in the moment in which they come in or go, and with accounts.
    """

    def follows(self, person: bytes, got: Callable[[Sequence[FollowedRoom] | StorageFailed], None]) -> None:
        """Find the rooms that are kept and followed by *person*, who is here now, in the order in which that began.

        Of somebody without an account it is kept for as long as a closed room, from when they were here last.
        """

    def standings(
        self, person: bytes, logs: Collection[LogId], got: Callable[[Mapping[LogId, Opened] | StorageFailed], None]
    ) -> None:
        """Find how those of *logs* are that are kept, open or not, as far as that decides whether *person* may come in.

        Of the people with a role or admitted there they alone are named, mutes are left out, and messages are not
        looked at.
        """


class PersonalMark(Struct, frozen=True):
    """How far *person* has read *log*, the one of *room*, or of a talk at that :func:`~.talks.place`."""

    person: bytes
    log: LogId
    room: RoomName
    mark: Mark


@dataclass(frozen=True, slots=True)
class WantedUnread:
    """What is wanted of some *rooms*, all of which *person* may read, and of their talks: where something is unread.

    Their messages are not unread to themselves, nor is what is withheld from them; *words* are those of their name, as
    a search cuts them. Of the *marks*, by what is known here, and those that are kept the further ones hold. The newest
    message of each log is from *before* a time. Where that is known, nothing beyond the *heads* of logs is looked at.
    It may be about *only* some logs.
    """

    person: bytes
    words: str
    rooms: frozenset[LogId] = frozenset()
    marks: Mapping[LogId, int] = field(default_factory=dict)
    before: int | None = None
    heads: Mapping[LogId, int] = field(default_factory=dict)
    only: frozenset[LogId] | None = None


@dataclass(frozen=True, slots=True)
class UnreadPage:
    """Logs in which something is unread, those with the newest messages first; *more* says that there are others.

    Talks are called by their :func:`~.talks.place`; the other one is named if their account is no more.
    """

    rooms: Sequence[tuple[LogId, Unread]]
    more: bool


@dataclass(frozen=True, slots=True)
class FoundUnread:
    """The *result* of a look for what is unread, and the *seconds* for which the log worked on it."""

    result: UnreadPage | SearchTooLong | StorageFailed
    seconds: float = 0


class MarkStore(Protocol):
    """The store of how far people have read; an answer comes at once or later, in the thread of the caller.

    Marks are kept for as long as their logs. Those of somebody without an account are kept for as long as a closed
    room, from when they were here last.
    """

    def marks(self, person: bytes, got: Callable[[Mapping[LogId, Mark] | StorageFailed], None]) -> None:
        """Find the marks of *person* in all logs that are kept."""

    def keep_marks(self, marks: Sequence[PersonalMark], done: Callable[[StorageFailed | None], None]) -> None:
        """Keep *marks*, none of which goes back, and call *done* when they are safe.

        Servers that share the store let the other connections of these people know.
        """

    def unread(self, wanted: WantedUnread, got: Callable[[FoundUnread], None]) -> None:
        """Find what is unread; as with a search, it holds up no page and no change, and its time is limited."""


@dataclass(frozen=True, slots=True)
class KeptTalk:
    """A talk in *log* with account *other*, which was called *name* if it is removed.

    Of what is not withheld from whoever asks, message number *seq* is the newest.
    """

    log: LogId
    other: bytes
    seq: int
    message: Message
    name: Username | None = None


class TalkStore(Protocol):
    """The store of who has talked with whom; an answer comes at once or later, in the thread of the caller.

    Their logs are called by :func:`~.talks.place`, and opened, changed and read as those of rooms are by the
    :class:`Log`; they are kept also while nobody has them open, and restored with no rooms. The first message makes one
    a talk of both; one that is withheld from the other is in none of theirs. With an account go its talks, but for the
    other's who has one still.
    """

    def talks(
        self,
        person: bytes,
        *,
        before: int | None,
        limit: int,
        got: Callable[[Sequence[KeptTalk] | StorageFailed], None],
    ) -> None:
        """Read the talks of *person* whose newest messages are from *before* a time, the newest first."""


class Verdict(NamedTuple):
    """Whether a password is *right*; *renewed* is its hash by newer parameters than it was kept by.

    Where passwords are not ours, one may be right for a name that has no account yet.
    """

    right: bool
    renewed: str | None = None


class Trial(Protocol):
    """A try at a secret, which counts as wrong until it is known to be something else: none is compared without."""

    @property
    def host(self) -> bytes | None:
        """Where it comes from."""

    def right(self, account: bytes | None = None) -> None:
        """Note that it was right, and let the owner of *account* in, if it is one's."""

    def unknown(self) -> None:
        """Note that it is not known whether it was right."""


class Passwords(Protocol):
    """What makes and checks hashes of passwords, some at a time; an answer comes later, in the thread of the caller.

    Where many wait, the hosts they are from take turns; an error says that too many do.
    """

    def check_ours(self) -> None:
        """Let passwords be made and changed here.

        :raises chatroom.core.values.errors.NotAllowed: if others keep them.
        """

    def encode(self, password: Password, host: bytes | None, got: Callable[[str | ChatError], None]) -> None:
        """Make the hash of a new *password*, which is ours."""

    def check(
        self,
        username: Username,
        kept: str | None,
        password: Password,
        trial: Trial,
        got: Callable[[Verdict | ChatError], None],
    ) -> None:
        """Check the *password* of *username* against the hash that is *kept*; without any, it takes as long.

        Whoever asks for it decides by the answer what the *trial* was.
        """


class RoomPorts(Protocol):
    """Ports that lead into one room each: a visitor who connects there and logs in is in that room."""

    def open(self, room: RoomName) -> int | None:
        """Let a port lead to *room*, and return it; ``None`` if none is free."""

    def close(self, port: int) -> None:
        """Let *port* lead to its room no longer: the room is closed."""


Missing = tuple[str, ...]
"""The names of the servers that have not answered; what they were asked for may be done there or not."""


class Hand(Protocol):
    """What operators have a hold of: the connections of all servers, and what this one was told at its start."""

    def connections(self, match: str, after: int, got: Callable[[ConnectionList], None]) -> None:
        """Find those behind number *after* with *match* in the name of their user, or in where they come from."""

    def disconnect(
        self, connection: int | None, username: Username | None, note: str, done: Callable[[Missing | ChatError], None]
    ) -> None:
        """Hang up on one *connection*, or on all of the user called *username*, with a *note* for them.

        If nobody is found, *done* gets an error.
        """

    def notify(self, notice: Notice) -> None:
        """Show *notice* to everybody at this server."""

    def notify_others(self, notice: Notice, done: Callable[[Missing], None]) -> None:
        """Show *notice* to everybody at other servers of the chat."""

    def reload(self) -> Reloaded:
        """Read again what an operator may have changed."""

    def set_log_level(self, level: LogLevel) -> None:
        """Let the server's log show what is of *level*, and all above it.

        :raises chatroom.core.values.errors.NotAllowed: if it is not the server's to say.
        """


class Connection(Protocol):
    """The way out to a visitor. No method blocks, raises, or calls back into the core before it returns."""

    @property
    def busy(self) -> bool:
        """True while earlier bytes wait; :meth:`~.Visitor.drained` is called when they no longer do."""

    @property
    def reads(self) -> bool:
        """True if whatever is shown is read: by a person, and not by a program that says how far they have."""

    @property
    def tags(self) -> bool:
        """True if what others tag is wanted: events of that are sent to nobody else."""

    @property
    def waiting(self) -> int:
        """Bytes that were sent and not taken by the peer, as far as that is known."""

    def reply(self, request: Request, reply: Reply) -> None:
        """Send *reply*, the answer to *request*."""

    def notify(self, event: Event) -> None:
        """Send *event*, which concerns this visitor alone."""

    def show(self, batch: Batch) -> bool:
        """Send the events of a room, unless earlier bytes wait; return whether they were sent."""

    def keep_roster(self, batch: Batch) -> None:
        """Send who came and went, all the same, to who can't be shown *batch* and keeps a list of who is there."""

    def proceed(self) -> None:
        """Hand over requests again: the visitor took none for a while, and is free now."""

    def close(self) -> None:
        """Close once everything is sent."""

    def crashed(self) -> None:
        """Log the exception that is being handled, a defect of ours, and hang up."""
