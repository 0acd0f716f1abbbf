"""The frames that a client sends: one shape for each request, and the command that it means."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from math import ceil, floor
from typing import Annotated, Literal, TypeVar

from msgspec import UNSET, Meta, Struct, UnsetType, field
from typing_extensions import override

from chatroom.core.values import commands, masks, names, networks, texts
from chatroom.core.values.accounts import AccountRole, digest
from chatroom.core.values.commands import LogLevel
from chatroom.core.values.errors import BadFrame
from chatroom.core.values.events import MessageKind
from chatroom.core.values.limits import MAX_CAPACITY, MONITORED
from chatroom.core.values.names import RoomName, Username
from chatroom.core.values.passwords import password
from chatroom.core.values.rights import DAY, Role, Trusted, Tuning
from chatroom.core.values.sanctions import CENTURY, Kind
from chatroom.wire.timestamps import At, since_epoch

T = TypeVar("T")

Id = Annotated[str, Meta(max_length=64)] | int
"""The id of a request, which its reply has too."""

Secret = Annotated[str, Meta(min_length=22, max_length=128, pattern="^(?!irc )")]
"""A session: the secret of a client. One that begins so would be that of somebody who comes by IRC with a word."""

Seq = Annotated[int, Meta(ge=0, le=2**53)]
"""A number from 0: that of a message, or how many."""

Count = Annotated[int, Meta(ge=1, le=2**53)]
"""A number from 1: how many."""


Slow = Annotated[int, Meta(ge=0, le=DAY)]
"""Seconds, up to a day."""

Day = Annotated[int, Meta(ge=1, le=DAY)]
"""Seconds that are over, up to a day."""

Seconds = Annotated[int, Meta(ge=1, le=CENTURY)]
"""How long, up to a hundred years."""

Capacity = Annotated[int, Meta(ge=0, le=MAX_CAPACITY)]
"""How many people there may be; 0 is as many as the server allows."""


def _hidden(frame: RequestFrame) -> str:
    """Write *frame* down without its secrets."""
    return f"{type(frame).__name__}()"


def _digest(secret: str | UnsetType) -> bytes | None:
    """Return by what *secret* is known, if there is one."""
    return digest(secret) if secret else None


class RequestFrame(Struct, frozen=True, kw_only=True, tag_field="type"):
    """A request; its *id* comes back with the reply."""

    id: Id | UnsetType = UNSET

    def command(self) -> commands.Command:
        """Return the command, with every name and text checked.

        :raises chatroom.core.values.errors.ChatError: if one of them is not allowed.
        """
        raise NotImplementedError


class Login(RequestFrame, frozen=True, kw_only=True, tag="login"):
    """Be called *username*; or take back what is held for *session*, which the client made up at random.

    If that is the name of an account, a *password* or *token* belongs to it, unless the session is bound to it. To
    *remember* asks for a token; *client* is what the program calls itself.
    """

    username: str
    session: Secret | UnsetType = UNSET
    password: str | UnsetType = UNSET
    token: Secret | UnsetType = UNSET
    remember: bool = False
    client: Annotated[str, Meta(max_length=64)] | UnsetType = UNSET

    @override
    def command(self) -> commands.Login:
        return commands.Login(
            names.username(self.username),
            _digest(self.session),
            password=None if isinstance(self.password, UnsetType) else password(self.password),
            token=_digest(self.token),
            remember=self.remember,
            client=texts.reason(self.client or ""),
        )

    @override
    def __repr__(self) -> str:
        # Not its secrets.
        return f"Login(username={self.username!r})"


class Authenticate(RequestFrame, frozen=True, kw_only=True, tag="authenticate"):
    """Be a connection of the account called *username* from now on, by its *password* or a *token*, and no guest.

    Before the login it shows whose account one comes in by. A *certificate* in TLS that is trusted does likewise, also
    without a name.

    To *remember* asks for a token; *client* is what the program calls itself.
    """

    username: str | UnsetType = UNSET
    password: str | UnsetType = UNSET
    token: Secret | UnsetType = UNSET
    remember: bool = False
    client: Annotated[str, Meta(max_length=64)] | UnsetType = UNSET
    certificate: bool = False

    @override
    def command(self) -> commands.Authenticate:
        if isinstance(self.username, UnsetType) and not self.certificate:
            raise BadFrame("a username belongs to it, or a certificate")
        return commands.Authenticate(
            None if isinstance(self.username, UnsetType) else names.username(self.username),
            password=None if isinstance(self.password, UnsetType) else password(self.password),
            token=_digest(self.token),
            remember=self.remember,
            client=texts.reason(self.client or ""),
            certificate=self.certificate,
        )

    @override
    def __repr__(self) -> str:
        # Not its secrets.
        return f"Authenticate(username={self.username!r})"


class Trust(RequestFrame, frozen=True, kw_only=True, tag="trust"):
    """Let the certificate that this connection has shown in TLS be a device of one's account."""

    @override
    def command(self) -> commands.Trust:
        return commands.Trust()


