"""The store of a chat in plain Python: what the functions in the database do."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from itertools import count
from typing import TypeVar

import msgspec
from msgspec.structs import replace

from chatroom.core.people.directory import Listing, Somebody
from chatroom.core.ports import FollowedRoom, KeptTalk, LogId, PersonalMark, SeatId
from chatroom.core.values.accounts import Account, Device, Ignored, Merged
from chatroom.core.values.audit import Act
from chatroom.core.values.changes import Admitted, Erased, Lifted, Redaction, Reported, Resolved
from chatroom.core.values.events import KINDS, Message, Said, erased
from chatroom.core.values.marks import Mark
from chatroom.core.values.names import RoomName, Username, fold, key
from chatroom.core.values.reports import KEPT_SECONDS, KeptReport
from chatroom.core.values.rights import PLAIN, Settings, ShownRole, Tuning
from chatroom.core.values.sanctions import Sanction
from chatroom.core.values.talks import is_talk, people
from chatroom.logs.nodes.changes import (
    MESSAGES,
    AccountDiff,
    AccountDiffs,
    Become,
    ChangeRow,
    Decision,
    DeviceDiff,
    IgnoringDiff,
    Imposed,
    Record,
    numbered,
)
from chatroom.logs.nodes.engine import (
    LETTERS,
    AccountsChanged,
    Appended,
    Bounds,
    Buried,
    Catalogue,
    EngineRefused,
    Fenced,
    Hint,
    KeptAccount,
    KnownLog,
    Look,
    Lost,
    Mail,
    Mailed,
    News,
    PeoplePage,
    ShownRoom,
)
from chatroom.logs.postgres.writer import REMOVED

T = TypeVar("T")

PEOPLE = (
    "reserve",
    "disclaim",
    "rename",
    "free",
    "known",
    "accounts",
    "tell",
    "copy",
    "answered",
    "authenticate",
    "marks",
)
"""The kinds of changes of people, which come before those of rooms."""


@dataclass
class Kept:
    """An entry of a log, as it is kept."""

    pos: int
    seq: int | None
    at: int
    row: ChangeRow


@dataclass
class Life:
    """A log: one life of a room."""

    log: LogId
    key: str | None
    room: RoomName
    epoch: str
    topic: str
    capacity: int
    creator: Username | None
    owner: bytes | None
    permanent: bool
    empty: int | None
    changed: int
    closed: int | None = None
    pos: int = 0
    seq: int = 0
    at: int = 0
    removed: int = 0
    entries: list[Kept] = field(default_factory=list)
    readers: dict[int, Reading] = field(default_factory=dict)
    settings: Settings = PLAIN
    lock: str = ""
    keys: int = 0
    begun: int = 0
    topic_by: Username | None = None
    topic_at: int = 0
    moderators: set[bytes] = field(default_factory=set)
    voiced: set[bytes] = field(default_factory=set)
    admitted: set[bytes] = field(default_factory=set)
    sanctions: dict[int, Sanction] = field(default_factory=dict)
    redactions: list[Redaction] = field(default_factory=list)

    def role(self, person: bytes) -> ShownRole | None:
        """Return the role of whoever is known by *person*."""
        if person == self.owner:
            return "owner"
        return "moderator" if person in self.moderators else "voiced" if person in self.voiced else None

    @property
    def is_open(self) -> bool:
        """Whether it is in the lobby."""
        return self.key is not None and self.closed is None

    @property
    def people(self) -> dict[str, Username]:
        """Who is in, by the keys of their names."""
        return {reading.key: reading.name for reading in self.readers.values()}

    @property
    def members(self) -> int:
        """How many people are in."""
        return len(self.people)


@dataclass
class Reading:
    """A seat that somebody is in by."""

    key: str
    name: Username
    connection: int


@dataclass
class Place:
    """A seat."""

    number: int
    key: str
    session: bytes | None
    person: bytes
    host: bytes | None
    node: int
    connection: int = 1
    device: int | None = None
    guest: bytes | None = None


@dataclass
class Holder:
    """Who holds a name, or has reserved it."""

    name: Username
    reserved: SeatId | None = None


@dataclass
class Own:
    """An account or a device, as it is *kept* since a change; one that is *gone* stays for a minute."""

    kept: KeptAccount
    changed: int
    gone: int | None = None


@dataclass
class Name:
    """A name of an account, which stays its own *until* a time, if it is a former one."""

    account: bytes
    username: Username
    until: int | None = None
    place: int = 0


@dataclass
class Letter:
    """Mail for *node*; what became of it goes *back*. It may tell of the entry at a position in a log, its *place*."""

    mail: Mail
    node: int
    back: int = 0
    taken: bool = False
    place: tuple[LogId, int] | None = None


@dataclass
class Talk:
    """A talk with *other*, of whom a *name* is left if the account is gone.

    Of what is not withheld, message number *seq* is the newest, from *at* a time.
    """

    other: bytes
    seq: int
    at: int
    name: Username | None = None


class Report(msgspec.Struct, frozen=True):
    """A report that is *kept*, by somebody who is known by *person*."""

    kept: KeptReport
    person: bytes


@dataclass
class Member:
    """A node, as the others see it."""

    beat: int = 0
    batch: int = 0
    answers: Sequence[Decision] = ()


PIECE = 200
"""Persons that are admitted by one entry, at most."""

STORED = (
    *(
        "generation",
        "logs",
        "nodes",
        "dead",
        "ended",
        "users",
        "seats",
        "mail",
        "audit",
        "reports",
        "follows",
        "marks",
        "talks",
    ),
    *("accounts", "names", "devices", "version", "looks"),
)
"""What a world has stored."""


class World:
    """What all nodes share: the truth. It is *now*, in milliseconds since 1970."""

    def __init__(self, now: int) -> None:
        self.now = now
        self.logs: dict[LogId, Life] = {}
        self.nodes: dict[int, Member] = {}
        self.dead: set[int] = set()
        self.ended: dict[int, int] = {}
        self.users: dict[str, Holder] = {}
        self.seats: dict[int, Place] = {}
        self.mail: dict[int, Letter] = {}
        self.audit: list[tuple[LogId | None, Act]] = []
        self.follows: dict[tuple[bytes, LogId], int] = {}
        self.marks: dict[tuple[bytes, LogId], Mark] = {}
        self.talks: dict[tuple[LogId, bytes], Talk] = {}
        self.accounts: dict[bytes, Own] = {}
        self.names: dict[str, Name] = {}
        self.looks: dict[bytes, frozenset[str]] = {}
        self.ignored: dict[IgnoringDiff, None] = {}
        self.devices: dict[int, Own] = {}
        self.version = 0
        self.listeners: dict[int, Callable[[News], object]] = {}
        self.refuses = False
        self.fit = 200
        self.given = 0
        self.mailed: list[str] | None = None
        self.erasing = ChangeRow("erased")
        self.changes = self.renumbered = self.generation = 0
        self._logs = count(1)
        self._nodes = count(1)
        self._seats = count(1)
        self._mail = count(1)
        self._sanctions = count(1)
        self._acts = count(1)
        self._reports = count(1)
        self.reports: dict[int, Report] = {}
        self._numbers = count(1)
        self._freed: list[Place] = []

    def join(self) -> int:
        """Let a server be a node."""
        node = next(self._nodes)
        self.nodes[node] = Member()
        return node

    def beat(self, node: int) -> Member:
        """Show that *node* lives, if the others take it for one."""
        member = self.nodes.get(node)
        if member is None:
            raise Fenced("it is no longer a node")
        member.beat += 1
        return member

    def append(
        self, node: int, number: int, rows: Sequence[ChangeRow], known: Mapping[LogId, KnownLog], bounds: Bounds
    ) -> Appended:
        """Let the changes of *node*'s batch *number* happen; return what became of each, and what others have added."""
        member = self.beat(node)
        if member.batch != number:
            if self.refuses:
                raise EngineRefused("there is no space left")
            for log, upto in known.items():
                life = self.logs.get(log)
                if life and life.pos < upto.pos:
                    raise Lost(f"of {upto.pos} entries of the room {life.room}, there are {life.pos}")
            member.answers = self._append(node, rows, known, bounds)
            member.batch = number
        answers = member.answers
        mine = {(answer.log, answer.pos) for answer in answers if answer.outcome == "entry"}
        others = [record for log, upto in known.items() for record in self.records(log, upto.pos)]
        # As many as fit.
        return Appended(answers, [record for record in others if (record.log, record.pos) not in mine][: self.fit])

    def publish(self, node: int, news: Sequence[Hint | Mailed | AccountsChanged]) -> None:
        """Tell all but *node* of *news*."""
        for other, heard in list(self.listeners.items()):
            for each in news:
                if each.node == other if isinstance(each, Mailed) else other != node:
                    heard(each)

    def records(self, log: LogId, after: int) -> list[Record]:
        """Return the entries of *log* beyond the position *after*."""
        life = self.logs.get(log)
        return [recorded(log, kept) for kept in life.entries if kept.pos > after] if life else []

    def _append(
        self, node: int, rows: Sequence[ChangeRow], known: Mapping[LogId, KnownLog], bounds: Bounds
    ) -> Sequence[Decision]:
        results: dict[int, Decision] = {}
        opened: set[LogId] = set()
        closing = {row.log for row in rows if row.kind == "close"}
        refused: set[tuple[int | None, int | None]] = set()
        places = {row.log for row in rows}
        self.changes += 1
        called = {(row.log, row.name) for row in rows if row.kind == "called"}
        for at, row in enumerate(rows):
            if row.kind in PEOPLE:
                results[at] = answer = self._of_people(node, row, called)
                if row.kind == "rename" and answer.outcome != "none":
                    refused.add((row.seat, row.connection))
        for at, row in enumerate(rows):
            if row.kind == "open":
                results[at] = answer = self._open(row, closing, places | opened, bounds)
                if answer.log is not None:
                    opened.add(answer.log)
        # What was there before: the changes of others that this node may not know.
        behind = {log: self.logs[log].pos for log in known if log in self.logs}
        # By logs, as a database does it: mail and numbers are given out in that order.
        for at, row in sorted(enumerate(rows), key=lambda it: (it[1].log is None, it[1].log or 0, it[0])):
            if row.kind not in PEOPLE and row.kind not in ("open", "claim"):
                since = known[row.log].since if row.log is not None and row.log in known else None
                missed = since if since is not None and behind.get(row.log or LogId(0), 0) > since else None
                results[at] = self._change(node, row, opened, refused, bounds, missed)
        for at, row in enumerate(rows):
            if row.kind == "claim":
                results[at] = self._claim(node, row)
        self._abandon(self._freed)
        self._freed.clear()
        return [results[at] for at in range(len(rows))]

    def saved(self) -> dict[str, object]:
        """Return all that is stored, as a standby has it that is behind."""
        return deepcopy({name: getattr(self, name) for name in STORED})

    def lose(self, saved: dict[str, object]) -> None:
        """Go back to what was :meth:`saved`: a standby was promoted that was behind."""
        for name in STORED:
            setattr(self, name, deepcopy(saved[name]))

    def beats(self, node: int) -> int:
        """Return the signs of life of *node*, up to its end; of one that never was one, -1."""
        if member := self.nodes.get(node):
            return member.beat
        return self.ended.get(node, -1)

    @contextmanager
    def refusing(self) -> Iterator[None]:
        """Store nothing."""
        self.refuses = True
        yield
        self.refuses = False

    # People.

    def _of_people(self, node: int, row: ChangeRow, called: AbstractSet[tuple[LogId | None, str]]) -> Decision:
        match row.kind:
            case "tell":
                return self._tell(node, row)
            case "copy":
                seats = self._seats_elsewhere(row.key, node)
                nodes = self._post_all("copied", seats, row.name, row.other, row.text)
                return Decision("none", rooms=nodes)
            case "accounts":
                return self._change_accounts(node, row)
            case "marks":
                return self._keep_marks(node, row)
            case "answered":
                return self._answered(row)
        asked = SeatId(row.seat or 0, row.connection or 0)
        name = row.key or ""
        if row.kind == "disclaim":
            self.users = {key: holder for key, holder in self.users.items() if holder.reserved != asked}
            return Decision("none")
        seat = self.seats.get(asked.number)
        if row.kind == "known":
            if seat:
                seat.person, seat.device, seat.guest = bytes.fromhex(row.other or ""), None, None
            return Decision("none")
        if seat is None or seat.connection > asked.connection:
            return Decision("replaced")
        if row.kind == "authenticate":
            return self._authenticate(node, seat, row)
        holder = self.users.get(name)
        ours = {other.number for other in self.seats.values() if other.key == seat.key}
        match row.kind:
            case "reserve":
                if self._owner(name) not in (None, seat.person):
                    return Decision("username-taken", name=row.name)
                if holder is None:
                    self.users[name] = Holder(Username(row.name), asked)
                elif name != seat.key and (holder.reserved is None or holder.reserved.number not in ours):
                    return Decision("username-taken", name=holder.name)
            case "rename":
                if holder and holder.reserved and holder.reserved.number in ours:
                    del self.users[name]
                if name in self.users and name != seat.key:
                    return Decision("username-taken", name=self.users[name].name)
                old = seat.key
                self.users[name] = self.users.pop(old, Holder(Username("")))
                self.users[name].name = Username(row.name)
                for other in self.seats.values():
                    if other.key == old:
                        other.key = name
                return Decision("none", content=self._call(name, Username(row.name), called))
            case "free":
                self._give_up([seat])
                self._freed.append(seat)
        return Decision("none")

    def _is_away(self, seat: int, node: int) -> bool:
        """Return whether *seat* is one at another node than *node*."""
        return seat in self.seats and self.seats[seat].node != node

    def _seats_elsewhere(self, name: str | None, node: int) -> list[int]:
        """Return the first seat at each other node than *node* of whoever has the key *name*."""
        seats: dict[int, int] = {}
        for seat in sorted(self.seats.values(), key=lambda seat: seat.number):
            if seat.key == name and seat.node != node:
                seats.setdefault(seat.node, seat.number)
        return list(seats.values())

    def _post_all(
        self,
        kind: str,
        seats: Sequence[int],
        name: str | None = None,
        speaker: str | None = None,
        content: str | None = None,
    ) -> list[str] | None:
        """Post a mail for each of *seats* at nodes that live; return the nodes."""
        nodes = set()
        for number in sorted(seats):
            seat = self.seats[number]
            if seat.node in self.nodes:
                self._post(seat.node, Mail(0, kind, number, None, name, speaker, content, self.now))
                nodes.add(str(seat.node))
        return sorted(nodes) or None

    def _moved(self, names: Sequence[str], node: int | None) -> list[str] | None:
        """Let the other nodes know that people are in other rooms than before, by *node* or by any."""
        theirs = sorted((seat for seat in self.seats.values() if seat.key in names), key=lambda seat: seat.number)

        def is_elsewhere(seat: Place) -> bool:
            return any(other.key == seat.key and other.node != seat.node for other in theirs)

        return self._post_all("rooms", [seat.number for seat in theirs if seat.node != node and is_elsewhere(seat)])

    def _elsewhere(self, name: str, node: int) -> str:
        """Return the rooms where whoever has the key *name* is by other nodes than *node*."""
        rooms = [
            life.room
            for life in self.logs.values()
            if life.key is not None
            and any(self._is_away(seat, node) and self.seats[seat].key == name for seat in life.readers)
        ]
        return msgspec.json.encode(rooms).decode()

    def _call(self, name: str, called: Username, told: AbstractSet[tuple[LogId | None, str]]) -> str | None:
        """Let whoever has the key *name* now be *called* so in all rooms but for those that are *told* apart."""
        found = []
        for life in self.logs.values():
            stale = [
                reading
                for seat, reading in sorted(life.readers.items())
                if seat in self.seats and self.seats[seat].key == name and reading.name != called
            ]
            stale = [reading for reading in stale if (life.log, reading.name) not in told]
            if stale and life.key is not None:
                old = stale[0].key
                self._add(life, ChangeRow("called", life.log, name=stale[0].name, text=called))
                for reading in life.readers.values():
                    if reading.key == old:
                        reading.key, reading.name = name, called
                found.append((life.log, life.pos))
        return msgspec.json.encode(found).decode() if found else None

    def _claim(self, node: int, row: ChangeRow) -> Decision:
        name, person, proved = row.key or "", bytes.fromhex(row.other or ""), bool(row.action)
        who = Username(row.name)
        seat = next((each for each in self.seats.values() if row.session and each.session == row.session), None)
        if seat and proved and seat.person != person:
            self._post_all("revoked", [seat.number] if seat.node != node else [])
            self._give_up([seat])
            self._freed.append(seat)
            seat = None
        elif seat and not proved and self._account(seat.person):
            return Decision("password-required", name=who)
        if proved:
            account = self._account(person)
            if account is None:
                return Decision("gone", name=who)
            device = self.devices.get(row.connection or 0)
            if (device and device.gone is not None) or row.cid not in (None, account.password):
                return Decision("gone", name=account.username)
            who, name = account.username, key(account.username)
        elif seat is None and self._owner(name) is not None:
            return Decision("password-required", name=who)
        if seat:
            before, seat.node = seat.node, node
            seat.connection += 1
            seat.host = hosted(row)
            seat.device = row.connection
            if proved:
                self._moved([seat.key], node)
            if before != node and before in self.nodes:
                self._post(before, Mail(0, "moved", seat.number, seat.connection, at=self.now))
            rooms = [
                f"{life.log} {life.room}"
                for life in self.logs.values()
                if seat.number in life.readers and life.key is not None
            ]
            holder = self.users[seat.key].name
            content = self._elsewhere(seat.key, node) if proved else None
            return Decision("resumed", None, seat.number, seat.connection, before, holder, rooms, content)
        others = [each for each in self.seats.values() if each.person == person] if proved else []
        found = others[0].key if others else None
        if not self._make_place(others, row.capacity or 0):
            return Decision("too-many-connections", name=who)
        if found is not None:
            name = found
            who = self.users.setdefault(found, Holder(who)).name
        elif name in self.users:
            return Decision("username-taken", name=self.users[name].name)
        else:
            self.users[name] = Holder(who)
        number = next(self._seats)
        self.seats[number] = Place(number, name, row.session, person, hosted(row), node, device=row.connection)
        content = self._elsewhere(name, node) if proved else None
        return Decision("claimed", None, number, 1, name=who, content=content)

    def _make_place(self, seats: Sequence[Place], most: int) -> bool:
        """Let there be fewer than *most* of *seats* of one account, if that can be."""
        if not most or len(seats) < most:
            return True
        lost = [each for each in seats if each.node not in self.nodes][:1]
        self._give_up(lost)
        self._freed += lost
        return bool(lost)

    def _authenticate(self, node: int, seat: Place, row: ChangeRow) -> Decision:
        """Let a guest's *seat* be one of an account."""
        id = bytes.fromhex(row.other or "")
        if seat.person == id:
            return Decision("replaced")
        if not self._make_place([each for each in self.seats.values() if each.person == id], row.capacity or 0):
            return Decision("too-many-connections", name=row.name)
        account, device = self._account(id), self.devices.get(int(row.text or ""))
        changed = account and row.cid not in (None, account.password)
        if account is None or changed or (device and device.gone is not None):
            return Decision("gone", name=row.name)
        name = next((each.key for each in self.seats.values() if each.person == id), None)
        if name is None:
            name = key(account.username)
            if name in self.users and name != seat.key:
                return Decision("username-taken", name=self.users[name].name)
            self.users[name] = Holder(account.username)
        who = self.users.setdefault(name, Holder(account.username)).name
        guest, old = seat.person, seat.key
        seat.key, seat.person, seat.device, seat.guest = name, id, int(row.text or ""), guest
        if old not in [each.key for each in self.seats.values()]:
            self.users.pop(old, None)
        told = self._inherit(guest, id)
        for life in self.logs.values():
            if seat.number in life.readers and life.key is not None:
                self.follows.setdefault((id, life.log), 0)
                if self._become(life, life.readers[seat.number], name, who):
                    told.append(life)
        places = sorted({(life.log, life.pos) for life in told})
        rooms = msgspec.json.decode(self._elsewhere(name, node), type=list[RoomName])
        content = msgspec.json.encode(Become(places, rooms, tuple(each.room for each in self.followed(id)))).decode()
        return Decision("authenticated", name=who, rooms=self._moved([name], node), content=content)

    def _inherit(self, guest: bytes, id: bytes) -> list[Life]:
        """Let an account have what is known of a *guest*; return where that was."""
        told = [life for life in self.logs.values() if life.key is not None and knows(life, guest)]
        for life in told:
            self._merge(life, guest, id)
        theirs = {log for person, log in self.follows if person == id}
        before = self.follows
        self.follows = {
            (id if person == guest else person, log): keyed
            for (person, log), keyed in before.items()
            if person != guest or log not in theirs
        }
        for log in theirs:
            self.follows[id, log] = max(before[id, log], before.get((guest, log), 0))
        for person, log in [place for place in self.marks if place[0] == guest]:
            self._mark(id, log, self.marks.pop((person, log)))
        return told

    def _keep_marks(self, node: int, row: ChangeRow) -> Decision:
        """Keep marks, and let the other connections of those people know."""
        nodes: set[str] = set()
        for each in msgspec.json.decode(row.text or "", type=list[PersonalMark]):
            life = self.logs.get(each.log)
            if life and life.key is not None:
                self._mark(each.person, each.log, each.mark)
                seats: dict[int, int] = {}
                for seat in self.seats.values():
                    if seat.person == each.person and seat.node != node:
                        seats.setdefault(seat.node, seat.number)
                content = msgspec.json.encode(each).decode()
                nodes.update(self._post_all("marked", list(seats.values()), content=content) or ())
        return Decision("none", rooms=sorted(nodes))

    def _mark(self, person: bytes, log: LogId, mark: Mark) -> None:
        kept = self.marks.get((person, log))
        self.marks[person, log] = kept.joined(mark) if kept else mark

    def _merge(self, life: Life, guest: bytes, account: bytes) -> None:
        """Let *life* know by *account* whom it knew as *guest*."""
        for number, each in life.sanctions.items():
            if each.person == guest:
                life.sanctions[number] = replace(each, person=account)
        for some in (life.moderators, life.voiced, life.admitted):
            if guest in some:
                some.discard(guest)
                some.add(account)
        if life.owner == guest:
            life.owner = account
        if life.owner is not None:
            life.moderators.discard(life.owner)
        life.voiced -= {life.owner, *life.moderators}
        self._shown_to_others(life)
        self._add(life, ChangeRow("merged", life.log, text=msgspec.json.encode(Merged(guest, account)).decode()))

    def _put_out(self, life: Life, person: bytes, row: ChangeRow) -> None:
        """Put *person* out of *life*, for a ban by another name."""
        theirs = {life.readers[seat].key for seat in life.readers if self.seats[seat].person == person}
        for name in theirs:
            ban = msgspec.json.decode(row.text or "", type=Imposed).sanction
            told = ChangeRow("kicked", life.log, name=life.people[name], text=ban.reason, session=person, other=ban.by)
            for seat in [seat for seat, each in life.readers.items() if each.key == name]:
                del life.readers[seat]
            self.follows.pop((person, life.log), None)
            self._moved([name], None)
            self._add(life, told)
            self._changed(life)

    def _become(self, life: Life, reading: Reading, name: str, who: Username) -> bool:
        """Let who is in *life* by *reading* have another *name*; tell whether that is news there."""
        old, before = reading.key, reading.name
        there = next((each.name for each in life.readers.values() if each.key == name != old), None)
        for each in life.readers.values():
            if each.key == old:
                each.key, each.name = name, there or who
        if there is None and before == who:
            return False
        if there is None:
            self._add(life, ChangeRow("called", life.log, name=before, text=who))
        else:
            self._add(life, ChangeRow("went", life.log, name=before, text="moved"))
            self._changed(life)
        return True

    # Accounts.

    def _account(self, id: bytes) -> Account | None:
        own = self.accounts.get(id)
        return own.kept.account if own else None

    def _own(self, own: Own) -> KeptAccount:
        """Return *own* as nodes are told of it."""
        account = own.kept.account
        if account is None:
            return own.kept
        mine = [name for name in self.names.values() if name.account == account.id and name.until is not None]
        mine.sort(key=lambda name: name.place)
        former = tuple((name.username, name.until or 0) for name in mine)
        theirs = [who for who in self.ignored if who.account == account.id]
        ignored = tuple(Ignored(Username(who.username), who.person) for who in theirs)
        account = msgspec.structs.replace(account, former=former, ignored=ignored)
        return KeptAccount(own.kept.version, account=account)

    def _device(self, number: int) -> Device | None:
        own = self.devices.get(number)
        return own.kept.device if own else None

    def _owner(self, name: str | None) -> bytes | None:
        """Return whose *name* it is, or was not long ago."""
        owned = self.names.get(name or "")
        return owned.account if owned and (owned.until is None or owned.until > self.now) else None

    def _change_accounts(self, node: int, row: ChangeRow) -> Decision:
        diffs = msgspec.json.decode(row.text or "", type=AccountDiffs)
        for diff in diffs.accounts:
            if not diff.new and not self._account(diff.id):
                return Decision("gone")
            if self._owner(diff.key) not in (None, diff.id):
                return Decision("username-taken", name=self.names[diff.key or ""].username)
            others = (look for id, looks in self.looks.items() if id != diff.id for look in looks)
            if diff.unlike and not {*(diff.looks or ())}.isdisjoint(others):
                return Decision("name-kept", name=diff.username)
            if diff.key is not None and not diff.new and (holder := self._other_holder(diff)):
                return Decision("username-taken", name=holder.name)
        if not all(self._account(ignoring.account) for ignoring in diffs.ignoring):
            return Decision("gone")
        for new in diffs.devices:
            own = self.devices.get(new.number)
            if not self._account(new.account) or (own.gone is not None if own else not new.new):
                return Decision("gone")
            known = (own.kept.device for own in self.devices.values())
            if any(each and each.secret == new.secret and each.number != new.number for each in known):
                return Decision("refused")
        self.version += 1
        numbers = [
            number
            for number in self.devices
            if (device := self._device(number))
            and (
                number in diffs.revoked
                or device.account in diffs.dropped
                or (device.account in diffs.dismissed and number not in diffs.kept)
            )
        ]
        for number in numbers:
            self.devices[number] = Own(KeptAccount(self.version, revoked=number), self.changes, self.now)
        self._end_talks(diffs.dropped)
        for id in diffs.dropped:
            if self._account(id):
                self.accounts[id] = Own(KeptAccount(self.version, dropped=id), self.changes, self.now)
            self.names = {key: name for key, name in self.names.items() if name.account != id}
            self.follows = {(who, log): keyed for (who, log), keyed in self.follows.items() if who != id}
            self.marks = {place: mark for place, mark in self.marks.items() if place[0] != id}
            self.looks.pop(id, None)
            self.ignored = {who: None for who in self.ignored if id not in (who.account, who.person)}
        for diff in diffs.accounts:
            self._put_account(diff)
        for ignoring in diffs.ignoring:
            self._ignore(ignoring)
        for new in diffs.devices:
            self._put_device(new)
        called = [place for diff in diffs.accounts if not diff.new for place in self._call_by(diff)]
        for guest in diffs.merged:
            for seat in self.seats.values():
                if seat.person == guest.person:
                    seat.person, seat.guest = guest.account, guest.person
            told = self._inherit(guest.person, guest.account)
            called += sorted((life.log, life.pos) for life in told)
        self._dismiss(node, diffs)
        return Decision("changed", None, self.version, content=msgspec.json.encode(called).decode() if called else None)

    def _end_talks(self, gone: Sequence[bytes]) -> None:
        """Let accounts that are *gone* have no talks; which nobody has any more, are deleted."""
        for log, person in list(self.talks):
            if person in gone:
                del self.talks[log, person]
                left = [talk for (place, _), talk in self.talks.items() if place == log]
                account = self._account(person)
                for talk in left:
                    talk.name = account.username if account else None
                if not left:
                    life = self.logs[log]
                    life.key, life.closed = None, self.now

    def _talked(self, life: Life, message: Message) -> None:
        """Note that *message* is the newest of the talk *life*, said now, if both have their accounts."""
        one, other = people(life.room) or (b"", b"")
        if self._account(one) and self._account(other):
            for person, with_whom in ((one, other), (other, one)):
                known = self.talks.get((life.log, person))
                if message.is_for(person) and (known is None or known.name is None):
                    self.talks[life.log, person] = Talk(with_whom, life.seq, life.at)

    def _tell_both(self, life: Life, asker: int | None) -> list[str] | None:
        """Let both whose talk *life* is hear of its newest entry, but by the seat *asker*; return their nodes."""
        one, other = people(life.room) or (b"", b"")
        nodes = set[str]()
        for seat in sorted(self.seats.values(), key=lambda seat: seat.number):
            if seat.person in (one, other) and seat.number != asker and seat.node in self.nodes:
                with_whom = other if seat.person == one else one
                talk, account = self.talks.get((life.log, seat.person)), self._account(with_whom)
                name = (talk and talk.name) or (account and account.username)
                number = self._post(seat.node, Mail(0, "talked", seat.number, name=name or None, at=self.now))
                self.mail[number].place = life.log, life.pos
                nodes.add(str(seat.node))
        return sorted(nodes) or None

    def talks_of(self, person: bytes, before: int | None, most: int) -> list[KeptTalk]:
        """Return the newest *most* talks of *person* whose newest messages are from *before* a time."""
        theirs = [(log, talk) for (log, who), talk in self.talks.items() if who == person]
        theirs.sort(key=lambda it: (it[1].at, it[0]), reverse=True)
        found = [
            KeptTalk(log, talk.other, kept.seq, said(kept), talk.name)
            for log, talk in theirs
            for kept in self.logs[log].entries
            if kept.seq is not None and kept.seq == talk.seq and (before is None or talk.at < before)
        ]
        return found[:most]

    def _seats_of(self, account: bytes) -> list[Place]:
        return [seat for seat in self.seats.values() if seat.person == account]

    def _other_holder(self, diff: AccountDiff) -> Holder | None:
        """Return who has the new name of an account, unless it is its own."""
        seats = self._seats_of(diff.id)
        holder = self.users.get(diff.key or "")
        mine = diff.key in [seat.key for seat in seats]
        if holder is None or mine or (holder.reserved and holder.reserved.number in [seat.number for seat in seats]):
            return None
        return holder

    def _call_by(self, diff: AccountDiff) -> list[tuple[LogId, int]]:
        """Let who is here by an account be called as that is now; return where it is told, with the positions."""
        seats = self._seats_of(diff.id)
        if diff.key is None or not seats:
            return []
        called, old = Username(diff.username or ""), seats[0].key
        if diff.key != old:
            self.users.pop(diff.key, None)
        if holder := self.users.pop(old, None):
            self.users[diff.key] = Holder(called, holder.reserved)
        for seat in self.seats.values():
            if seat.key == old:
                seat.key = diff.key
        told = self._call(diff.key, called, frozenset()) or "[]"
        return msgspec.json.decode(told, type=list[tuple[LogId, int]])

    def _put_account(self, diff: AccountDiff) -> None:
        fields = {
            field: value
            for field in ("username", "password", "created", "seen", "role")
            if (value := getattr(diff, field)) is not None
        }
        was = Account(diff.id, Username(""), "", 0, 0) if diff.new else self._account(diff.id)
        assert was is not None
        if diff.key is not None:
            names = {k: name for k, name in self.names.items() if name.account != diff.id and k != diff.key}
            names[diff.key] = Name(diff.id, Username(diff.username or ""))
            self.looks[diff.id] = frozenset(diff.looks or ())
            for place, (former, username, until) in enumerate(diff.former or (), 1):
                taken = names.get(former)
                if taken is None or (taken.until is not None and taken.until <= self.now):
                    names[former] = Name(diff.id, Username(username), until, place)
            self.names = names
        account = msgspec.structs.replace(was, **fields)
        self.accounts[diff.id] = Own(KeptAccount(self.version, account=account), self.changes)

    def _ignore(self, diff: IgnoringDiff) -> None:
        who = diff.account, diff.person, diff.key
        self.ignored = {it: None for it in self.ignored if (it.account, it.person, it.key) != who}
        if not diff.ends:
            self.ignored[diff] = None
        account = self._account(diff.account)
        assert account is not None
        self.accounts[account.id] = Own(KeptAccount(self.version, account=account), self.changes)

    def _put_device(self, new: DeviceDiff) -> None:
        was = self._device(new.number)
        fields = msgspec.structs.asdict(new)
        del fields["new"]
        if was:
            fields |= {"seen": max(was.seen, new.seen), "account": was.account, "created": was.created}
        self.devices[new.number] = Own(KeptAccount(self.version, device=Device(**fields)), self.changes)

    def _dismiss(self, node: int, diffs: AccountDiffs) -> None:
        """Let those go who were there by what is worth nothing now."""
        new = {diff.key: diff.id for diff in diffs.accounts if diff.new}
        seats = [
            seat
            for seat in self.seats.values()
            if seat.person in [*diffs.dropped, *diffs.dismissed]
            or seat.device in diffs.revoked
            or (seat.key in new and seat.person != new[seat.key])
        ]
        self._post_all("revoked", [seat.number for seat in seats if seat.node != node])
        for seat in seats:
            if seat.node != node:
                seat.session = None
        lost = [seat for seat in seats if seat.node not in self.nodes]
        self._give_up(lost)
        self._freed += lost

    def kept(self, after: bytes) -> list[KeptAccount]:
        """Return the next accounts behind *after*, a few, and their devices."""
        some = [own for id, own in sorted(self.accounts.items()) if own.kept.account and id > after]
        accounts = [self._own(own) for own in some[:2]]
        ids = [each.account.id for each in accounts if each.account]
        devices = [own.kept for own in self.devices.values() if own.kept.device and own.kept.device.account in ids]
        return accounts + devices

    def bound(self, session: bytes) -> bytes | None:
        """Return the account of whoever has the seat of *session*."""
        persons = (seat.person for seat in self.seats.values() if seat.session == session)
        return next((person for person in persons if self._account(person)), None)

    def device_number(self) -> int:
        """Return the number of a device that nobody has had."""
        return next(self._numbers)

    def _tell(self, node: int, row: ChangeRow) -> Decision:
        holder = self.users.get(row.key or "")
        if holder is None or holder.reserved is not None:
            return Decision("no-such-user")
        seats: dict[int, int] = {}
        for seat in sorted(self.seats.values(), key=lambda seat: seat.number):
            if seat.key == row.key and seat.node in self.nodes and not (row.action and seat.node == node):
                seats.setdefault(seat.node, seat.number)
        mails = []
        for where, number in sorted(seats.items()):
            mail = Mail(0, "told", number, None, holder.name, row.name, row.text, self.now)
            mails.append((self._post(where, mail, node), where))
        if not mails:
            return Decision("unavailable", name=holder.name)
        rooms = [f"{mail} {where}" for mail, where in mails]
        return Decision("told", None, mails[0][0], mails[0][1], name=holder.name, rooms=rooms)

    def _answered(self, row: ChangeRow) -> Decision:
        letter = self.mail.get(row.seat or 0)
        if letter is None or not letter.taken:
            return Decision("posted", None, row.seat)
        letter.node, letter.mail = letter.back, letter.mail._replace(kind="answered", content=row.text)
        return Decision("posted", None, row.seat, letter.back)

    def _post(self, node: int, mail: Mail, back: int = 0) -> int:
        number = next(self._mail)
        self.mail[number] = Letter(mail._replace(number=number), node, back)
        return number

    def collect(self, node: int, seen: Sequence[int] = ()) -> list[Mail]:
        """Return the mail for *node*, but for what it has *seen*; what is told comes once."""
        once = ("told", "copied")
        for number in seen:
            if number in self.mail and self.mail[number].mail.kind not in once:
                del self.mail[number]
        found = [letter for letter in self.mail.values() if letter.node == node]
        found = [letter for letter in found if letter.mail.kind not in once or not letter.taken]
        talked = [letter for letter in found if letter.mail.kind == "talked"]
        found = [letter for letter in found if letter not in talked[LETTERS:]]
        for letter in found:
            if letter.place:
                letter.mail = letter.mail._replace(content=self._told(*letter.place))
            letter.taken = letter.mail.kind in once
            if letter.mail.kind == "rooms":
                seat = self.seats.get(letter.mail.seat)
                letter.mail = letter.mail._replace(content=self._elsewhere(seat.key, node) if seat else None)
        return [letter.mail for letter in found]

    def _told(self, log: LogId, pos: int) -> str | None:
        """Return the entry at *pos* of *log*, as it is now, if it is kept."""
        life = self.logs.get(log)
        found = [recorded(log, kept) for kept in life.entries if kept.pos == pos] if life else []
        return msgspec.json.encode(found[0]).decode() if found else None

    def withdraw(self, mail: int) -> bool:
        """Take back a *mail*; return whether nobody has seen it."""
        letter = self.mail.pop(mail, None)
        return letter is not None and not letter.taken

    def _give_up(self, seats: Sequence[Place]) -> None:
        """Remove *seats*, and users with their last one."""
        for seat in seats:
            del self.seats[seat.number]
        keys = {seat.key for seat in self.seats.values()}
        gone, numbers = {seat.key for seat in seats} - keys, {seat.number for seat in seats}
        self.users = {
            key: holder
            for key, holder in self.users.items()
            if (key not in gone or holder.reserved) and not (holder.reserved and holder.reserved.number in numbers)
        }

    def _abandon(self, seats: Sequence[Place]) -> list[Record]:
        """Let whoever has *seats* be in no room by them; return what that adds to rooms."""
        records = []
        people = set[str]()
        for life in self.logs.values():
            lost = [life.readers.pop(seat.number) for seat in seats if seat.number in life.readers]
            names = {reading.key: reading.name for reading in reversed(lost)}
            people |= names.keys()
            for who in sorted(names.keys() - life.people.keys()):
                if life.key is not None:
                    row = ChangeRow("went", life.log, name=names[who], text="lost")
                    records.append(recorded(life.log, self._add(life, row)))
                    self._changed(life)
        self._moved(sorted(people), None)
        return records

    # Nodes.

    def look(self, node: int, logs: Sequence[LogId], since: str | None, seen: Sequence[int] = ()) -> Look:
        """Look around."""
        self.beat(node)
        changed = [
            life
            for life in self.logs.values()
            if since is not None and life.changed >= int(since) and is_room(life.room)
        ]
        return Look(
            {log: self.logs[log].pos for log in logs if log in self.logs},
            {other: member.beat for other, member in self.nodes.items() if other != node},
            sorted(self.dead),
            self.collect(node, seen),
            [self._shown(node, life) for life in sorted(changed, key=lambda life: life.changed)],
            str(self.changes + 1),
            "s1",
            self.generation,
            [
                self._own(own)
                for own in [*self.accounts.values(), *self.devices.values()]
                if since is not None and own.changed >= int(since)
            ],
        )

    def _shown(self, node: int, life: Life) -> ShownRoom:
        """Return what *node* lists of *life*."""
        how = life.settings
        insiders = self._insiders(life) & {seat.person for seat in self.seats.values() if seat.node == node}
        return ShownRoom(
            life.room,
            life.topic,
            life.members,
            life.capacity,
            life.is_open,
            how.slow,
            how.locked,
            how.guests,
            how.invite_only,
            how.hidden,
            how.topic_locked,
            how.keyed,
            life.begun,
            life.topic_at,
            frozenset(insiders) if how.hidden else frozenset(),
        )

    def _insiders(self, life: Life) -> set[bytes]:
        """Return who may know of *life* while it is hidden."""
        owner = set() if life.owner is None else {life.owner}
        return owner | life.moderators | life.admitted | self._readers(life)

    def _readers(self, life: Life) -> set[bytes]:
        return {self.seats[seat].person for seat in life.readers if seat in self.seats}

    def reap(self, node: int, beat: int) -> bool:
        """Note that *node* is dead, unless its *beat* has moved."""
        member = self.nodes.get(node)
        if member is None or member.beat != beat:
            return False
        self.leave(node)
        return True

    def leave(self, node: int) -> None:
        """Let *node* be none any more."""
        if member := self.nodes.pop(node, None):
            self.dead.add(node)
            self.ended[node] = member.beat

    def bury(self, node: int, *, every: bool) -> Buried:
        """Give up the next seats of a dead *node*."""
        seats = [seat for seat in self.seats.values() if seat.node == node and (every or seat.session is None)][:2]
        self.changes += 1
        records = self._abandon(seats)
        self._give_up(seats)
        if not seats and not any(seat.node == node for seat in self.seats.values()):
            self.dead.discard(node)
        return Buried(records, more=bool(seats))

    # Rooms.

    def _changed(self, life: Life) -> None:
        life.changed = self.changes
        if not life.members and life.empty is None and not is_talk(life.room):
            life.empty = self.now

    def _open(
        self, row: ChangeRow, closing: set[LogId | None], places: AbstractSet[LogId | None], bounds: Bounds
    ) -> Decision:
        found = next((life for life in self.logs.values() if life.key == row.key), None)
        if found and is_expired(found, bounds):
            found.key = None
            found = None
        if found is None and row.other is None:
            return Decision("no-such-room")
        if found and found.is_open and row.cid is not None and (found.log not in closing or found.members):
            return Decision("room-exists")
        if found and found.settings.guarded and row.cid is not None:
            return Decision("room-exists")
        objection = None
        talk = is_talk(RoomName(row.name))
        if (found is None or not found.is_open) and not row.action and not talk:
            objection = self._no_place(row, found, places, bounds)
        if objection:
            return objection
        creator = None if row.cid is None else Username(row.cid)
        if found:
            found.closed = None
            if row.text not in ("", found.topic):
                found.topic, found.topic_by, found.topic_at = row.text or "", creator, self.now
                found.pos += 1
                told = ChangeRow("topic", found.log, name=row.cid or "", text=row.text)
                found.entries.append(Kept(found.pos, None, self.now, told))
            found.permanent = found.permanent or bool(row.action)
            found.empty = None if found.members or talk else self.now
            found.changed = self.changes
            return Decision("opened", found.log)
        log = LogId(next(self._logs))
        self.logs[log] = Life(
            log,
            row.key,
            RoomName(row.name),
            row.other or "",
            row.text or "",
            row.capacity or 0,
            creator,
            row.session,
            bool(row.action),
            None if talk else self.now,
            self.changes,
            begun=self.now,
            topic_by=creator if row.text else None,
            topic_at=self.now if row.text else 0,
        )
        return Decision("created", log)

    def _no_place(
        self, row: ChangeRow, kept: Life | None, places: AbstractSet[LogId | None], bounds: Bounds
    ) -> Decision | None:
        """Make place for one room more, or return why there is none."""
        lives = [life for life in self.logs.values() if life.is_open and is_room(life.room)]
        his = [life for life in lives if row.session is not None and life.owner == row.session]
        if kept is None and bounds.share and len(his) >= bounds.share:
            return Decision("too-many-of-yours")
        if bounds.rooms and len(lives) >= bounds.rooms:
            empty = [life for life in lives if life.empty is not None and not life.permanent and life.log not in places]
            if not empty:
                return Decision("no-such-room" if kept and kept.settings.private else "too-many-rooms")
            life = min(empty, key=lambda life: (life.empty, life.log))
            life.closed = self.now
            life.changed = self.changes
        return None

    def _change(
        self,
        node: int,
        row: ChangeRow,
        opened: set[LogId],
        refused: AbstractSet[tuple[int | None, int | None]],
        bounds: Bounds,
        missed: int | None,
    ) -> Decision:
        life = self.logs.get(row.log) if row.log is not None else None
        if row.kind in MESSAGES and life and life.key is not None and missed is not None and row.cid and row.session:
            for kept in life.entries:
                if kept.pos > missed and (kept.row.session, kept.row.cid) == (row.session, row.cid):
                    gone = not kept.row.text
                    same = gone or (kept.row.text, kept.row.action) == (row.text, row.action)
                    same = same and kept.row.re == row.re
                    outcome, content = "entry" if same else "cid-reused", "" if gone else None
                    return Decision(outcome, row.log, kept.pos, kept.seq, kept.at, kept.row.name, content=content)
        if row.kind == "noted":
            self._note(life, row, self.now, row.log)
            return Decision("none", row.log, life.pos if life else None)
        outcome = "none" if row.kind == "nothing" else "no-such-room"
        name = self.mailed = None
        nodes: list[str] | None = None
        if life is not None and life.key is not None:
            if row.kind == "went" and row.action:
                theirs = [each for seat, each in sorted(life.readers.items()) if self._is_away(seat, node)]
                name = next((each.name for each in theirs if each.key == row.key), None)
            elif row.kind == "went" and row.seat in life.readers:
                name = life.readers[row.seat].name
            elif row.kind == "kicked":
                name = life.people.get(row.key or "")
            elif row.kind == "came" and row.key not in life.people:
                place = self.seats.get(row.seat or 0)
                holder = self.users.get(place.key) if place and self._account(place.person) else None
                if place and holder and holder.name != row.name:
                    # At another node they were given another name.
                    name = holder.name
                    row = row._replace(key=place.key, name=name)
            elif row.kind == "came":
                theirs = [each for _, each in sorted(life.readers.items()) if each.key == row.key]
                row = row._replace(name=theirs[0].name)
            before = {seat: reading.key for seat, reading in life.readers.items()}
            outcome = self._outcome(node, life, row, opened, refused, bounds)
            nodes = self._told_of_moves(node, life, row, before, outcome)
        if life is None or outcome != "entry":
            return Decision(outcome, row.log, life.pos if life else None, rooms=nodes)
        if row.kind == "sanctioned":
            row = row._replace(text=numbered(row.text, self.given))
        elif row.kind in ("erased", "reported"):
            row = self.erasing
        person = row.session or b""
        if row.kind == "sanctioned":
            person = msgspec.json.decode(row.text or "", type=Imposed).sanction.person
        if row.kind in ("went", "kicked") and row.session is not None:
            self.follows.pop((row.session, life.log), None)
        if row.kind not in (*MESSAGES, "kicked", "ranked", "invited"):
            # By whom somebody is known concerns nobody.
            row = row._replace(session=None)
        kept = self._add(life, row if name is None else row._replace(name=name))
        pos = life.pos
        if is_talk(life.room):
            if row.kind in MESSAGES:
                self._talked(life, said(kept))
            self.mailed = self._tell_both(life, row.seat)
            nodes = None
        if meant := self._meant(row, person):
            self._merge(life, person, meant)
            if row.kind == "sanctioned" and row.action:
                self._put_out(life, meant, row)
        if row.kind == "resolved":
            there = msgspec.json.decode(row.text or "", type=Resolved).log
            self._note(self.logs.get(LogId(there)) if there else None, row, life.at)
        elif row.kind != "erased" or not is_talk(life.room):
            self._note(life, row, life.at)
        seq = self.given if row.kind == "sanctioned" else kept.seq
        content = row.text if row.kind in ("erased", "reported") else None
        return Decision("entry", row.log, pos, seq, life.at, name, self.mailed or nodes, content)

    def _meant(self, row: ChangeRow, person: bytes) -> bytes | None:
        """Return the account of whoever was known as the guest *person*, if *row* does something to that one."""
        if row.kind not in ("sanctioned", "ranked", "invited"):
            return None
        return next((seat.person for seat in self.seats.values() if person == seat.guest), None)

    def _told_of_moves(
        self, node: int, life: Life, row: ChangeRow, before: Mapping[int, str], outcome: str
    ) -> list[str] | None:
        """Let other nodes know of whom *row* has let in or out, of *life* that had readers *before*; return these."""
        gone = before.keys() - life.readers.keys()
        if row.kind == "came" and outcome not in ("entry", "none"):
            return None
        if row.kind == "came":
            for number, letter in list(self.mail.items()):
                mail = letter.mail
                if (letter.node, mail.kind, mail.seat, mail.content) == (node, "left", row.seat, life.room):
                    # That is over.
                    del self.mail[number]
            return self._moved([row.key or ""], node)
        if row.kind == "went" and not row.action:
            return self._moved([before[seat] for seat in gone], node)
        if row.kind == "went":
            nodes = self._post_all("left", sorted(gone), content=life.room)
            if gone:
                self._moved([row.key or ""], None)
            return nodes
        if row.kind in ("kicked", "sanctioned", "gone"):
            return self._moved(sorted({before[seat] for seat in gone}), None)
        return None

    def _erase(self, life: Life, row: ChangeRow) -> ChangeRow | None:
        """Keep no texts of what *row* takes back; return it with what was not taken back before, if anything was."""
        acts = msgspec.json.decode(row.acts or "", type=list[Act])
        done = list[tuple[Redaction, Act]]()
        for redaction, act in zip(msgspec.json.decode(row.text or "", type=Erased).redactions, acts, strict=True):
            for kept in life.entries:
                if kept.seq == redaction.seq and kept.row.text:
                    kept.row = kept.row._replace(text="")
                    done.append((redaction, act))
                    self._erase_copies(life.log, redaction.seq)
        if not done:
            return None
        redactions = tuple(redaction for redaction, _ in done)
        life.redactions += redactions
        done_with, acted = msgspec.json.encode(Erased(redactions)), msgspec.json.encode([act for _, act in done])
        return row._replace(text=done_with.decode(), acts=acted.decode())

    def _erase_copies(self, log: LogId, seq: int) -> None:
        """Keep no text of a message in reports of others."""
        for number, report in self.reports.items():
            if report.kept.log == log:
                context = tuple(
                    replace(said, message=erased(said.message)) if said.seq == seq else said
                    for said in report.kept.context
                )
                self.reports[number] = replace(report, kept=replace(report.kept, context=context))

    def _report(self, row: ChangeRow) -> str:
        """Keep what is reported; return what becomes of it."""
        asked = msgspec.json.decode(row.text or "", type=Reported)
        if any(
            (each.kept.log, each.kept.said.seq, each.person) == (asked.log, asked.seq, asked.person)
            for each in self.reports.values()
        ):
            return "none"
        life = self.logs.get(LogId(asked.log))
        near = [each for each in life.entries if each.seq and asked.seq - 5 <= each.seq <= asked.seq] if life else []
        if not near or near[-1].seq != asked.seq or not near[-1].row.text:
            return "no-such-message"
        if sum(each.kept.log == asked.log and each.kept.resolved is None for each in self.reports.values()) >= 100:
            return "too-many-reports"
        number = next(self._reports)
        *before, told = (Said(asked.room, each.seq or 0, said(each)) for each in near)
        plain = tuple(replace(each, message=replace(each.message, session=None, cid=None)) for each in before)
        message = replace(told.message, cid=None)
        kept = KeptReport(number, asked.log, replace(told, message=message), asked.by, self.now, asked.reason, plain)
        self.reports[number] = Report(kept, asked.person)
        about = kept.said.message.session or b""
        self.erasing = row._replace(text=msgspec.json.encode(replace(asked, about=about, number=number)).decode())
        return "entry"

    def _resolve(self, row: ChangeRow) -> str:
        asked = msgspec.json.decode(row.text or "", type=Resolved)
        report = self.reports.get(asked.number)
        if report is None or report.kept.resolved is not None:
            return "none"
        kept = replace(report.kept, resolved=self.now, resolver=asked.by, note=asked.note)
        self.reports[asked.number] = replace(report, kept=kept)
        return "entry"

    def _note(self, life: Life | None, row: ChangeRow, at: int, log: LogId | None = None) -> None:
        for act in msgspec.json.decode(row.acts or "[]", type=list[Act]):
            room = life.room if life and is_room(life.room) else act.room
            self.audit.append(
                (life.log if life else log, msgspec.structs.replace(act, at=at, room=room, number=next(self._acts)))
            )

    def _add(self, life: Life, row: ChangeRow) -> Kept:
        life.pos += 1
        life.at = max(life.at, self.now)
        life.seq += row.kind in MESSAGES
        kept = Kept(life.pos, life.seq if row.kind in MESSAGES else None, life.at, row)
        life.entries.append(kept)
        return kept

    def _outcome(
        self,
        node: int,
        life: Life,
        row: ChangeRow,
        opened: set[LogId],
        refused: AbstractSet[tuple[int | None, int | None]],
        bounds: Bounds,
    ) -> str:
        place = self.seats.get(row.seat or 0)
        replaced = place is not None and place.connection > (row.connection or 0)
        mine = {seat: reading for seat, reading in life.readers.items() if reading.key == row.key}
        match row.kind:
            case "nothing":
                return "none"
            case "topic":
                if row.text != life.topic:
                    life.topic, life.topic_by, life.topic_at = row.text or "", Username(row.name), self.now
                    self._changed(life)
            case "kicked":
                if not mine:
                    return "none"
                for seat in mine:
                    del life.readers[seat]
                life.admitted.discard(row.session or b"")
                self._changed(life)
            case "ranked":
                assert row.session is not None
                if row.text == "owner" and life.owner is not None:
                    life.moderators.add(life.owner)
                life.moderators.discard(row.session)
                life.voiced.discard(row.session)
                if row.text == "moderator":
                    life.moderators.add(row.session)
                elif row.text == "voiced" and row.session != life.owner:
                    life.voiced.add(row.session)
                elif row.text == "owner":
                    life.owner = row.session
                self._shown_to_others(life)
            case "invited":
                assert row.session is not None
                if not row.action:
                    life.admitted.add(row.session)
                    self._shown_to_others(life)
                self.mailed = self._tell_invited(node, life, row)
            case "tuned":
                tuning = msgspec.json.decode(row.text or "", type=Tuning)
                if tuning.closes and not life.settings.invite_only:
                    self._close_to_others(life)
                elif tuning.closes is False:
                    life.admitted.clear()
                life.settings = life.settings.but(tuning)
                life.lock = life.lock if tuning.key is None else tuning.key
                life.keys += tuning.key is not None
                life.capacity = life.capacity if tuning.capacity is None else tuning.capacity
                self._changed(life)
            case "sanctioned":
                imposed = msgspec.json.decode(row.text or "", type=Imposed)
                self.given = next(self._sanctions)
                for number in imposed.replaces:
                    life.sanctions.pop(number, None)
                life.sanctions[self.given] = msgspec.structs.replace(imposed.sanction, number=self.given)
                if row.action:
                    life.admitted.discard(imposed.sanction.person)
                    self._shown_to_others(life)
                    self.follows.pop((imposed.sanction.person, life.log), None)
                if row.action and mine:
                    for seat in mine:
                        del life.readers[seat]
                    self._changed(life)
            case "lifted":
                for number in msgspec.json.decode(row.text or "", type=Lifted).numbers:
                    life.sanctions.pop(number, None)
            case "reported":
                return self._report(row)
            case "resolved":
                return self._resolve(row)
            case "erased":
                if (erasing := self._erase(life, row)) is None:
                    return "none"
                self.erasing = erasing
            case "gone":
                life.key = None
                life.closed = self.now
                life.readers.clear()
                self._changed(life)
            case "close":
                if life.is_open and self._has_lingered(life, bounds) and life.log not in opened:
                    life.closed = self.now
                    self._changed(life)
                return "none"
            case "came":
                if replaced or (place is None and row.seat not in [seat.number for seat in self._freed]):
                    return "replaced"
                if not mine and row.capacity and life.members >= row.capacity:
                    return "room-full"
                assert row.seat is not None
                assert row.connection is not None
                life.readers[row.seat] = Reading(row.key or "", Username(row.name), row.connection)
                if row.session is not None:
                    followed = self.follows.get((row.session, life.log), 0)
                    self.follows[row.session, life.log] = max(followed, int(row.other or 0))
                if mine:
                    return "none"
                life.empty = life.closed = None
                self._changed(life)
            case "went" if row.action:
                for seat in [seat for seat in mine if self._is_away(seat, node)]:
                    del life.readers[seat]
                    mine.pop(seat)
                    if not mine:
                        self._changed(life)
                        return "entry"
                return "none"
            case "went":
                reading = life.readers.get(row.seat or 0)
                if replaced:
                    return "replaced"
                if reading is None or reading.connection > (row.connection or 0):
                    return "none"
                del life.readers[row.seat or 0]
                if reading.key in life.people:
                    return "none"
                self._changed(life)
            case "called":
                if (row.seat, row.connection) in refused:
                    return "none"
                so_called = [reading for reading in mine.values() if reading.name == row.name]
                for reading in so_called:
                    reading.key, reading.name = row.other or "", Username(row.text or "")
                return "entry" if so_called else "none"
        return "entry"

    def _shown_to_others(self, life: Life) -> None:
        """Note that others may know of *life* than did, if it is hidden."""
        if life.settings.hidden:
            self._changed(life)

    def _tell_invited(self, node: int, life: Life, row: ChangeRow) -> list[str] | None:
        """Tell who is invited by *row*, over nodes other than *node*; return those."""
        nodes = set()
        for seat in self.seats.values():
            if seat.person == row.session and seat.node != node and seat.node in self.nodes:
                number = self._post(seat.node, Mail(0, "invited", seat.number, None, life.room, row.other, at=self.now))
                self.mail[number].place = life.log, life.pos + 1
                nodes.add(str(seat.node))
        return sorted(nodes) or None

    def _close_to_others(self, life: Life) -> None:
        """Admit who is in *life*, which becomes invite-only, with the entries that say so: pieces that fit."""
        life.admitted |= self._readers(life)
        persons = sorted(life.admitted)
        for start in range(0, len(persons), PIECE):
            admitted = msgspec.json.encode(Admitted(tuple(persons[start : start + PIECE]))).decode()
            self._add(life, ChangeRow("admitted", life.log, text=admitted))

    def _has_lingered(self, life: Life, bounds: Bounds) -> bool:
        return life.empty is not None and life.empty <= self.now - bounds.linger

    def sweep(self, bounds: Bounds) -> bool:
        """Remove the next things that are no longer kept."""
        if self._forget_reports():
            return True
        since = self.now - 60_000
        self.accounts = {id: own for id, own in self.accounts.items() if own.gone is None or own.gone >= since}
        self.devices = {number: own for number, own in self.devices.items() if own.gone is None or own.gone >= since}
        for life in self.logs.values():
            if life.is_open and not life.permanent and self._has_lingered(life, bounds):
                life.closed = self.now
                return True
        for life in self.logs.values():
            if life.key is not None and is_expired(life, bounds):
                life.key = None
                return True
        for life in list(self.logs.values()):
            if life.key is None and (life.closed or 0) <= self.now - 60_000:
                if not life.entries:
                    del self.logs[life.log]
                    self.follows = {(who, log): keyed for (who, log), keyed in self.follows.items() if log != life.log}
                    self.marks = {place: mark for place, mark in self.marks.items() if place[1] != life.log}
                life.entries = life.entries[REMOVED:]
                return True
            said = [kept for kept in life.entries if kept.seq]
            if (
                life.key is not None
                and said
                and ((bounds.most and life.seq - life.removed >= bounds.most + REMOVED) or said[0].at < bounds.oldest)
            ):
                gone = [
                    kept
                    for kept in said[:REMOVED]
                    if kept.at < bounds.oldest or (bounds.most and (kept.seq or 0) <= life.seq - bounds.most)
                ]
                life.removed = gone[-1].seq or 0
                life.entries = [kept for kept in life.entries if kept.pos > gone[-1].pos]
                return True
        return False

    def _forget_reports(self) -> bool:
        oldest = self.now - KEPT_SECONDS * 1000
        resolved = {number: each.kept.resolved for number, each in self.reports.items()}
        gone = {number for number, at in resolved.items() if at is not None and at <= oldest}
        for number in gone:
            del self.reports[number]
        for kept in (kept for life in self.logs.values() for kept in life.entries):
            if kept.row.kind == "reported":
                reported = msgspec.json.decode(kept.row.text or "", type=Reported)
                if reported.number in gone:
                    kept.row = kept.row._replace(text=msgspec.json.encode(replace(reported, reason="")).decode())
            elif kept.row.kind == "resolved":
                done = msgspec.json.decode(kept.row.text or "", type=Resolved)
                if done.number in gone:
                    kept.row = kept.row._replace(text=msgspec.json.encode(replace(done, note="")).decode())
        return bool(gone)

    def renumber(self, saw: int) -> bool:
        """Let all rooms begin new epochs, and no node be one, unless that was since somebody *saw* the generation."""
        if self.refuses:
            raise EngineRefused("there is no space left")
        if self.generation > saw:
            return False
        # What others are told before they hear of this must not be of the new epochs.
        for node in list(self.nodes):
            self.leave(node)
        self.generation = saw + 1
        self.renumbered += 1
        for life in self.logs.values():
            life.epoch = f"{life.epoch.partition('+')[0]}+{self.renumbered}"
        return True

    def who(
        self, room: RoomName | None, after: Username | None, most: int, viewer: bytes | None = None
    ) -> PeoplePage | None:
        """Return the next *most* names behind *after*."""
        behind = "" if after is None else key(after)
        if room is None:
            everybody = {name: holder.name for name, holder in self.users.items() if holder.reserved is None}
            names = [name for name in sorted(everybody) if name > behind][:most]
            return PeoplePage(None, [self._listed(name, everybody[name]) for name in names])
        for life in self.logs.values():
            shown = not life.settings.hidden or viewer is None or viewer in self._insiders(life)
            if life.is_open and life.key == key(room) and shown:
                names = [name for name in sorted(life.people) if name > behind][:most]
                return PeoplePage(life.room, [self._listed(name, life.people[name], life) for name in names])
        return None

    def _listed(self, name: str, username: Username, life: Life | None = None) -> Listing:
        person = next((seat.person for seat in self.seats.values() if seat.key == name), b"")
        account = self._account(person)
        role: ShownRole | None = "operator" if account and account.role == "operator" else None
        return username, role or (life.role(person) if life else None), account is not None

    def person(self, username: Username) -> Somebody | None:
        """Return who is called *username*."""
        seats = [seat for seat in self.seats.values() if seat.key == key(username)]
        if not seats or key(username) not in self.users:
            return None
        known = min(seats, key=lambda seat: seat.number)
        return Somebody(self.users[key(username)].name, known.person, known.host)

    def followed(self, person: bytes) -> list[FollowedRoom]:
        """Return the rooms that *person* follows."""
        lives = [(self.logs[log], keyed) for (who, log), keyed in self.follows.items() if who == person]
        return [FollowedRoom(life.room, life.log, life.seq, keyed) for life, keyed in lives if life.key is not None]

    def rooms(self, node: int, match: str, after: RoomName | None) -> Catalogue:
        """Return the open rooms behind *after* with *match* in their names."""
        behind = "" if after is None else key(after)
        lives = sorted((life.key or "", life.log) for life in self.logs.values() if life.is_open and is_room(life.room))
        found = [self.logs[log] for name, log in lives if name > behind]
        shown = [self._shown(node, life) for life in found if fold(match) in fold(life.key or "")]
        return Catalogue(shown, len(found))


