"""Changes, as an engine is asked for them, and what became of each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from secrets import token_urlsafe
from typing import Any, NamedTuple, assert_never, cast, get_args

import msgspec
from msgspec import Struct
from msgspec.structs import astuple, replace

from chatroom.core.accounts.lookalikes import skeletons
from chatroom.core.ports import LogId, NewRoom, PersonalMark, SeatId
from chatroom.core.values.accounts import Account, AccountChange, Device, Dropped, Ignoring, Merged, Revoked, Unlike
from chatroom.core.values.audit import Act, acts
from chatroom.core.values.changes import (
    Admitted,
    Called,
    Came,
    Change,
    Entry,
    Erased,
    Gone,
    Heard,
    Invited,
    KeptChange,
    Kicked,
    Lifted,
    Movement,
    Ranked,
    Reported,
    Resolved,
    Retitled,
    Sanctioned,
    Tuned,
    Went,
)
from chatroom.core.values.errors import ChatError
from chatroom.core.values.events import NUMBERS, Message, MessageKind, Reason, Tags, Told, kind_of
from chatroom.core.values.names import RoomName, Username, key
from chatroom.core.values.rights import Role, ShownRole, Tuning
from chatroom.core.values.sanctions import Sanction

NOWHERE = RoomName("")
"""The room of an act as long as only the engine knows how it was first written."""


class Imposed(Struct, frozen=True):
    """A *sanction* as it is told, with a *number*, and those that it *replaces*."""

    sanction: Sanction
    replaces: tuple[int, ...] = ()
    number: int = 0


def numbered(text: str | None, number: int | None) -> str:
    """Return *text*, a sanction that is told, with its *number*."""
    imposed = msgspec.json.decode(text or "", type=Imposed)
    return msgspec.json.encode(replace(imposed, number=number or 0)).decode()


class ChangeRow(NamedTuple):
    """A change of a *kind*, with what an engine has to know of it.

    - ``open``: the room called *name* (by *key*). If it is new: with topic *text*, *capacity*, its creator as *cid*,
      whose *session* it is, and the epoch *other*; without an epoch, only one that is kept.
    - ``close``: *log*, which nobody reads here any more.
    - ``said``: *text*, of the kind with the number *action*, by *name*, who may answer message number *re* with it;
      ``withheld``, likewise, from the other side of a talk. ``topic``: *text*, by *name*. ``gone``: *name* has deleted
      it. In a talk both are told what is ``said`` and ``erased``, wherever they are, but not by *seat*.
    - ``came``: *name*, with the role *text*, if there are fewer than *capacity* members, by the key with the number
      *other*. ``went``: *name*, for the
      reason *text*, behind which their note may stand; with *action*, by all seats at other nodes. Who is known by
      *session*, if anybody, follows the room from then on, or no more.
    - ``called``: *name* is called *text* from now on, and has the key *other*.
    - ``kicked``: *name*, known by *session*, is put out by *other*, with the note *text*. ``ranked``: *name*, likewise,
      gets the role *text* by *other*. ``invited``: *name*, likewise, is invited by *other*; with *action*, only told.
      ``tuned``: *name* changes the settings in *text*, which is JSON; before it makes a room invite-only, who is in is
      ``admitted``. ``sanctioned``: the sanction *text*, likewise, on who has the *key*; *action*, if it puts them out.
      ``lifted``: those in *text*. ``erased``: the messages that the redactions in *text* take back, by *name*. Of the
      house: ``reported``, what *name* reports in *text*, and ``resolved``, likewise.
    - ``noted``: the audit keeps *acts*, which have changed nothing in *log*, or happened in no room.
    - ``nothing``: to show whether the engine is there.

    Of people, and not of a room:

    - ``claim``: the name *name* for who is known by *other*, and comes from *text*; or the seat of *session*. With
      *action* that is an account, which has come by the device *connection*, and may have *capacity* seats; if there is
      a *cid*, that is its password as it was shown.
      ``free``: *seat* is given up. ``known``: who has it is known by *other* now, and has no account.
    - ``authenticate``: *seat*, which is a guest's, is one of the account *other*, called *name*, from now on. It is
      by the device *text*, and may have *capacity* seats; a *cid* is its password as it was shown. All rooms know by it
      what they knew of the guest.
    - ``reserve``: *name* for who has *seat*. ``disclaim``: what that *connection* has reserved. ``rename``: to *name*.
    - ``accounts``: those in *text*, which is JSON, are others now. ``marks``: those in *text*, likewise, are kept.
    - ``tell``: *text*, which is :class:`Words` in JSON, by *name* to who has the key *key*; with *action*, at other
      nodes than this. ``copy``: *other*, who has the *key*, has told *name* such a *text*. ``answered``: what became of
      the mail *seat* is *text*.

    The audit keeps its *acts*, in JSON, if it happens: of redactions each one's, if that takes anything back. Where and
    when that was, the engine knows.
    """

    kind: str
    log: LogId | None = None
    key: str | None = None
    name: str = ""
    text: str | None = None
    action: int | None = None
    session: bytes | None = None
    cid: str | None = None
    seat: int | None = None
    connection: int | None = None
    capacity: int | None = None
    other: str | None = None
    acts: str | None = None
    re: int | None = None

    @property
    def by(self) -> str | None:
        """Who acts on somebody, as the entry tells."""
        return self.other if self.kind in ("kicked", "ranked", "invited") else None


MESSAGES = ("said", "withheld")
"""The kinds of what has a number."""

PROBE = ChangeRow("nothing")
"""A change of nothing."""


class Decision(NamedTuple):
    """What became of a change.

    ``entry``: it is in *log*, at *pos* as of *at*, with the number *seq* if it is a message; *name* is that of who
    went, or of who had said the same before.
    ``none``: nothing had to happen, as of *pos*. ``created``, ``opened``: *log* is open. ``claimed``, ``resumed``:
    *name* has the seat *pos* by the connection *seq*; it was at node *at*, and reads *rooms*, each behind its log.
    ``told``, ``posted``: the mail *pos* is for the node *seq*; ``told`` to *name*, by all mail in *rooms*, each before
    its node. ``changed``: accounts are others, by the version *pos*. ``authenticated``: the seat is one of *name*, an
    account; the *content* is what has :class:`Become` of it. Or why it can't be.

    The *content* of an entry is told where it is not what was asked for: of ``erased``, the redactions that have taken
    anything back; of ``reported`` that with its number; of a message that was taken back since it was said before,
    none. That of a seat has the rooms where its account is by other nodes. That of a rename, or of accounts that have
    other names, has the logs where the name was another one, with their positions. Where other nodes have mail by it,
    *rooms* has these.
    """

    outcome: str
    log: LogId | None = None
    pos: int | None = None
    seq: int | None = None
    at: int | None = None
    name: str | None = None
    rooms: Sequence[str] | None = None
    content: str | None = None


class Record(NamedTuple):
    """An entry, as an engine keeps it: that of a row of the same *kind*, at *pos* in *log*, done *by* somebody."""

    log: LogId
    pos: int
    seq: int | None
    at: int
    kind: str
    name: str
    text: str | None
    action: int | None
    session: bytes | None
    cid: str | None
    by: str | None = None
    re: int | None = None

    def entry(self) -> Entry | None:
        """Return the entry that it is, or ``None`` if only a newer server knows what it says: it is passed over.

        One with a number is a message without a text then, as one that was taken back: the numbers go on.
        """
        try:
            known = self._known()
        except msgspec.DecodeError:
            known = None
        if known is None and self.seq:
            return Entry(Message(Username(self.name), "", self.at), self.seq)
        return known

    def _known(self) -> Entry | None:
        name, text = Username(self.name), self.text or ""
        change: Change
        match self.kind:
            case "said" | "withheld" as kind:
                told = self.session, self.cid, self.re, kind == "withheld"
                change = Message(name, text, self.at, kind_of(self.action or 0), *told)
            case "came":
                change = Came(name, role=cast("ShownRole", text) if text in get_args(ShownRole) else None)
            case "went":
                reason, _, note = text.partition(" ")
                # Whatever it was for, they are gone.
                why = cast("Reason", reason) if reason in get_args(Reason) else "left"
                change = Went(name, why if reason else None, note=note)
            case "called":
                change = Called(name, Username(text))
            case "topic":
                change = Retitled(text, name)
            case "kicked":
                change = Kicked(name, Username(self.by or ""), text, self.session or b"")
            case "ranked":
                change = Ranked(name, self.session or b"", msgspec.convert(text, Role), Username(self.by or ""))
            case "invited":
                change = Invited(name, self.session or b"", Username(self.by or ""), admits=not self.action)
            case "admitted":
                change = msgspec.json.decode(text, type=Admitted)
            case "sanctioned":
                imposed = msgspec.json.decode(text, type=Imposed)
                return Entry(Sanctioned(imposed.sanction, imposed.replaces), imposed.number)
            case "merged":
                change = msgspec.json.decode(text, type=Merged)
            case "lifted":
                change = msgspec.json.decode(text, type=Lifted)
            case "erased":
                change = msgspec.json.decode(text, type=Erased)
            case "reported":
                change = msgspec.json.decode(text, type=Reported)
            case "resolved":
                change = msgspec.json.decode(text, type=Resolved)
            case "tuned":
                change = Tuned(msgspec.json.decode(text, type=Tuning), name)
            case "gone":
                change = Gone(name)
            case _:
                return None
        return Entry(change, self.seq or 0)


class AskedChange:
    """A change that somebody asked for: its *rows*, which happen together, and who is told what became of each.

    One that *lasts* is asked for until it has happened. It was asked for when the entries up to *since* were known.
    """

    __slots__ = ("_answered", "by", "lasts", "rows", "since")

    def __init__(
        self,
        rows: Sequence[ChangeRow],
        answered: Callable[[Sequence[Decision] | ChatError], None],
        by: SeatId | None = None,
        *,
        lasts: bool = False,
        since: int | None = None,
    ) -> None:
        self.rows = rows
        self.since = since
        self.by = by
        self.lasts = lasts
        self._answered = answered

    def answer(self, result: Any) -> None:
        """Give the *result* to whoever asked."""
        self._answered(result)


def opening(room: RoomName, new: NewRoom | None) -> ChangeRow:
    """Return the row that opens *room*, as *new* says if it is not kept."""
    if new is None:
        return ChangeRow("open", key=key(room), name=room, text="", action=0)
    return ChangeRow(
        "open",
        key=key(room),
        name=room,
        text=new.topic,
        action=int(new.permanent),
        session=new.owner,
        cid=new.creator,
        capacity=new.capacity,
        other=token_urlsafe(9),
    )


def closing(log: LogId) -> ChangeRow:
    """Return the row that closes *log*."""
    return ChangeRow("close", log)


def row(log: LogId, change: Change, by: SeatId | None) -> ChangeRow:
    """Return the row for *change* in *log*, asked for *by* somebody."""
    if isinstance(change, Message):
        return ChangeRow(
            "withheld" if change.withheld else "said",
            log,
            name=change.speaker,
            text=change.text,
            action=NUMBERS[change.kind],
            session=change.session,
            cid=change.cid,
            re=change.re,
        )
    if isinstance(change, Movement):
        assert by is not None, "people come and go by their seats"
        return _of_people(log, change, by)
    done = acts(NOWHERE, change, at=0)
    return _act(log, change)._replace(acts=_json(done) if done else None)


def _act(log: LogId, change: KeptChange | Heard) -> ChangeRow:
    """Return the row for *change*, which somebody makes who moderates *log*, or has said something there."""
    match change:
        case Retitled(topic, username):
            return ChangeRow("topic", log, name=username, text=topic)
        case Gone(username):
            return ChangeRow("gone", log, name=username)
        case Kicked(username, actor, note, person):
            return ChangeRow("kicked", log, key(username), username, note, session=person, other=actor)
        case Invited(username, person, actor, admits):
            return ChangeRow("invited", log, name=username, action=None if admits else 1, session=person, other=actor)
        case Ranked(username, person, role, actor):
            return ChangeRow("ranked", log, name=username, text=role, session=person, other=actor)
        case Sanctioned(sanction, replaces):
            text = _json(Imposed(sanction, replaces))
            name = sanction.username
            out = int(sanction.kind == "ban" and not sanction.mask)
            return ChangeRow("sanctioned", log, key(name), name, text, action=out, other=sanction.by)
        case Lifted():
            return ChangeRow("lifted", log, name=change.by, text=_json(change))
        case Erased(redactions):
            return ChangeRow("erased", log, name=redactions[0].by, text=_json(change))
        case Reported():
            return ChangeRow("reported", log, name=change.by, text=_json(change))
        case Resolved():
            return ChangeRow("resolved", log, name=change.by, text=_json(change))
        case Tuned(tuning, username):
            return ChangeRow("tuned", log, name=username, text=_json(tuning))
        case Admitted() | Merged():
            raise AssertionError(f"{change} can't be asked for")
        case _:
            assert_never(change)


def _of_people(log: LogId, change: Came | Went | Called, by: SeatId) -> ChangeRow:
    """Return the row for *change* of who is in *log*, *by* a seat."""
    seat, connection = by
    match change:
        case Came(username, capacity, person, role, keyed):
            name = key(username)
            came = ChangeRow("came", log, name, username, role, session=person, seat=seat, connection=connection)
            return came._replace(capacity=capacity, other=str(keyed) if keyed else None)
        case Went(username, reason, person, elsewhere, note):
            name, away = key(username), int(elsewhere) or None
            why = f"{reason} {note}" if reason and note else reason
            return ChangeRow("went", log, name, username, why, away, person, seat=seat, connection=connection)
        case Called(old, new):
            return ChangeRow("called", log, key(old), old, new, seat=seat, connection=connection, other=key(new))
    assert_never(change)


def noting(act: Act, log: LogId | None = None) -> ChangeRow:
    """Return the row that keeps *act*, which has changed nothing in *log*, or happened in no room."""
    return ChangeRow("noted", log, acts=_json([act]))


def claiming(
    username: Username,
    session: bytes | None,
    person: bytes,
    host: bytes | None = None,
    *,
    proved: bool = False,
    device: int = 0,
    most: int = 0,
    proof: str | None = None,
) -> ChangeRow:
    """Return the row that claims *username* for who is known by *person* and from *host*, or the seat of *session*.

    Where it was *proved* that this is an account, it is by a *device*, and there are at *most* so many seats (0: any).
    If there is a *proof*, that has to be its password still.
    """
    where = None if host is None else host.hex()
    row = ChangeRow("claim", key=key(username), name=username, text=where, session=session, other=person.hex())
    return row._replace(action=1, connection=device, capacity=most, cid=proof) if proved else row


def of_seat(kind: str, by: SeatId, username: Username | None = None) -> ChangeRow:
    """Return a row of that *kind* for a seat, with *username* if it is about one."""
    name = None if username is None else key(username)
    return ChangeRow(kind, key=name, name=username or "", seat=by.number, connection=by.connection)


class Become(Struct, frozen=True):
    """What a guest has become who is an account's: logs tell of it at *places*, each with its position.

    The account is in *rooms* by other nodes, and *follows* some.
    """

    places: Sequence[tuple[int, int]]
    rooms: Sequence[RoomName]
    follows: tuple[RoomName, ...]


def authenticating(
    by: SeatId, username: Username, account: bytes, *, device: int = 0, most: int = 0, proof: str | None = None
) -> ChangeRow:
    """Return the row by which a guest's seat is one of the *account* called *username*: by a *device*, of at *most*.

    If there is a *proof*, that has to be its password still.
    """
    seat, connection = by
    return ChangeRow(
        "authenticate",
        name=username,
        text=str(device),
        cid=proof,
        seat=seat,
        connection=connection,
        capacity=most,
        other=account.hex(),
    )


def following(log: LogId) -> ChangeRow:
    """Return the row that changes nothing, and is answered with where *log* is."""
    return ChangeRow("nothing", log)


def knowing(by: SeatId, person: bytes) -> ChangeRow:
    """Return the row by which who has a seat is a guest from now on, known by *person*."""
    return ChangeRow("known", seat=by.number, connection=by.connection, other=person.hex())


class Words(Struct, frozen=True, omit_defaults=True):
    """What somebody tells another one: a *text* of a *kind*, with *tags*."""

    text: str
    kind: MessageKind = "text"
    tags: Tags | None = None


def telling(told: Told, *, elsewhere: bool = False) -> ChangeRow:
    """Return the row that has *told* shown, wherever who it is for may be, or *elsewhere* than here."""
    return ChangeRow("tell", key=key(told.to), name=told.speaker, text=_words(told), action=int(elsewhere) or None)


def copying(told: Told) -> ChangeRow:
    """Return the row that has *told* shown over the connections that its speaker has elsewhere."""
    return ChangeRow("copy", key=key(told.speaker), name=told.to, text=_words(told), other=told.speaker)


def _words(told: Told) -> str:
    return _json(Words(told.text, told.kind, told.tags))


def answering(mail: int, result: str) -> ChangeRow:
    """Return the row that tells what became of a *mail*."""
    return ChangeRow("answered", seat=mail, text=result)


def marking(marks: Sequence[PersonalMark]) -> ChangeRow:
    """Return the row by which *marks* are kept, and the other connections of those people are told."""
    return ChangeRow("marks", text=_json(marks))


class AccountDiff(Struct, frozen=True, omit_defaults=True):
    """An account that is *new*, or what of it is other now; *former* names are those behind their keys.

    It *looks* like others that have one of these skeletons; if it is to be *unlike* any, nothing happens.
    """

    id: bytes
    new: bool
    key: str | None = None
    username: str | None = None
    password: str | None = None
    created: int | None = None
    seen: int | None = None
    role: str | None = None
    former: Sequence[tuple[str, str, int]] | None = None
    looks: Sequence[str] | None = None
    unlike: bool = False


class DeviceDiff(Struct, frozen=True):
    """A device that is *new*, or was seen."""

    new: bool
    number: int
    account: bytes
    kind: str
    secret: bytes
    created: int
    seen: int
    door: str
    host: str
    client: str
    session: bytes | None


class IgnoringDiff(Struct, frozen=True):
    """Whom an *account* ignores from now on, or, as it *ends*, no longer: an account is a *person*, a guest a *key*."""

    account: bytes
    username: str
    person: bytes | None
    key: str | None
    ends: bool


class AccountDiffs(Struct, frozen=True):
    """What becomes of accounts: those *dismissed* stay, with the devices *kept*, and others are sent away.

    Guests whose accounts are new are *merged* into these, with their seats.
    """

    accounts: Sequence[AccountDiff]
    devices: Sequence[DeviceDiff]
    dropped: Sequence[bytes]
    revoked: Sequence[int]
    dismissed: Sequence[bytes]
    kept: Sequence[int] = ()
    ignoring: Sequence[IgnoringDiff] = ()
    merged: Sequence[Merged] = ()


def changing(
    changes: Sequence[AccountChange], accounts: Mapping[bytes, Account], devices: Mapping[int, Device]
) -> ChangeRow:
    """Return the row for *changes* of accounts, of which these *accounts* and *devices* are known.

    What is as it was is left to other nodes, which may have changed it meanwhile.
    """
    some: list[AccountDiff] = []
    seen: list[DeviceDiff] = []
    dropped: list[bytes] = []
    revoked: list[int] = []
    dismissed: list[bytes] = []
    kept: list[int] = []
    ignoring: list[IgnoringDiff] = []
    merged: list[Merged] = []
    for change in changes:
        match change:
            case Account():
                some.append(_diff(change, accounts.get(change.id), unlike=Unlike(change.id) in changes))
            case Device():
                seen.append(DeviceDiff(change.number not in devices, *astuple(change)))
            case Dropped(account):
                dropped.append(account)
            case Revoked(numbers, account):
                revoked += numbers
                if account:
                    dismissed.append(account)
                    # All others are revoked, also those of which only other nodes know.
                    mine = [device.number for device in devices.values() if device.account == account]
                    kept += [number for number in mine if number not in numbers]
            case Ignoring(account, whom, ends):
                name = None if whom.person else key(whom.username)
                ignoring.append(IgnoringDiff(account, whom.username, whom.person, name, ends))
            case Unlike():
                pass
            case Merged():
                merged.append(change)
            case _:
                assert_never(change)
    return ChangeRow(
        "accounts", text=_json(AccountDiffs(some, seen, dropped, revoked, dismissed, kept, ignoring, merged))
    )


def is_urgent(row: ChangeRow) -> bool:
    """Return whether others are to hear at once of the accounts that *row* changes: not that a device was seen."""
    diffs = msgspec.json.decode(row.text or "", type=AccountDiffs)
    accounts = diffs.accounts or diffs.ignoring
    return any((accounts, diffs.dropped, diffs.revoked, diffs.dismissed, *(each.new for each in diffs.devices)))


def _diff(now: Account, was: Account | None, *, unlike: bool) -> AccountDiff:
    differs = {
        field: getattr(now, field)
        for field in ("username", "password", "created", "seen", "role")
        if was is None or getattr(now, field) != getattr(was, field)
    }
    if was is None or (was.username, was.former) != (now.username, now.former):
        former = [(key(name), name, until) for name, until in now.former]
        differs |= {"username": now.username, "key": key(now.username), "former": former}
        differs["looks"] = sorted(skeletons(now.username))
    return AccountDiff(now.id, was is None, unlike=unlike, **differs)


def _json(it: object) -> str:
    return msgspec.json.encode(it).decode()