class Register(RequestFrame, frozen=True, kw_only=True, tag="register"):
    """Make the present name one's own, by a *password*; before the login a *username*, by which one comes in then."""

    password: str
    username: str | UnsetType = UNSET

    @override
    def command(self) -> commands.Register:
        username = None if isinstance(self.username, UnsetType) else names.username(self.username)
        return commands.Register(password(self.password), username)

    __repr__ = _hidden


class ChangePassword(RequestFrame, frozen=True, kw_only=True, tag="password"):
    """Take a *new* password in place of the *old* one; all other devices are revoked."""

    old: str
    new: str

    @override
    def command(self) -> commands.ChangePassword:
        return commands.ChangePassword(password(self.old), password(self.new))

    __repr__ = _hidden


class Unregister(RequestFrame, frozen=True, kw_only=True, tag="unregister"):
    """Give up one's account, and stay as a guest."""

    password: str

    @override
    def command(self) -> commands.Unregister:
        return commands.Unregister(password(self.password))

    __repr__ = _hidden


class Devices(RequestFrame, frozen=True, kw_only=True, tag="devices"):
    """See the devices that need no password for one's account, and its connections."""

    @override
    def command(self) -> commands.Devices:
        return commands.Devices()


class Revoke(RequestFrame, frozen=True, kw_only=True, tag="revoke"):
    """Let a *device* be worth nothing any more, and hang up on it."""

    device: Count

    @override
    def command(self) -> commands.Revoke:
        return commands.Revoke(self.device)


class Ignore(RequestFrame, frozen=True, kw_only=True, tag="ignore"):
    """Be told nothing any more by somebody, who does not learn of it."""

    username: str

    @override
    def command(self) -> commands.Ignore:
        return commands.Ignore(names.username(self.username))


class Unignore(RequestFrame, frozen=True, kw_only=True, tag="unignore"):
    """Be told by somebody again."""

    username: str

    @override
    def command(self) -> commands.Ignore:
        return commands.Ignore(names.username(self.username), ends=True)


class Ignored(RequestFrame, frozen=True, kw_only=True, tag="ignored"):
    """See whom one ignores."""

    @override
    def command(self) -> commands.ListIgnored:
        return commands.ListIgnored()


class Operate(RequestFrame, frozen=True, kw_only=True, tag="operate"):
    """Act as an operator from now on, as long as the connection lasts, by the *password* of one's account.

    Without either it is over.
    """

    username: str | UnsetType = UNSET
    password: str | UnsetType = UNSET

    @override
    def command(self) -> commands.Operate | commands.StandDown:
        if isinstance(self.username, str) and isinstance(self.password, str):
            return commands.Operate(names.username(self.username), password(self.password))
        if self.username is not UNSET or self.password is not UNSET:
            raise BadFrame("a username and a password belong to it, or none of them")
        return commands.StandDown()

    __repr__ = _hidden


class Rename(RequestFrame, frozen=True, kw_only=True, tag="rename"):
    """Be called *username* from now on."""

    username: str

    @override
    def command(self) -> commands.Rename:
        return commands.Rename(names.username(self.username))


class Profile(RequestFrame, frozen=True, kw_only=True, tag="profile"):
    """Say of yourself what is given: why you are *away* (an empty text: no longer), your *realname*, to be a *bot*.

    Who is *invisible* is found by ``who`` only in rooms, and by those who share one.
    """

    away: str | UnsetType = UNSET
    realname: str | UnsetType = UNSET
    bot: bool | UnsetType = UNSET
    invisible: bool | UnsetType = UNSET

    @override
    def command(self) -> commands.Describe:
        return commands.Describe(
            None if isinstance(self.realname, UnsetType) else texts.realname(self.realname),
            None if isinstance(self.away, UnsetType) else texts.away(self.away),
            _given(self.bot),
            _given(self.invisible),
        )


class List(RequestFrame, frozen=True, kw_only=True, tag="list"):
    """See the open rooms whose name contains *match*, those after *after*; *watch* them or no longer."""

    match: str | UnsetType = UNSET
    after: str | UnsetType = UNSET
    watch: bool | UnsetType = UNSET

    @override
    def command(self) -> commands.List:
        return commands.List(self.match or "", names.room_name(self.after) if self.after else None, _given(self.watch))


