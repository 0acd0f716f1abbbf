"""The port to what keeps a log that nodes share, and the ways in which it fails."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import NamedTuple, Protocol

from msgspec import Struct

from chatroom.core.people.directory import Listing, Somebody
from chatroom.core.ports import FollowedRoom, FoundUnread, KeptTalk, LogId, Opened, Page, Searched, WantedUnread
from chatroom.core.values.accounts import Account, AccountChange, Device, Dropped, Revoked
from chatroom.core.values.audit import Act
from chatroom.core.values.authors import Author
from chatroom.core.values.changes import Redaction
from chatroom.core.values.errors import StorageFailed
from chatroom.core.values.marks import Mark
from chatroom.core.values.names import Key, RoomName, Username
from chatroom.core.values.reports import KeptReport
from chatroom.core.values.sanctions import Placed
from chatroom.logs.nodes.changes import ChangeRow, Decision, Record


class Unreachable(Exception):
    """The engine could not be asked."""


class OutcomeUnknown(Exception):
    """The engine was lost while a commit was on its way: it has happened, or it has not."""


class EngineRefused(Exception):
    """The engine has refused to do anything of what it was asked for; others may be more lucky."""


class Fenced(Exception):
    """The others have given up this node: it did not show for too long that it lives. It can only begin anew."""


class Lost(Exception):
    """The engine has lost something of what it had answered; it tells it once. No number is certain any more."""


class KnownLog(NamedTuple):
    """How far a node knows a log: all entries up to *pos*, and up to *since* when it was asked for the first message.

    What others have added between the two may be one of its messages, sent again.
    """

    pos: int
    since: int


class Bounds(NamedTuple):
    """What is no longer kept, by times in milliseconds since 1970; and how much there may be.

    All but the newest *most* messages of a room (0: none), those from before *oldest*, and the rooms that were closed
    before *expired*. Rooms that are empty for *linger* milliseconds are closed; *rooms* are open at a time, at most,
    and each session may create a *share* of them (0: any number).
    """

    most: int
    oldest: int
    expired: int | None
    linger: int = 0
    rooms: int = 0
    share: int = 0


class Reads(Protocol):
    """Reading, beside all that is written."""

    def page(
        self,
        log: LogId,
        after: int | None,
        before: int | None,
        limit: int,
        got: Callable[[Page | StorageFailed], None],
        viewer: bytes | None = None,
    ) -> None:
        """Read a page, by :meth:`chatroom.core.ports.Log.read`."""

    def search(
        self,
        log: LogId,
        query: str,
        before: int | None,
        limit: int,
        got: Callable[[Searched], None],
        after: int = 0,
        author: Author | None = None,
        viewer: bytes | None = None,
    ) -> None:
        """Search, by :meth:`chatroom.core.ports.Log.search`."""

    def search_all(
        self,
        logs: Mapping[LogId, int],
        query: str,
        limit: int,
        got: Callable[[Searched], None],
        author: Author | None,
        since: int | None,
        until: int | None,
        viewer: bytes | None = None,
    ) -> None:
        """Search, by :meth:`chatroom.core.ports.Log.search_all`."""

    def upto(self, log: LogId, at: int, got: Callable[[int | StorageFailed], None]) -> None:
        """Find the number of a message, by :meth:`chatroom.core.ports.Log.upto`."""

    def redactions(
        self, log: LogId, after: int, limit: int, got: Callable[[Sequence[Redaction] | StorageFailed], None]
    ) -> None:
        """Read redactions, by :meth:`chatroom.core.ports.Log.redactions`."""

    def audit(
        self, log: LogId | None, before: int | None, limit: int, got: Callable[[Sequence[Act] | StorageFailed], None]
    ) -> None:
        """Read the audit, by :meth:`chatroom.core.ports.AuditStore.audit`."""

    def reports(
        self,
        log: LogId | None,
        but: Collection[bytes],
        resolved: bool,
        before: int | None,
        limit: int,
        got: Callable[[Sequence[KeptReport] | StorageFailed], None],
    ) -> None:
        """Read reports, by :meth:`chatroom.core.ports.ModerationStore.reports`."""

    def sanctions(
        self, before: int | None, now: int, limit: int, got: Callable[[Sequence[Placed] | StorageFailed], None]
    ) -> None:
        """Read sanctions, by :meth:`chatroom.core.ports.ModerationStore.sanctions`."""

    def marks(self, person: bytes, got: Callable[[Mapping[LogId, Mark] | StorageFailed], None]) -> None:
        """Read marks, by :meth:`chatroom.core.ports.MarkStore.marks`."""

    def standings(
        self, person: bytes, logs: Collection[LogId], got: Callable[[Mapping[LogId, Opened] | StorageFailed], None]
    ) -> None:
        """Find how rooms are to *person*, by :meth:`chatroom.core.ports.FollowStore.standings`."""

    def unread(self, wanted: WantedUnread, got: Callable[[FoundUnread], None]) -> None:
        """Find what is unread, by :meth:`chatroom.core.ports.MarkStore.unread`."""

    def recall(self, room: Opened, opened: Callable[[Opened | StorageFailed], None]) -> None:
        """Give *room* to *opened* with its messages that may be sent again."""

    def limit_searches(self, timeout: float) -> None:
        """Let searches take *timeout* from now on."""

    def cancel_searches(self) -> None:
        """Cancel all searches, later ones too."""


class Found(NamedTuple):
    """An open log, as of the entry at *pos*, and the names of the *people* who are in."""

    opened: Opened
    pos: int
    people: Sequence[Username]


class Appended(NamedTuple):
    """What a batch is told: an answer to each change, and what *others* have added to its logs, as much as fits."""

    answers: Sequence[Decision]
    others: Sequence[Record]


class Hint(NamedTuple):
    """Somebody else has added entries to *log*, the last one at *pos*: *records*, if they fit into a hint."""

    log: LogId
    pos: int
    records: Sequence[Record]


class Mail(NamedTuple):
    """What one node has for another, or had.

    ``moved``: a later *connection* of *seat* is at another node. ``invited``: who has *seat* is, to the room *name*, by
    *speaker*, as the *content* says, a :class:`~.changes.Record` in JSON, if that is still kept. ``told``: *content* of
    *speaker* for *name*, who has that *seat*, as of *at*. ``answered``: what became of such a one is *content*.
    ``copied``: *speaker*, who has the *seat*, has told *name* the *content*. Who has it is by other nodes in the rooms
    of the *content* (``rooms``, in JSON), or has left one by all seats (``left``), or has read one as far as the
    *content* says (``marked``, in JSON). ``revoked``: what brought them there is worth nothing any more. ``talked``: in
    their talk with *name*, *content* has happened, likewise.
    """

    number: int
    kind: str
    seat: int
    connection: int | None = None
    name: str | None = None
    speaker: str | None = None
    content: str | None = None
    at: int = 0


LETTERS = 100
"""Mail of talks that is collected at a time, at most: there may be much of it, of long texts."""


class Mailed(NamedTuple):
    """There is mail for a *node*."""

    node: int


class AccountsChanged(NamedTuple):
    """Somebody else has changed accounts."""


class Call(NamedTuple):
    """What another *node* has called out to this one: a *text* that is kept nowhere."""

    node: int
    text: str


class Nodes(NamedTuple):
    """The nodes that are there, by what people call each (*names*); this one is *me*."""

    me: int
    names: Mapping[int, str]


class KeptAccount(Struct, frozen=True):
    """An account or a device as it is since a *version*, or which of them is gone since then."""

    version: int
    account: Account | None = None
    device: Device | None = None
    dropped: bytes | None = None
    revoked: int | None = None

    @property
    def change(self) -> AccountChange:
        """What makes it so."""
        if self.dropped is not None:
            return Dropped(self.dropped)
        change = self.account or self.device
        return change or Revoked((self.revoked or 0,))


class ShownRoom(NamedTuple):
    """A room of the lobby, as it is now; one that is not *open* has left it.

    One that is *hidden* is in the lists of some alone; *insiders* are those of them with a seat at the node that asks.
    """

    room: RoomName
    topic: str
    members: int
    capacity: int
    open: bool
    slow: int = 0
    locked: bool = False
    guests: bool = True
    invite_only: bool = False
    hidden: bool = False
    topic_locked: bool = False
    keyed: bool = False
    created: int = 0
    topic_at: int = 0
    insiders: frozenset[bytes] = frozenset()


class Catalogue(NamedTuple):
    """Open *rooms*, for which *looked_at* names were read: all there are, or more than make a page for anybody."""

    rooms: Sequence[ShownRoom]
    looked_at: int


class Look(NamedTuple):
    """What a node sees that looks around.

    The positions of the *heads* of logs, the *beats* of the other nodes, those that are *dead*, *mail* for this one,
    and the *rooms* and *accounts* that have changed *since* an earlier look. *standby* names what a commit waits for.
    With another *generation* all rooms have begun new epochs.
    """

    heads: Mapping[LogId, int]
    beats: Mapping[int, int]
    dead: Sequence[int]
    mail: Sequence[Mail]
    rooms: Sequence[ShownRoom]
    since: str
    standby: str = ""
    generation: int = 0
    accounts: Sequence[KeptAccount] = ()


class PeoplePage(NamedTuple):
    """A page of the *people* in *room*, or of everybody."""

    room: RoomName | None
    people: Sequence[Listing]


class Buried(NamedTuple):
    """What the end of some seats of a dead node has added to rooms, and whether there may be *more* seats."""

    records: Sequence[Record]
    more: bool


News = Hint | Mailed | AccountsChanged | Call | None
"""What an engine tells by itself; ``None`` where some of that may be missing."""


class Engine(Protocol):
    """What keeps the log. Answers come later, in the thread of the caller; an exception is one of those above.

    What is answered is certain: it can be shown, and will be there whatever happens to the engine.
    """

    @property
    def name(self) -> str:
        """What people call it."""

    @property
    def cloak_key(self) -> bytes:
        """The secret of cloaks, from :meth:`start` on."""

    @property
    def reads(self) -> Reads:
        """Where it is read."""

    def start(self, heard: Callable[[News], None]) -> int:
        """Become a node, and return the generation; then give news to *heard*, which may be lost, doubled and late.

        :raises chatroom.logs.store_unusable.StoreUnusable: if that can't be.
        """

    def join(self, done: Callable[[int | Exception], None]) -> None:
        """Become another node, and be this one no longer; give the generation to *done*."""

    def append(
        self,
        number: int,
        rows: Sequence[ChangeRow],
        known: Mapping[LogId, KnownLog],
        bounds: Bounds,
        done: Callable[[Appended | Exception], None],
    ) -> None:
        """Let the changes of batch *number* happen; what comes again under that number is answered, and not done.

        Of the logs concerned, the entries up to some position are *known*. Where one does not reach so far, the answer
        is :exc:`Lost`, and nothing has happened.
        """

    def find(self, log: LogId, done: Callable[[Found | Exception | None], None]) -> None:
        """Find *log*, without what may be sent again."""

    def catch_up(self, log: LogId, after: int, done: Callable[[Sequence[Record] | Exception], None]) -> None:
        """Find the next entries of *log* beyond the position *after*, as many as make a page."""

    def look(self, logs: Sequence[LogId], since: str | None, done: Callable[[Look | Exception], None]) -> None:
        """Look around: at the heads of *logs*, and at what else has changed *since*, unless that is ``None``."""

    def collect(self, done: Callable[[Sequence[Mail] | Exception], None]) -> None:
        """Collect the mail for this node, of talks at most :data:`LETTERS`; as a look does."""

    def withdraw(self, mail: int, done: Callable[[bool | Exception], None]) -> None:
        """Take back a *mail* that nobody answers; tell whether nobody has seen it."""

    def nodes(self, name: Key | None, done: Callable[[Nodes | Exception], None]) -> None:
        """Find the nodes that are there, this one too; of the others, with *name*, those where it has a seat.

        It shows no sign of life, and what it tells may be undone.
        """

    def call(self, texts: Mapping[int, str], done: Callable[[Exception | None], None]) -> None:
        """Let each of some nodes hear a text, once, which may be lost; nothing is stored."""

    def reap(self, node: int, beat: int, done: Callable[[bool | Exception], None]) -> None:
        """Note that *node* is dead, unless its *beat* has moved; tell whether that is so."""

    def bury(self, node: int, done: Callable[[Buried | Exception], None], *, every: bool) -> None:
        """Give up the next seats of a dead *node*, those without a session, or *every* one."""

    def who(
        self,
        room: RoomName | None,
        after: Username | None,
        most: int,
        viewer: bytes | None,
        done: Callable[[PeoplePage | Exception | None], None],
    ) -> None:
        """Find the next *most* names behind *after*, in *room* or of everybody.

        Answer ``None`` if there is no such room that *viewer* may know of, or an operator: ``None``.
        """

    def person(self, username: Username, done: Callable[[Somebody | Exception | None], None]) -> None:
        """Find who is called *username*, with a seat at any node; ``None`` if nobody is."""

    def follows(self, person: bytes, done: Callable[[Sequence[FollowedRoom] | Exception], None]) -> None:
        """Find the rooms that *person* follows, who is here now."""

    def talks(
        self, person: bytes, before: int | None, most: int, done: Callable[[Sequence[KeptTalk] | Exception], None]
    ) -> None:
        """Find the newest *most* talks of *person*, by :meth:`chatroom.core.ports.TalkStore.talks`."""

    def rooms(self, match: str, after: RoomName | None, done: Callable[[Catalogue | Exception], None]) -> None:
        """Find open rooms behind *after* with *match* in their names, enough for a page."""

    def accounts(self, after: bytes | None, done: Callable[[Sequence[KeptAccount] | Exception], None]) -> None:
        """Find the next accounts behind the one with the id *after*, and their devices."""

    def bound(self, session: bytes, done: Callable[[bytes | Exception | None], None]) -> None:
        """Find the account of whoever has the seat of *session*, if it is one's."""

    def device(self, done: Callable[[int | Exception], None]) -> None:
        """Answer with the number of a device that nobody has had."""

    def renumber(self, saw: int, done: Callable[[bool | Exception], None]) -> None:
        """Let all rooms begin new epochs, unless they have since this node *saw* the generation; tell whether so.

        No node is one any more then: each begins anew before it is told anything of these epochs.
        """

    def sweep(self, bounds: Bounds, done: Callable[[bool | Exception], None]) -> None:
        """Remove the next things that are no longer kept; tell whether there were any."""

    def stop(self, stopped: Callable[[], None]) -> None:
        """Leave the chat, with reads unanswered: the seats that are held can be taken at other nodes."""
