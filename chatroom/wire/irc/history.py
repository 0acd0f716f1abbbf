"""CHATHISTORY: pages of what was said before."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

from chatroom.core.values.commands import History, Request, ShowRoom, Talks
from chatroom.core.values.events import Said
from chatroom.core.values.names import key
from chatroom.core.values.replies import Entries, Refused, Reply, TalkList
from chatroom.wire.irc.channels import channel
from chatroom.wire.irc.labels import LabeledResponse
from chatroom.wire.irc.lines import Line
from chatroom.wire.irc.places import ANY, MessageTarget, Wrong, limit_of, place_of
from chatroom.wire.irc.registration import Requests, local
from chatroom.wire.irc.requests import request
from chatroom.wire.irc.session import IRCVisit
from chatroom.wire.irc.speech import Speech, msgid, read_msgid
from chatroom.wire.timestamps import milliseconds, rfc3339

CHATHISTORY = "CHATHISTORY"


class Reference(NamedTuple):
    """A message by its number, or a moment."""

    seq: int | None = None
    at: int | None = None

    def is_before(self, other: Reference) -> bool:
        """Return whether it is earlier than an *other* of its kind."""
        return (self.seq or 0, self.at or 0) <= (other.seq or 0, other.at or 0)

    def is_passed(self, said: Said) -> bool:
        """Return whether *said* is later."""
        return said.seq > self.seq if self.seq is not None else said.message.at > (self.at or 0)

    def is_not_reached(self, said: Said) -> bool:
        """Return whether *said* is earlier."""
        return said.seq < self.seq if self.seq is not None else said.message.at < (self.at or 0)


class OtherLog(Exception):
    """A message of another log than that of the room at *place*, if there is one."""

    def __init__(self, place: MessageTarget) -> None:
        super().__init__(place)
        self.place = place


def chathistory(session: IRCVisit, line: Line, call: LabeledResponse) -> Requests:
    """Read a page of what was said."""
    words = list(line.params)
    kind = words[0].upper()
    try:
        read = _KINDS.get(kind)
        if read is None:
            raise Wrong("INVALID_PARAMS", "LATEST, BEFORE, AFTER, AROUND, BETWEEN and TARGETS are what there is")
        return read(session, line, call, words[1:])
    except Wrong as error:
        context = [kind, words[1]] if error.code == "INVALID_TARGET" and len(words) > 1 else [kind]
        return local(call, line, session.fail(CHATHISTORY, error.code, *context, error.sentence))
    except OtherLog as error:
        place = error.place
        assert place.room is not None, "a talk has but one"
        # Whether there is such a room is for those to know who may.
        return (request(call, line, ShowRoom(place.room), partial(_of_another_log, line, place)),)


def _of_another_log(line: Line, place: MessageTarget, session: IRCVisit, reply: Reply) -> Sequence[str]:
    if isinstance(reply, Refused):
        return _not_read(session, line, place, reply)
    return [session.fail(CHATHISTORY, "MESSAGE_ERROR", line.params[0].upper(), "That message is of another log")]


def _latest(session: IRCVisit, line: Line, call: LabeledResponse, words: Sequence[str]) -> Requests:
    place, [ref], limit = _words(session, words, 1)
    history = History(place.room, limit=limit, other=place.other)
    if place.other is not None and ref is None:
        return (_page(session, call, line, place, history, live=limit),)
    return (_page(session, call, line, place, history, _later_than(ref)),)


def _before(session: IRCVisit, line: Line, call: LabeledResponse, words: Sequence[str]) -> Requests:
    place, [ref], limit = _words(session, words, 1)
    seq, at = _given(ref)
    history = History(place.room, before=seq, until=at, limit=limit, other=place.other)
    return (_page(session, call, line, place, history),)


def _after(session: IRCVisit, line: Line, call: LabeledResponse, words: Sequence[str]) -> Requests:
    place, [ref], limit = _words(session, words, 1)
    seq, at = _given(ref)
    history = History(place.room, after=seq, since=at, limit=limit, other=place.other)
    return (_page(session, call, line, place, history),)


def _around(session: IRCVisit, line: Line, call: LabeledResponse, words: Sequence[str]) -> Requests:
    place, [ref], limit = _words(session, words, 1)
    seq, at = _given(ref)
    if seq is not None:
        return (_page(session, call, line, place, History(place.room, around=seq, limit=limit, other=place.other)),)
    assert at is not None, "one of both is given"

    def found(session: IRCVisit, reply: Reply) -> Sequence[str]:
        """Go on with the message that is nearest to that moment, at last."""
        if not isinstance(reply, Entries):
            return _not_read(session, line, place, reply)
        around = reply.entries[-1].seq if reply.entries else 1
        history = History(place.room, around=around, limit=limit, other=place.other)
        session.further += (_page(session, call, line, place, history),)
        return []

    return (request(call, line, History(place.room, until=at + 1, limit=1, other=place.other), found),)


def _between(session: IRCVisit, line: Line, call: LabeledResponse, words: Sequence[str]) -> Requests:
    place, [one, other], limit = _words(session, words, 2)
    _given(one), _given(other)
    assert one is not None, "it is given"
    assert other is not None, "likewise"
    (seq, at) = one
    if one.is_before(other):
        history = History(place.room, after=seq, since=at, limit=limit, other=place.other)
        return (_page(session, call, line, place, history, other.is_not_reached),)
    history = History(place.room, before=seq, until=at, limit=limit, other=place.other)
    return (_page(session, call, line, place, history, other.is_passed),)


def _targets(session: IRCVisit, line: Line, call: LabeledResponse, words: Sequence[str]) -> Requests:
    """List where something was said between two moments."""
    if len(words) < 3:
        raise Wrong("NEED_MORE_PARAMS", "TARGETS timestamp=<one> timestamp=<another> <limit>")
    moments = [_moment(word) for word in words[:2]]
    limit = limit_of(words[2])
    since, until = min(moments), max(moments)

    def write(session: IRCVisit, reply: Reply) -> Sequence[str]:
        found = [(session.server.latest(room), channel(room)) for room in session.rooms.values()]
        if isinstance(reply, TalkList):
            found += [(talk.message.at, talk.other) for talk in reply.talks]
        some = sorted((at, target) for at, target in found if since < at < until)[:limit]
        lines = [f":{session.server.name} {CHATHISTORY} TARGETS {target} {rfc3339(at)}" for at, target in some]
        return session.batch("draft/chathistory-targets", lines)

    return (request(call, line, Talks(before=until), write),)


_KINDS: dict[str, Callable[[IRCVisit, Line, LabeledResponse, Sequence[str]], Requests]] = {
    "LATEST": _latest,
    "BEFORE": _before,
    "AFTER": _after,
    "AROUND": _around,
    "BETWEEN": _between,
    "TARGETS": _targets,
}


def _words(
    session: IRCVisit, words: Sequence[str], references: int
) -> tuple[MessageTarget, list[Reference | None], int]:
    if len(words) < references + 2:
        raise Wrong("NEED_MORE_PARAMS", "Say where, from which message on, and how many there may be")
    place = place_of(words[0])
    found = [_reference(session, place, word) for word in words[1 : 1 + references]]
    return place, found, limit_of(words[1 + references])


def _reference(session: IRCVisit, place: MessageTarget, word: str) -> Reference | None:
    if word == ANY:
        return None
    if not word.startswith("msgid="):
        return Reference(at=_moment(word))
    found = read_msgid(word.removeprefix("msgid="))
    if found is None:
        raise Wrong("INVALID_PARAMS", "That is no msgid of this server")
    epoch, seq = found
    if place.room is not None and epoch != session.server.epoch(place.room):
        raise OtherLog(place)
    return Reference(seq=seq)


def _moment(word: str) -> int:
    at = milliseconds(word.removeprefix("timestamp=")) if word.startswith("timestamp=") else None
    if at is None:
        raise Wrong("INVALID_MSGREFTYPE", "A message is msgid=<id> or timestamp=<YYYY-MM-DDThh:mm:ss.sssZ>")
    return at


def _given(reference: Reference | None) -> Reference:
    if reference is None:
        raise Wrong("INVALID_PARAMS", "Say which message: msgid=<id> or timestamp=<time>")
    return reference


def _later_than(reference: Reference | None) -> Callable[[Said], bool] | None:
    return reference.is_passed if reference else None


def _page(
    session: IRCVisit,
    call: LabeledResponse,
    line: Line,
    place: MessageTarget,
    history: History,
    wanted: Callable[[Said], bool] | None = None,
    live: int = 0,
) -> Request:
    """Return the request of a page, of which those messages are shown that are *wanted*.

    Where nothing is kept, the newest are shown that were told *live* over this connection, so many of them at most.
    """
    del session

    def write(session: IRCVisit, reply: Reply) -> Sequence[str]:
        if live and not (isinstance(reply, Entries) and reply.entries):
            return session.batch("chathistory", _live(session, place, live), place.target)
        if not isinstance(reply, Entries):
            return _not_read(session, line, place, reply)
        said = [each for each in reply.entries if wanted is None or wanted(each)]
        return session.batch("chathistory", spoken(session, place, said), place.target)

    return request(call, line, history, write)


def _live(session: IRCVisit, place: MessageTarget, limit: int) -> list[str]:
    """Return the lines of what was told live to or by somebody."""
    assert place.other is not None, "it is about somebody"
    writer, name = Speech(session.server, session.caps), key(place.other)
    told = [each[1:] for each in session.live if each[0] == name][-limit:]
    lines: list[str] = []
    for message, identity, person in told:
        to = session.nick if message.speaker != session.nick else place.other
        lines += writer.spoken(to, message, identity, "", person)
    return lines


def spoken(session: IRCVisit, place: MessageTarget, said: Sequence[Said]) -> list[str]:
    """Return the lines of messages."""
    writer = Speech(session.server, session.caps)
    lines: list[str] = []
    for each in said:
        if not each.message.text:
            continue
        if each.other is None:
            lines += writer.said(each)
        else:
            to = session.nick if each.message.speaker != session.nick else each.other
            epoch = session.server.epoch(each.room)
            lines += writer.spoken(to, each.message, msgid(epoch, each.seq), epoch)
    return lines


def _not_read(session: IRCVisit, line: Line, place: MessageTarget, reply: Reply) -> Sequence[str]:
    assert isinstance(reply, Refused), "or a page"
    code, kind = reply.error.code, line.params[0].upper() if line.params else ANY
    if code in ("not-a-member", "no-such-room", "no-such-user", "password-required", "not-allowed"):
        return [session.fail(line.command, "INVALID_TARGET", kind, place.target, str(reply.error))]
    return [session.fail(line.command, "MESSAGE_ERROR", kind, place.target, str(reply.error))]