class Create(RequestFrame, frozen=True, kw_only=True, tag="create"):
    """Open a room and enter it."""

    room: str
    topic: str | UnsetType = UNSET
    capacity: Count | UnsetType = UNSET

    @override
    def command(self) -> commands.Create:
        return commands.Create(names.room_name(self.room), texts.topic(self.topic or ""), _given(self.capacity))


class Join(RequestFrame, frozen=True, kw_only=True, tag="join"):
    """Enter a room, after a replay of its last *backlog* messages; or read on behind message *after* of *epoch*.

    Who knows of the first *redactions* of messages there is told of the later ones. A room may have a *key*.
    """

    room: str
    backlog: Seq | UnsetType = UNSET
    after: Seq | UnsetType = UNSET
    epoch: str | UnsetType = UNSET
    redactions: Seq | UnsetType = UNSET
    key: str | UnsetType = UNSET

    @override
    def __repr__(self) -> str:
        # Not the key.
        return f"Join(room={self.room!r})"

    @override
    def command(self) -> commands.Join:
        return commands.Join(
            names.room_name(self.room),
            _given(self.backlog),
            _given(self.after),
            _given(self.epoch),
            redactions=_given(self.redactions),
            key=_given(self.key) or "",
        )


class Leave(RequestFrame, frozen=True, kw_only=True, tag="leave"):
    """Go out of a room; *everywhere* means by all connections of one's account. *note* is what the others are told."""

    room: str
    everywhere: bool = False
    note: str | UnsetType = UNSET

    @override
    def command(self) -> commands.Leave:
        return commands.Leave(names.room_name(self.room), self.everywhere, texts.reason(self.note or ""))


class Delete(RequestFrame, frozen=True, kw_only=True, tag="delete"):
    """Close a room that one has created."""

    room: str

    @override
    def command(self) -> commands.Delete:
        return commands.Delete(names.room_name(self.room))


class Say(RequestFrame, frozen=True, kw_only=True, tag="say"):
    """Say *text* in a room, or do it (*action*); what comes with the same *cid* again is stored once.

    It may answer message number *re* of that room. To a *notice* no program answers by itself.
    """

    room: str
    text: str
    action: bool = False
    notice: bool = False
    cid: Annotated[str, Meta(max_length=64)] | UnsetType = UNSET
    re: Count | UnsetType = UNSET

    @override
    def command(self) -> commands.Say:
        return commands.Say(
            names.room_name(self.room),
            texts.message(self.text),
            _kind(self.action, self.notice),
            _given(self.cid),
            _given(self.re),
        )


class Tell(RequestFrame, frozen=True, kw_only=True, tag="tell"):
    """Say *text* to one person alone, or do it (*action*).

    Between accounts it is kept; then what comes with the same *cid* again is stored once, and one may answer message
    number *re*. To a *notice* no program answers by itself.
    """

    to: str
    text: str
    action: bool = False
    notice: bool = False
    cid: Annotated[str, Meta(max_length=64)] | UnsetType = UNSET
    re: Count | UnsetType = UNSET

    @override
    def command(self) -> commands.Tell:
        text, kind = texts.message(self.text), _kind(self.action, self.notice)
        return commands.Tell(names.username(self.to), text, kind, _given(self.cid), _given(self.re))


class Confide(RequestFrame, frozen=True, kw_only=True, tag="confide"):
    """Say *text* to those members of a room alone who moderate it, or also to who is *voiced*, or do it (*action*).

    Nothing of that is kept. To a *notice* no program answers by itself.
    """

    room: str
    text: str
    role: Trusted = "moderator"
    action: bool = False
    notice: bool = False

    @override
    def command(self) -> commands.Confide:
        text, kind = texts.message(self.text), _kind(self.action, self.notice)
        return commands.Confide(names.room_name(self.room), text, kind, self.role)


class Talks(RequestFrame, frozen=True, kw_only=True, tag="talks"):
    """See with whom you have talked: the newest talks, those with a last message from *before* a time."""

    before: At | UnsetType = UNSET

    @override
    def command(self) -> commands.Talks:
        return commands.Talks(_time(self.before, ceil))


class Who(RequestFrame, frozen=True, kw_only=True, tag="who"):
    """See who is in a room, or online; those after *after*."""

    room: str | UnsetType = UNSET
    after: str | UnsetType = UNSET

    @override
    def command(self) -> commands.Who:
        room = None if self.room is UNSET else names.room_name(self.room)
        return commands.Who(room, names.username(self.after) if self.after else None)