def knows(life: Life, person: bytes) -> bool:
    """Return whether *life* knows something of *person*."""
    sanctioned = [sanction.person for sanction in life.sanctions.values()]
    return person in (life.owner, *life.moderators, *life.voiced, *life.admitted, *sanctioned)


def is_room(name: RoomName) -> bool:
    """Return whether a log called *name* is that of a room, and not of the house or of a talk."""
    return bool(name) and not is_talk(name)


def hosted(row: ChangeRow) -> bytes | None:
    """Return where whoever claims a name by *row* comes from."""
    return None if row.text is None else bytes.fromhex(row.text)


def is_expired(life: Life, bounds: Bounds) -> bool:
    """Tell whether *life* has been closed for too long."""
    return life.closed is not None and bounds.expired is not None and life.closed <= bounds.expired


def recorded(log: LogId, kept: Kept) -> Record:
    """Return what is *kept* in *log*, as nodes are told of it."""
    row = kept.row
    where = log, kept.pos, kept.seq, kept.at
    return Record(*where, row.kind, row.name, row.text, row.action, row.session, row.cid, row.by, row.re)


def said(kept: Kept) -> Message:
    """Return the message that is *kept*."""
    row = kept.row
    return Message(
        Username(row.name),
        row.text or "",
        kept.at,
        KINDS[row.action or 0],
        row.session,
        row.cid,
        row.re,
        withheld=row.kind == "withheld",
    )
