"""Between the core and frames: which request a shape means, and which shape a reply or an event has."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict, TypeVar, assert_never

from msgspec import UNSET, UnsetType
from typing_extensions import Unpack

from chatroom import __version__
from chatroom.core.values import events as core
from chatroom.core.values import replies
from chatroom.core.values.audit import Act
from chatroom.core.values.commands import Request
from chatroom.core.values.errors import ChatError, OfSanction
from chatroom.core.values.limits import Limits
from chatroom.core.values.marks import Unread
from chatroom.core.values.masks import OF_ACCOUNT
from chatroom.core.values.names import RoomName
from chatroom.core.values.people import Known, Person
from chatroom.core.values.reports import KeptReport
from chatroom.core.values.rights import Tuning, tuned
from chatroom.core.values.sanctions import Sanction
from chatroom.core.values.talks import other_of
from chatroom.core.values.texts import MAX_TEXT, harmless
from chatroom.wire.dialect import Misread
from chatroom.wire.frames import answers
from chatroom.wire.frames.answers import AnyEvent, AnyReply
from chatroom.wire.frames.requests import AnyRequest, Id
from chatroom.wire.timestamps import rfc3339

T = TypeVar("T")

PROTOCOL = 1
"""The version that ``welcome`` names."""


def request(shape: AnyRequest) -> Request | Misread:
    """Return what *shape* asks for."""
    id = None if isinstance(shape.id, UnsetType) else shape.id
    try:
        return Request(shape.command(), id)
    except ChatError as error:
        return Misread(Request(None, id), error)


class Replies:
    """The shapes of replies by the server called *server*, whose *limits* and *features* it tells."""

    def __init__(self, server: str, limits: Limits, features: Sequence[str]) -> None:
        self._features = list(features)
        self._server = server
        self.limit(limits)

    def limit(self, limits: Limits) -> None:
        """Tell *limits* from now on."""
        self._heartbeat = _whole(limits.heartbeat)
        self._limits = answers.Limits(
            line=limits.max_line,
            text=MAX_TEXT,
            burst=limits.burst,
            rate=_whole(limits.rate),
            page=limits.page,
            rooms=limits.rooms_per_visitor,
            capacity=limits.room_capacity,
            grace=_whole(limits.grace),
        )

    def shape(self, id: Id | UnsetType, reply: replies.Reply) -> AnyReply:
        """Return the shape of *reply* to the request called *id*."""
        match reply:
            case replies.Stored(room, seq, at, cid):
                return answers.Ok(id=id, room=room, seq=seq, at=rfc3339(at), cid=_given(cid))
            case replies.Kept(_, seq, at, cid, away):
                return answers.Ok(id=id, seq=seq, at=rfc3339(at), cid=_given(cid), away=_given(away))
            case replies.Ok(count=count, missing=missing, away=away):
                return answers.Ok(id=id, count=_given(count), missing=list(missing) or UNSET, away=_given(away))
            case replies.Registered(account):
                return answers.Ok(id=id, account=account)
            case replies.Authenticated(username, admission, follows):
                return answers.Ok(
                    id=id,
                    account=username,
                    username=username,
                    role=admission.role,
                    token=_given(admission.token),
                    device=admission.device,
                    memberships=list(admission.memberships),
                    follows=UNSET if follows is None else list(follows),
                )
            case replies.Reloaded(changed, failed):
                return answers.Ok(id=id, changed=list(changed), failed=list(failed))
            case replies.AccountList(accounts, more):
                return answers.Accounts(id=id, accounts=list(map(_account, accounts)), more=more)
            case replies.DeviceList(devices, incomplete):
                shown_devices = list(map(_device, devices))
                return answers.Devices(id=id, devices=shown_devices, more=False, incomplete=incomplete or UNSET)
            case replies.IgnoredList(usernames):
                return answers.Ignored(id=id, usernames=list(usernames))
            case replies.Refused(error):
                return answers.Error(
                    id=id,
                    code=error.code,
                    message=harmless(str(error)),
                    room=getattr(error, "room", None) or UNSET,
                    username=getattr(error, "username", UNSET),
                    cid=getattr(error, "cid", UNSET),
                    retry_after=getattr(error, "retry_after", UNSET),
                    until=_time(getattr(error, "until", None)),
                    reason=(error.reason if isinstance(error, OfSanction) else "") or UNSET,
                )
            case replies.Welcome(username, _, resumed, rooms, motd, admission, follows):
                return answers.Welcome(
                    id=id,
                    username=username,
                    server=self._server,
                    protocol=PROTOCOL,
                    version=__version__,
                    resumed=resumed,
                    rooms=list(rooms),
                    heartbeat=self._heartbeat,
                    limits=self._limits,
                    motd=motd or UNSET,
                    features=self._features,
                    account=username if admission else UNSET,
                    role=admission.role if admission else UNSET,
                    token=_given(admission.token) if admission else UNSET,
                    device=admission.device if admission else UNSET,
                    memberships=list(admission.memberships) if admission else UNSET,
                    follows=UNSET if follows is None else list(follows),
                )
            case replies.Entered(
                room=room,
                topic=topic,
                members=members,
                capacity=capacity,
                epoch=epoch,
                seq=seq,
                creator=creator,
                resumed=resumed,
                port=port,
                settings=settings,
                redactions=redactions,
                muted=muted,
                mark=mark,
                key=key,
            ):
                how = tuned(settings)
                return answers.Entered(
                    id=id,
                    room=room,
                    topic=topic,
                    members=members,
                    capacity=capacity,
                    epoch=epoch,
                    seq=seq,
                    resumed=resumed,
                    port=_given(port),
                    creator=creator or UNSET,
                    slow=_given(how.slow),
                    locked=_given(how.locked),
                    guests=_given(how.guests),
                    private=_given(how.private),
                    invite_only=_given(how.invite_only),
                    hidden=_given(how.hidden),
                    topic_locked=_given(how.topic_locked),
                    keyed=_given(how.keyed),
                    redactions=redactions,
                    muted=_mute(muted) if muted else UNSET,
                    marked=mark.seq if mark else UNSET,
                    marked_at=rfc3339(mark.at) if mark else UNSET,
                    key=key or UNSET,
                )
            case replies.Members(room, usernames, more, roles, accounts, away_ones):
                return answers.Members(
                    id=id,
                    room=room or UNSET,
                    usernames=list(usernames),
                    more=more,
                    roles=dict[str, str](roles.items()) or UNSET,
                    accounts=list(accounts) or UNSET,
                    away=dict[str, str](away_ones.items()) or UNSET,
                )
            case replies.People(room, people, more):
                return answers.People(id=id, room=_given(room), people=list(map(_known, people)), more=more)
            case replies.Departed(departed):
                were = [_person(gone.person, gone=rfc3339(gone.at)) for gone in departed]
                return answers.People(id=id, people=were, more=False)
            case replies.Monitored(usernames, online, offline, refused):
                return answers.Monitored(
                    id=id,
                    usernames=list(usernames),
                    online=[person.username for person in online],
                    offline=list(offline),
                    refused=list(refused) or UNSET,
                )
            case replies.Entries(room, entries, more, before, other):
                of_one = room is not None or other is not None
                return answers.Entries(
                    id=id,
                    room=_given(room),
                    with_=_given(other),
                    entries=[_message(said, **({} if of_one else _placed(said))) for said in entries],
                    more=more if before is None else UNSET,
                    more_before=_given(before),
                    more_after=UNSET if before is None else more,
                )
            case replies.TalkList(talks, more):
                return answers.Talks(id=id, talks=list(map(_talk, talks)), more=more)
            case replies.MarkKept(mark):
                return answers.Ok(id=id, seq=mark.seq if mark else 0, marked_at=rfc3339(mark.at) if mark else UNSET)
            case replies.UnreadList(unread, more):
                return answers.Unread(id=id, unread=list(map(_unread, unread)), more=more)
            case replies.RoomShown(info):
                return answers.Rooms(id=id, rooms=[_room(info)], more=False)
            case core.Rooms(rooms, more):
                return answers.Rooms(id=id, rooms=list(map(_room, rooms)), more=more)
            case replies.Pong():
                return answers.Pong(id=id)
            case replies.SanctionList(_, sanctions, more):
                rows = [sanction_shape(placed.room, placed.sanction) for placed in sanctions]
                return answers.Sanctions(id=id, sanctions=rows, more=more)
            case replies.ReportList(reports, more):
                return answers.Reports(id=id, reports=list(map(report_shape, reports)), more=more)
            case replies.ActList(acts, more):
                return answers.Audit(id=id, audit=list(map(act_shape, acts)), more=more)
            case replies.ConnectionList(connections, more, missing):
                shown = list(map(_connection, connections))
                return answers.Connections(id=id, connections=shown, more=more, missing=list(missing) or UNSET)
            case core.Bye(reason, retry_after, note, until):
                return answers.Bye(
                    id=id, reason=reason, retry_after=_seconds(retry_after), note=note or UNSET, until=_time(until)
                )
        assert_never(reply)


def event_shape(event: core.Event) -> AnyEvent | AnyReply:
    """Return the shape of *event*; some replies come as events too."""
    match event:
        case core.Said(room, seq, message):
            return answers.Said(
                room=room,
                seq=seq,
                at=rfc3339(message.at),
                from_=message.speaker,
                text=message.text,
                action=message.kind == "action" or UNSET,
                notice=message.kind == "notice" or UNSET,
                redacted=not message.text or UNSET,
                re=message.re or UNSET,
            )
        case core.Redacted(room, seq, username, by, number, note):
            return answers.Redacted(room=room, seq=seq, from_=username, by=by, redactions=number, note=note or UNSET)
        case core.Joined(room, username, members, _, role):
            return answers.Joined(room=room, username=username, members=members, role=role or UNSET)
        case core.Left(room, username, members, _, reason, by, note):
            return answers.Left(
                room=room, username=username, members=members, reason=reason, by=by or UNSET, note=note or UNSET
            )
        case core.Removed(room, by, why, note, until):
            return answers.Removed(room=room, by=by, why=why, note=note or UNSET, until=_time(until))
        case core.Muted(room, by, until, reason):
            return answers.Sanctioned(
                kind="mute", room=room or UNSET, by=by, until=_time(until), reason=reason or UNSET
            )
        case core.Unmuted(room, by):
            return answers.Lifted(kind="mute", room=room or UNSET, by=by)
        case core.Reported(room, number, seq, by, reason, other):
            return answers.Reported(
                room=_given(room), with_=_given(other), report=number, seq=seq, by=by, reason=reason
            )
        case core.Appointed(room, username, role, by):
            return answers.Appointed(room=room, username=username, role=role, by=by)
        case core.Configured(room, by, tuning):
            return answers.Configured(
                room=room,
                by=by,
                slow=_given(tuning.slow),
                locked=_given(tuning.locked),
                guests=_given(tuning.guests),
                private=_given(tuning.private),
                invite_only=_given(tuning.invite_only),
                hidden=_given(tuning.hidden),
                topic_locked=_given(tuning.topic_locked),
                keyed=_given(tuning.keyed),
                capacity=_given(tuning.capacity),
            )
        case core.Invited(room, by):
            return answers.Invited(room=room, by=by)
        case core.OtherInvited(room, username, by):
            return answers.OtherInvited(room=room, username=username, by=by)
        case core.Presence(room, members):
            return answers.Presence(room=room, members=members)
        case core.Renamed(room, old, new):
            return answers.Renamed(room=room, from_=old, to=new)
        case core.Called(old, new):
            return answers.Renamed(from_=old, to=new)
        case core.Memberships(rooms):
            return answers.Memberships(rooms=list(rooms))
        case core.Marked(room, seq, at, other):
            return answers.Marked(room=_given(room), with_=_given(other), seq=seq, marked_at=rfc3339(at))
        case core.Missed():
            raise AssertionError("that is for people: programs ask what is unread")
        case core.Described(room, username, person):
            return answers.Profile(
                room=_given(room),
                username=username,
                account=_given(person.account),
                realname=person.realname or UNSET,
                away=_given(person.away),
                bot=person.bot or UNSET,
            )
        case core.Tagged():
            raise AssertionError("frames have no tags")
        case core.Online(people):
            return answers.Online(usernames=[person.username for person in people])
        case core.Offline(usernames):
            return answers.Offline(usernames=list(usernames))
        case core.TopicChanged(room, topic, by):
            return answers.TopicChanged(room=room, topic=topic, by=by)
        case core.Level(room, seq, members, topic):
            return answers.Level(room=room, seq=seq, members=members, topic=topic)
        case core.Gap(room, first, last, kept):
            return answers.Gap(room=room, first=first, last=last, kept=kept)
        case core.Told(speaker, to, at, text, other, told_seq, cid, kind, re):
            return answers.Told(
                from_=speaker,
                to=to,
                at=rfc3339(at),
                text=text,
                with_=_given(other),
                seq=_given(told_seq),
                cid=_given(cid),
                action=kind == "action" or UNSET,
                notice=kind == "notice" or UNSET,
                re=_given(re),
            )
        case core.Confided(room, speaker, to, at, text, kind, role):
            return answers.Told(
                from_=speaker,
                to=to,
                at=rfc3339(at),
                text=text,
                action=kind == "action" or UNSET,
                notice=kind == "notice" or UNSET,
                room=room,
                role=role,
            )
        case core.TakenBack(other, seq, username, note):
            return answers.Redacted(with_=other, seq=seq, from_=username, by=username, note=note or UNSET)
        case core.Deleted(room, by):
            return answers.Deleted(room=room, by=by)
        case core.RoomsChanged(rooms, closed):
            return answers.RoomsChanged(rooms=list(map(_room, rooms)), closed=list(closed))
        case core.Rooms(rooms, more):
            return answers.Rooms(rooms=list(map(_room, rooms)), more=more)
        case core.Slowed(rate):
            return answers.Slowed(rate=_whole(rate))
        case core.Notice(text, by):
            return answers.Notice(text=text, by=by)
        case core.Bye(reason, retry_after, note, until):
            return answers.Bye(reason=reason, retry_after=_seconds(retry_after), note=note or UNSET, until=_time(until))
    assert_never(event)


def _whole(number: float) -> int | float:
    """Return *number* so that a whole one is written without a point."""
    return whole if (whole := int(number)) == number else number


def _seconds(number: float | None) -> int | float | UnsetType:
    return UNSET if number is None else _whole(number)


def _time(milliseconds: int | None) -> str | UnsetType:
    return UNSET if milliseconds is None else rfc3339(milliseconds)


def sanction_shape(room: RoomName | None, sanction: Sanction) -> answers.Sanction:
    """Return the shape of *sanction* in *room*."""
    return answers.Sanction(
        sanction=sanction.number,
        kind=sanction.kind,
        by=sanction.by,
        at=rfc3339(sanction.at),
        room=room or UNSET,
        username=sanction.username or UNSET,
        network=sanction.network or UNSET,
        mask=UNSET if sanction.mask.startswith(OF_ACCOUNT) else sanction.mask or UNSET,
        account=sanction.mask.removeprefix(OF_ACCOUNT) if sanction.mask.startswith(OF_ACCOUNT) else UNSET,
        host=sanction.everybody or UNSET,
        until=_time(sanction.until),
        reason=sanction.reason or UNSET,
    )


def report_shape(report: KeptReport) -> answers.Report:
    """Return the shape of *report*."""
    message, other = report.said.message, other_of(report.said.room)
    return answers.Report(
        report=report.number,
        room=UNSET if other else report.said.room,
        with_=_given(other),
        seq=report.said.seq,
        from_=message.speaker,
        by=report.by,
        at=rfc3339(report.at),
        reason=report.reason,
        said=rfc3339(message.at),
        text=message.text,
        action=message.kind == "action" or UNSET,
        notice=message.kind == "notice" or UNSET,
        re=message.re or UNSET,
        context=list(map(_message, report.context)),
        resolved=_time(report.resolved),
        resolver=report.resolver or UNSET,
        note=report.note or UNSET,
    )


def _mute(muted: core.Muted) -> answers.Mute:
    return answers.Mute(by=muted.by, until=_time(muted.until), reason=muted.reason or UNSET)


def _account(info: replies.AccountInfo) -> answers.AccountInfo:
    return answers.AccountInfo(
        account=info.account, role=info.role, created=rfc3339(info.created), seen=rfc3339(info.seen)
    )


def _device(info: replies.DeviceInfo) -> answers.Device:
    return answers.Device(
        device=info.device,
        kind=info.kind,
        created=rfc3339(info.created),
        seen=rfc3339(info.seen),
        current=info.current,
        door=info.door,
        host=info.host,
        client=info.client or UNSET,
    )


def _known(known: Known) -> answers.Person:
    return _person(
        known.person,
        operator=known.operator or UNSET,
        since=rfc3339(known.since) if known.since else UNSET,
        held=known.held or UNSET,
        secure=known.secure or UNSET,
        role=known.role or UNSET,
        rooms=[answers.PersonsRoom(room=room, role=role or UNSET) for room, role in known.rooms] or UNSET,
    )


class _More(TypedDict, total=False):
    """What is known of a person beside who they are."""

    operator: bool | UnsetType
    since: str | UnsetType
    gone: str | UnsetType
    held: bool | UnsetType
    secure: bool | UnsetType
    role: str | UnsetType
    rooms: list[answers.PersonsRoom] | UnsetType


def _person(person: Person, **more: Unpack[_More]) -> answers.Person:
    return answers.Person(
        username=person.username,
        host=person.host,
        account=_given(person.account),
        realname=person.realname or UNSET,
        away=_given(person.away),
        bot=person.bot or UNSET,
        **more,
    )


def _given(value: T | None) -> T | UnsetType:
    return UNSET if value is None else value


class _Placed(TypedDict, total=False):
    """Where a message is, if not all are in one place."""

    room: str
    with_: str


def _placed(said: core.Said) -> _Placed:
    return {"room": said.room} if said.other is None else {"with_": said.other}


def _message(said: core.Said, **where: Unpack[_Placed]) -> answers.Message:
    message = said.message
    return answers.Message(
        **where,
        seq=said.seq,
        at=rfc3339(message.at),
        from_=message.speaker,
        text=message.text,
        action=message.kind == "action" or UNSET,
        notice=message.kind == "notice" or UNSET,
        redacted=not message.text or UNSET,
        re=message.re or UNSET,
    )


def _unread(row: Unread) -> answers.UnreadPlace:
    message = row.newest.message
    return answers.UnreadPlace(
        **_placed(row.newest),
        seq=row.newest.seq,
        at=rfc3339(message.at),
        from_=message.speaker,
        text=message.text,
        action=message.kind == "action" or UNSET,
        notice=message.kind == "notice" or UNSET,
        redacted=not message.text or UNSET,
        first=row.first,
        mention=_message(row.mention) if row.mention else UNSET,
        marked=row.marked,
        unread=row.unread,
        mentions=row.mentions,
    )


def _talk(info: replies.TalkInfo) -> answers.Talk:
    message = info.message
    return answers.Talk(
        with_=info.other,
        seq=info.seq,
        at=rfc3339(message.at),
        from_=message.speaker,
        text=message.text,
        action=message.kind == "action" or UNSET,
        notice=message.kind == "notice" or UNSET,
        redacted=not message.text or UNSET,
        gone=info.gone or UNSET,
        re=message.re or UNSET,
        marked=info.marked,
        unread=info.unread,
    )


def act_shape(act: Act) -> answers.Act:
    """Return the shape of *act*."""
    tuning = act.tuning or Tuning()
    return answers.Act(
        entry=act.number,
        at=rfc3339(act.at),
        by=act.by,
        action=act.action,
        room=act.room or UNSET,
        username=act.username or UNSET,
        host=act.everybody or UNSET,
        connection=_given(act.connection),
        network=act.network or UNSET,
        mask=act.mask or UNSET,
        seq=_given(act.seq),
        until=_time(act.until),
        reason=act.reason or UNSET,
        role=act.role or UNSET,
        account=act.account or UNSET,
        slow=_given(tuning.slow),
        locked=_given(tuning.locked),
        guests=_given(tuning.guests),
        private=_given(tuning.private),
        invite_only=_given(tuning.invite_only),
        hidden=_given(tuning.hidden),
        topic_locked=_given(tuning.topic_locked),
        keyed=_given(tuning.keyed),
        capacity=_given(tuning.capacity),
    )


def _connection(info: replies.ConnectionInfo) -> answers.ConnectionInfo:
    return answers.ConnectionInfo(
        connection=info.connection,
        peer=info.peer,
        door=info.door,
        since=rfc3339(info.since),
        rooms=list(info.rooms),
        behind=info.behind,
        waiting=info.waiting,
        username=info.username or UNSET,
        account=info.account or UNSET,
        device=_given(info.device),
        node=info.node or UNSET,
    )


def _room(info: core.RoomInfo) -> answers.RoomInfo:
    how = tuned(info.settings)
    return answers.RoomInfo(
        room=info.room,
        topic=info.topic,
        members=info.members,
        capacity=info.capacity,
        port=_given(info.port),
        slow=_given(how.slow),
        locked=_given(how.locked),
        guests=_given(how.guests),
        private=_given(how.private),
        invite_only=_given(how.invite_only),
        hidden=_given(how.hidden),
        topic_locked=_given(how.topic_locked),
        keyed=_given(how.keyed),
    )