class WhoIs(RequestFrame, frozen=True, kw_only=True, tag="whois"):
    """See who somebody is."""

    username: str

    @override
    def command(self) -> commands.WhoIs:
        return commands.WhoIs((names.username(self.username),))


class WhoWas(RequestFrame, frozen=True, kw_only=True, tag="whowas"):
    """See who was called *username* until lately."""

    username: str

    @override
    def command(self) -> commands.WhoWas:
        return commands.WhoWas(names.username(self.username))


class Monitor(RequestFrame, frozen=True, kw_only=True, tag="monitor"):
    """Be told when those come and go whose names are to *add*, and no more of those to *remove*, or with *clear* all.

    Without any of them, see of whom you are told.
    """

    add: Annotated[list[str], Meta(max_length=MONITORED)] | UnsetType = UNSET
    remove: Annotated[list[str], Meta(max_length=MONITORED)] | UnsetType = UNSET
    clear: bool = False

    @override
    def command(self) -> commands.Monitor:
        add = tuple(map(names.username, self.add or ()))
        remove = tuple(map(names.username, self.remove or ()))
        return commands.Monitor(add, remove, self.clear, status=not add)


class Topic(RequestFrame, frozen=True, kw_only=True, tag="topic"):
    """Say what a room is about."""

    room: str
    topic: str

    @override
    def command(self) -> commands.Topic:
        return commands.Topic(names.room_name(self.room), texts.topic(self.topic))


class History(RequestFrame, frozen=True, kw_only=True, tag="history"):
    """Read a page of a room's log: the first *limit* messages beyond *after*, else the newest (below *before*).

    Or half of them on each side *around* one; or the first ones later than *since*, or the newest before *until*. In
    place of a room it may be your talk *with* somebody.
    """

    room: str | UnsetType = UNSET
    with_: str | UnsetType = field(name="with", default=UNSET)
    before: Seq | UnsetType = UNSET
    after: Seq | UnsetType = UNSET
    around: Count | UnsetType = UNSET
    since: At | UnsetType = UNSET
    until: At | UnsetType = UNSET
    limit: Count | UnsetType = UNSET

    @override
    def command(self) -> commands.History:
        numbers, others = [self.before, self.after], [self.around, self.since, self.until]
        if others.count(UNSET) < len(others) and [*numbers, *others].count(UNSET) < 4:
            raise BadFrame("one of these belongs to it: before, after, around, since or until")
        room, other = _place(self.room, self.with_)
        return commands.History(
            room,
            _given(self.before),
            _given(self.after),
            _given(self.limit),
            around=_given(self.around),
            since=_time(self.since, floor),
            until=_time(self.until, ceil),
            other=other,
        )


class Search(RequestFrame, frozen=True, kw_only=True, tag="search"):
    """Find the newest messages (below *before*) in which all words of *query* occur.

    Those *from* one person alone, if one is named: then it may have no words. They are later than *since*, and earlier
    than *until*. In place of a room it may be your talk *with* somebody. Without either they are found in all rooms
    that one follows, and *before* means nothing.
    """

    room: str | UnsetType = UNSET
    with_: str | UnsetType = field(name="with", default=UNSET)
    query: str
    before: Seq | UnsetType = UNSET
    limit: Count | UnsetType = UNSET
    newest_first: bool = False
    from_: str | UnsetType = field(name="from", default=UNSET)
    since: At | UnsetType = UNSET
    until: At | UnsetType = UNSET

    @override
    def command(self) -> commands.Search:
        if self.room is UNSET and self.with_ is UNSET:
            if self.before is not UNSET:
                raise BadFrame("before is the number of a message in a room; name one, or go on with until")
            room, other = None, None
        else:
            room, other = _place(self.room, self.with_)
        return commands.Search(
            room,
            self.query,
            _given(self.before),
            _given(self.limit),
            self.newest_first,
            author=None if isinstance(self.from_, UnsetType) else names.username(self.from_),
            since=_time(self.since, floor),
            until=_time(self.until, ceil),
            other=other,
        )


class Mark(RequestFrame, frozen=True, kw_only=True, tag="mark"):
    """Say that one has read a room, or one's talk *with* somebody, up to message *seq*.

    Or up to the newest one that is not later than *at*.
    """

    room: str | UnsetType = UNSET
    with_: str | UnsetType = field(name="with", default=UNSET)
    seq: Seq | UnsetType = UNSET
    at: At | UnsetType = UNSET

    @override
    def command(self) -> commands.MarkRead:
        if (self.seq is UNSET) is (self.at is UNSET):
            raise BadFrame("one of these belongs to it: seq or at")
        room, other = _place(self.room, self.with_)
        return commands.MarkRead(room, _given(self.seq), _time(self.at, floor), other)


class Unread(RequestFrame, frozen=True, kw_only=True, tag="unread"):
    """See in which of the rooms that one follows, and of one's talks, something is unread, the newest first.

    Those with a last message from *before* a time.
    """

    before: At | UnsetType = UNSET

    @override
    def command(self) -> commands.ListUnread:
        return commands.ListUnread(_time(self.before, ceil))


class Kick(RequestFrame, frozen=True, kw_only=True, tag="kick"):
    """Put somebody out of a room, and tell everybody a *reason*."""

    room: str
    username: str
    reason: str | UnsetType = UNSET

    @override
    def command(self) -> commands.Kick:
        return commands.Kick(names.room_name(self.room), names.username(self.username), texts.reason(self.reason or ""))


class Appoint(RequestFrame, frozen=True, kw_only=True, tag="appoint"):
    """Give somebody a *role* in a room; ``member`` takes it back."""

    room: str
    username: str
    role: Role

    @override
    def command(self) -> commands.Appoint:
        return commands.Appoint(names.room_name(self.room), names.username(self.username), self.role)


class Configure(RequestFrame, frozen=True, kw_only=True, tag="configure"):
    """Change settings of a room: how *slow* all speak there, whether it is *locked*, and how many may be in.

    *guests* are let in or not; without a *room* it is about the whole server. Into an *invite_only* one come those
    alone who are invited or moderate it, and one that is *hidden* is in no list of others; *private* is both, and for
    its owner to say. Where *topic_locked* holds, moderators alone set the topic. A *key* is asked of who comes in; an
    empty one is none.
    """

    room: str | UnsetType = UNSET
    slow: Slow | UnsetType = UNSET
    locked: bool | UnsetType = UNSET
    guests: bool | UnsetType = UNSET
    private: bool | UnsetType = UNSET
    capacity: Capacity | UnsetType = UNSET
    invite_only: bool | UnsetType = UNSET
    hidden: bool | UnsetType = UNSET
    topic_locked: bool | UnsetType = UNSET
    key: str | UnsetType = UNSET

    @override
    def __repr__(self) -> str:
        # Not the key.
        return f"Configure(room={self.room!r})"

    @override
    def command(self) -> commands.Configure:
        given = _given(self.slow), _given(self.locked), _given(self.capacity), _given(self.guests), _given(self.private)
        more = _given(self.invite_only), _given(self.hidden), _given(self.topic_locked)
        lock = None if isinstance(self.key, UnsetType) else texts.room_key(self.key)
        tuning = Tuning(*given, *more, lock)
        if tuning == Tuning():
            known = "slow, locked, guests, private, invite_only, hidden, topic_locked, key or capacity"
            raise BadFrame(f"a setting belongs to it: {known}")
        room = _room(self.room)
        if room is None and tuning != Tuning(guests=tuning.guests):
            raise BadFrame("without a room there is one setting: guests")
        return commands.Configure(room, tuning)


def _masked(mask: str | UnsetType, account: str | UnsetType) -> str:
    """Return the mask that is meant by one of these, or nothing."""
    if isinstance(account, UnsetType):
        return "" if isinstance(mask, UnsetType) else masks.mask(mask)
    if not isinstance(mask, UnsetType):
        raise BadFrame("a mask or an account belongs to it, and not both")
    return masks.account_mask(account)


class _Imposing(RequestFrame, frozen=True, kw_only=True):
    room: str | UnsetType = UNSET
    seconds: Seconds | UnsetType = UNSET
    reason: str | UnsetType = UNSET
    host: bool = False
    mask: str | UnsetType = UNSET
    account: str | UnsetType = UNSET

    def _imposed(self, kind: Kind, username: str | UnsetType, network: str = "") -> commands.Impose:
        name = None if isinstance(username, UnsetType) else names.username(username)
        why = texts.reason(self.reason or "")
        mask = _masked(self.mask, self.account)
        if mask and (name or network or self.host or isinstance(self.room, UnsetType)):
            raise BadFrame("a mask is for a room, without a username, a network or host")
        if not (mask or name or network):
            raise BadFrame("a username, a network, a mask or an account belongs to it")
        return commands.Impose(kind, _room(self.room), name, _given(self.seconds), why, self.host, network, mask)


class Invite(RequestFrame, frozen=True, kw_only=True, tag="invite"):
    """Tell somebody of a room; of who moderates it, that lets them come in also while it is private.

    It lets in all whom a *mask* or the name of an *account* fits.
    """

    room: str
    username: str | UnsetType = UNSET
    mask: str | UnsetType = UNSET
    account: str | UnsetType = UNSET

    @override
    def command(self) -> commands.Invite | commands.Impose:
        room, mask = names.room_name(self.room), _masked(self.mask, self.account)
        if isinstance(self.username, UnsetType) != bool(mask):
            raise BadFrame("a username, a mask or an account belongs to it")
        if isinstance(self.username, UnsetType):
            return commands.Impose("invite", room, None, mask=mask)
        return commands.Invite(room, names.username(self.username))


class Exempt(_Imposing, frozen=True, kw_only=True, tag="exempt"):
    """Let no ban and no mute of a room touch those whom a *mask* or the name of an *account* fits."""

    @override
    def command(self) -> commands.Impose:
        return self._imposed("exempt", UNSET)


class Mute(_Imposing, frozen=True, kw_only=True, tag="mute"):
    """Let somebody not speak in a room, or anywhere, for so many *seconds* or for ever; or every guest from there."""

    username: str | UnsetType = UNSET

    @override
    def command(self) -> commands.Impose:
        return self._imposed("mute", self.username)


class Ban(_Imposing, frozen=True, kw_only=True, tag="ban"):
    """Put somebody out of a room, or of the server, for so many *seconds* or for ever; or every guest from there.

    From the server a *network* can be banned too, from a room all whom a *mask* or the name of an *account* fits.
    """

    username: str | UnsetType = UNSET
    network: str | UnsetType = UNSET

    @override
    def command(self) -> commands.Impose:
        if isinstance(self.network, UnsetType):
            return self._imposed("ban", self.username)
        if not isinstance(self.username, UnsetType) or not isinstance(self.room, UnsetType) or self.host:
            raise BadFrame("a network is banned from the whole server, without a room, a username or host")
        return self._imposed("ban", UNSET, networks.network(self.network))


class _Lifting(RequestFrame, frozen=True, kw_only=True):
    room: str | UnsetType = UNSET
    username: str | UnsetType = UNSET
    sanction: Seq | UnsetType = UNSET
    mask: str | UnsetType = UNSET
    account: str | UnsetType = UNSET

    def _lifted(self, kind: Kind, network: str | UnsetType = UNSET) -> commands.Lift:
        mask = _masked(self.mask, self.account)
        if [self.username, self.sanction, network, mask or UNSET].count(UNSET) != 3:
            known = "a username, a sanction, a mask or an account, or to unban without a room a network"
            raise BadFrame(f"one of these belongs to it: {known}")
        if mask and isinstance(self.room, UnsetType):
            raise BadFrame("a mask is for a room")
        username = None if isinstance(self.username, UnsetType) else names.username(self.username)
        where = "" if isinstance(network, UnsetType) else networks.network(network)
        return commands.Lift(kind, _room(self.room), username, _given(self.sanction), where, mask=mask)


class Unexempt(_Lifting, frozen=True, kw_only=True, tag="unexempt"):
    """Let those whom a *mask* fits be exempt no more."""

    @override
    def command(self) -> commands.Lift:
        return self._lifted("exempt")


class Uninvite(_Lifting, frozen=True, kw_only=True, tag="uninvite"):
    """Let those whom a *mask* fits not come in any more, where only the invited do."""

    @override
    def command(self) -> commands.Lift:
        return self._lifted("invite")


class Unmute(_Lifting, frozen=True, kw_only=True, tag="unmute"):
    """Let somebody speak again who was muted, or lift that *sanction*."""

    @override
    def command(self) -> commands.Lift:
        return self._lifted("mute")


class Unban(_Lifting, frozen=True, kw_only=True, tag="unban"):
    """Let somebody come in again who was banned, or all from a *network*, or lift that *sanction*."""

    network: str | UnsetType = UNSET

    @override
    def command(self) -> commands.Lift:
        if not isinstance(self.network, UnsetType) and not isinstance(self.room, UnsetType):
            raise BadFrame("a network is banned from the whole server, and not from a room")
        return self._lifted("ban", self.network)


class Redact(RequestFrame, frozen=True, kw_only=True, tag="redact"):
    """Take back message *seq* of a room, or all that *username* has said there in the last *seconds*.

    Or message *seq* of your own in your talk *with* somebody.
    """

    room: str | UnsetType = UNSET
    with_: str | UnsetType = field(name="with", default=UNSET)
    seq: Count | UnsetType = UNSET
    username: str | UnsetType = UNSET
    seconds: Day | UnsetType = UNSET
    reason: str | UnsetType = UNSET

    @override
    def command(self) -> commands.Redact:
        seq, username, seconds = _given(self.seq), _given(self.username), _given(self.seconds)
        if (seq is None) == (username is None and seconds is None) or (username is None) != (seconds is None):
            raise BadFrame("either a seq belongs to it, or a username and seconds")
        room, other = _place(self.room, self.with_)
        if other is not None and seq is None:
            raise BadFrame("with somebody, a seq belongs to it")
        return commands.Redact(
            room,
            seq,
            None if username is None else names.username(username),
            seconds,
            texts.reason(self.reason or ""),
            other,
        )


class Report(RequestFrame, frozen=True, kw_only=True, tag="report"):
    """Let the moderators of a room know of message *seq*, and of the *reason*.

    Or the operators of one in your talk *with* somebody.
    """

    room: str | UnsetType = UNSET
    with_: str | UnsetType = field(name="with", default=UNSET)
    seq: Count
    reason: Annotated[str, Meta(min_length=1)]

    @override
    def command(self) -> commands.Report:
        room, other = _place(self.room, self.with_)
        return commands.Report(room, texts.reason(self.reason), self.seq, other=other)


class Resolve(RequestFrame, frozen=True, kw_only=True, tag="resolve"):
    """Note that a *report* is seen to; *note* is for others who moderate."""

    report: Count
    note: str | UnsetType = UNSET

    @override
    def command(self) -> commands.Resolve:
        return commands.Resolve(self.report, texts.reason(self.note or ""))


class Reports(RequestFrame, frozen=True, kw_only=True, tag="reports"):
    """See what was reported in a room, or for operators anywhere: at most *limit* reports *before* a number.

    With *all* also what is resolved.
    """

    room: str | UnsetType = UNSET
    before: Seq | UnsetType = UNSET
    limit: Count | UnsetType = UNSET
    all: bool = False

    @override
    def command(self) -> commands.ReadReports:
        return commands.ReadReports(_room(self.room), _given(self.before), _given(self.limit), self.all)


class Audit(RequestFrame, frozen=True, kw_only=True, tag="audit"):
    """List what was done to others in a room, or for operators anywhere: at most *limit* acts *before* a number."""

    room: str | UnsetType = UNSET
    before: Seq | UnsetType = UNSET
    limit: Count | UnsetType = UNSET

    @override
    def command(self) -> commands.ReadAudit:
        return commands.ReadAudit(_room(self.room), _given(self.before), _given(self.limit))


class Sanctions(RequestFrame, frozen=True, kw_only=True, tag="sanctions"):
    """See the sanctions that hold in a room, or for operators all, the newest first (those below *before*)."""

    room: str | UnsetType = UNSET
    before: Seq | UnsetType = UNSET

    @override
    def command(self) -> commands.ListSanctions:
        return commands.ListSanctions(_room(self.room), _given(self.before))


class Connections(RequestFrame, frozen=True, kw_only=True, tag="connections"):
    """See the connections (those behind *after*) with *match* in the name of their user or where they come from."""

    match: str | UnsetType = UNSET
    after: Seq | UnsetType = UNSET

    @override
    def command(self) -> commands.Connections:
        return commands.Connections(self.match or "", self.after or 0)


class Disconnect(RequestFrame, frozen=True, kw_only=True, tag="disconnect"):
    """Hang up on one *connection*, or on all of *username*, and tell them a *reason*."""

    connection: Seq | UnsetType = UNSET
    username: str | UnsetType = UNSET
    reason: str | UnsetType = UNSET

    @override
    def command(self) -> commands.Disconnect:
        if (self.connection is UNSET) is (self.username is UNSET):
            raise BadFrame("a connection or a username belongs to it, one of both")
        username = None if isinstance(self.username, UnsetType) else names.username(self.username)
        return commands.Disconnect(_given(self.connection), username, texts.reason(self.reason or ""))


class Notify(RequestFrame, frozen=True, kw_only=True, tag="notice"):
    """Show *text* to everybody."""

    text: str

    @override
    def command(self) -> commands.Notify:
        return commands.Notify(texts.message(self.text))


class Reload(RequestFrame, frozen=True, kw_only=True, tag="reload"):
    """Let the server read its certificates, its message of the day and its limits again."""

    @override
    def command(self) -> commands.Reload:
        return commands.Reload()


class SetLogLevel(RequestFrame, frozen=True, kw_only=True, tag="log-level"):
    """Let the server's log show what is of *level*, and all above it."""

    level: LogLevel

    @override
    def command(self) -> commands.SetLogLevel:
        return commands.SetLogLevel(self.level)


class Accounts(RequestFrame, frozen=True, kw_only=True, tag="accounts"):
    """See the accounts (those behind *after*) with *match* in their names."""

    match: str | UnsetType = UNSET
    after: str | UnsetType = UNSET

    @override
    def command(self) -> commands.ListAccounts:
        return commands.ListAccounts(self.match or "", names.username(self.after) if self.after else None)


class Account(RequestFrame, frozen=True, kw_only=True, tag="account"):
    """Make the account called *username*, give it another *password* or *role*, or remove it."""

    action: Literal["add", "password", "role", "remove"]
    username: str
    password: str | UnsetType = UNSET
    role: AccountRole | UnsetType = UNSET

    @override
    def command(self) -> commands.AddAccount | commands.SetPassword | commands.SetRole | commands.RemoveAccount:
        username = names.username(self.username)
        match self.action, self.password, self.role:
            case "add", str(secret), UnsetType():
                return commands.AddAccount(username, password(secret))
            case "password", str(secret), UnsetType():
                return commands.SetPassword(username, password(secret))
            case "role", UnsetType(), str(role):
                return commands.SetRole(username, role)
            case "remove", UnsetType(), UnsetType():
                return commands.RemoveAccount(username)
        raise BadFrame("a password belongs to add and password, a role to role, and nothing to remove")

    __repr__ = _hidden


class Ping(RequestFrame, frozen=True, kw_only=True, tag="ping"):
    """Get a sign of life."""

    @override
    def command(self) -> commands.Ping:
        return commands.Ping()


class Pong(RequestFrame, frozen=True, kw_only=True, tag="pong"):
    """Give a sign of life."""

    @override
    def command(self) -> commands.Pong:
        return commands.Pong()


class Quit(RequestFrame, frozen=True, kw_only=True, tag="quit"):
    """Go away for good; *note* is what those in one's rooms are told."""

    note: str | UnsetType = UNSET

    @override
    def command(self) -> commands.Quit:
        return commands.Quit(texts.reason(self.note or ""))


AnyRequest = (
    Login
    | Authenticate
    | Trust
    | Register
    | ChangePassword
    | Unregister
    | Devices
    | Revoke
    | Ignore
    | Unignore
    | Ignored
    | Operate
    | Rename
    | Profile
    | List
    | Create
    | Join
    | Leave
    | Delete
    | Say
    | Tell
    | Confide
    | Talks
    | Who
    | WhoIs
    | WhoWas
    | Monitor
    | Topic
    | History
    | Search
    | Mark
    | Unread
    | Kick
    | Appoint
    | Configure
    | Invite
    | Mute
    | Unmute
    | Ban
    | Unban
    | Exempt
    | Unexempt
    | Uninvite
    | Sanctions
    | Redact
    | Report
    | Resolve
    | Reports
    | Audit
    | Connections
    | Disconnect
    | Notify
    | Reload
    | SetLogLevel
    | Accounts
    | Account
    | Ping
    | Pong
    | Quit
)
"""A request: all that a client may send."""


def _kind(action: bool, notice: bool) -> MessageKind:
    """Return what a message is that is an *action*, a *notice*, or neither."""
    if action and notice:
        raise BadFrame("a message is an action or a notice, not both")
    return "action" if action else "notice" if notice else "text"


def _room(name: str | UnsetType) -> names.RoomName | None:
    """Return the room called *name*, if one is named."""
    return None if isinstance(name, UnsetType) else names.room_name(name)


def _time(at: datetime | UnsetType, rounded: Callable[[float], int]) -> int | None:
    """Return the milliseconds since 1970 of *at*."""
    return None if isinstance(at, UnsetType) else rounded(since_epoch(at))


def _place(room: str | UnsetType, with_: str | UnsetType) -> tuple[RoomName | None, Username | None]:
    """Return the place that a request is about: a room, or one's talk with somebody."""
    if isinstance(room, UnsetType) == isinstance(with_, UnsetType):
        raise BadFrame("either a room belongs to it, or with whom you talk")
    return _room(room), None if isinstance(with_, UnsetType) else names.username(with_)


def _given(value: T | UnsetType) -> T | None:
    return None if isinstance(value, UnsetType) else value
