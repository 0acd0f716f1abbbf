"""Talk: what is said to rooms and people, in one line or several."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from secrets import token_hex

from chatroom.core.values import texts
from chatroom.core.values.commands import Confide, Local, Request, Say, Tag, Tell
from chatroom.core.values.errors import ChatError, TextInvalid
from chatroom.core.values.events import Confided, Message, MessageKind, Tags
from chatroom.core.values.names import RoomName, Username, key, username
from chatroom.core.values.replies import Kept, Ok, Refused, Reply, Stored
from chatroom.wire.irc import caps
from chatroom.wire.irc.accounts import SERVICE, nickserv
from chatroom.wire.irc.channels import PREFIXES, channel, is_channel, room_of, trusted_in
from chatroom.wire.irc.chanserv import CHANSERV, chanserv
from chatroom.wire.irc.fitting import unformatted
from chatroom.wire.irc.isupport import TARGETS
from chatroom.wire.irc.labels import LabeledResponse
from chatroom.wire.irc.lines import MAX_LINE, Line, is_key
from chatroom.wire.irc.refusals import refused
from chatroom.wire.irc.registration import Requests, answered, local
from chatroom.wire.irc.requests import Asked, Write, request
from chatroom.wire.irc.session import IRCVisit, Multiline
from chatroom.wire.irc.speech import ACTION, PIECES, REPLIES, Speech, msgid, read_msgid

NO_CTCP = "Requests from program to program do not come through here"

FITS = 240
"""Bytes of a text that fit behind the longest source, command and target that there are."""

SERVICES = {SERVICE.lower(): nickserv, CHANSERV.lower(): chanserv}
"""Who is nobody, and what is done that they are asked for."""

MULTILINE = "draft/multiline"
CONCAT = "draft/multiline-concat"


def message(session: IRCVisit, line: Line, call: LabeledResponse) -> Requests:
    """Say something to rooms and people."""
    if not line.params or not line.params[0]:
        return local(call, line, session.numeric("411", f"Say to whom: {line.command} <target> :<text>"))
    if len(line.params) < 2 or not line.params[1]:
        return local(call, line, session.numeric("412", "There is nothing in this text"))
    target, text = line.params[:2]
    tags = client_tags(session, line)
    if "," not in target:
        return said(session, line, call, target, text, tags)
    targets = list(dict.fromkeys(target.split(",")))
    if len(targets) > TARGETS:
        return local(call, line, session.numeric("407", target, f"{TARGETS} targets are the most"))
    return [request for each in targets for request in said(session, line, call, each, text, tags)]


def client_tags(session: IRCVisit, line: Line) -> Tags:
    """Return the tags of *line* that are for its readers, if the client knows what they are."""
    if not line.tags or not session.has(caps.MESSAGE_TAGS):
        return ()
    return texts.tags((name, value) for name, value in line.tags.items() if name.startswith("+") and is_key(name))


def tagmsg(session: IRCVisit, line: Line, call: LabeledResponse) -> Requests:
    """Show tags to rooms and people, without a text."""
    tags = client_tags(session, line)
    if not tags:
        return answered(session, line, call)
    tags += (("msgid", f"t-{token_hex(9)}"),)
    requests: list[Request] = []
    for target in dict.fromkeys(line.params[0].split(",")):
        try:
            command = Tag(room_of(target), tags) if is_channel(target) else Tag(None, tags, username(target))
        except ChatError as error:
            number = "403" if is_channel(target) else "401"
            requests.append(_local(call, line, session.numeric(number, target or "*", str(error))))
        else:
            requests.append(request(call, line, command, _shown(call, line, command)))
    return requests


def _shown(call: LabeledResponse, line: Line, command: Tag) -> Write:
    def write(session: IRCVisit, reply: Reply) -> Sequence[str]:
        if isinstance(reply, Refused):
            return refused(session, Asked(call, line), command, reply.error)
        assert isinstance(reply, Ok)
        target = channel(command.room) if command.room else reply.name
        lines = Speech(session.server, session.caps).tagged(target, session.nick, command.tags)
        if command.to and key(command.to) == session.key:
            session.beside += lines
        return lines if session.has(caps.ECHO_MESSAGE) else []

    return write


def service(name: str) -> Callable[[IRCVisit, Line, LabeledResponse], Requests]:
    """Return what reads the line that is short for a message to the service called *name*."""
    return lambda session, line, call: SERVICES[name](session, line, call, " ".join(line.params))


def said(
    session: IRCVisit, line: Line, call: LabeledResponse, target: str, text: str, tags: Tags, *, in_pieces: bool = False
) -> Sequence[Request]:
    """Return the request that says *text* to *target*, with *tags*; it has come in one line, or *in_pieces*."""
    in_channel = is_channel(target)
    trusted = None if in_channel else trusted_in(target)
    in_room = in_channel or trusted is not None
    if not in_room and (service := SERVICES.get(target.lower())):
        return service(session, line, call, text)
    if 4 * len(text) > FITS and not in_pieces:
        before = f":{session.mask} {line.command} {target} :"
        if len(before.encode()) + len(text.encode()) > MAX_LINE:
            return (_local(call, line, session.numeric("417", "That would not fit into a line; send it in pieces")),)
    kind: MessageKind = "notice" if line.command == "NOTICE" else "text"
    if not text.isprintable():
        if text.startswith(ACTION[0]):
            kind = "action"
            text = text[len(ACTION[0]) :].removesuffix(ACTION[1])
        elif text.startswith("\x01"):
            return _silently(line, call, session.numeric("404", target, NO_CTCP))
        text = unformatted(text)
        if not text.strip("\n"):
            return _silently(line, call, session.numeric("412", "There is nothing in this text"))
    try:
        text = texts.message(text)
    except TextInvalid as error:
        return _silently(line, call, session.numeric("404", target, str(error)))
    except ChatError as error:
        return _silently(line, call, session.numeric("417", str(error)))
    try:
        if trusted:
            role, name = trusted
            confided = Confide(room_of(name), text, kind, role, tags or None)
            return (request(call, line, confided, _confided(call, line, confided)),)
        if in_room:
            room = room_of(target)
            re = replied(session, room, tags) if tags else None
            command = Say(room, text, kind, re=re, tags=_but_reply(tags, re) or None)
            return (request(call, line, command, _stored(call, line, target)),)
        if key(username(target)) == session.key and session.server.person(session.nick).account is None:
            # Only who has an account has notes: nobody else need know of it.
            write = _told(call, line, text, kind, tags)
            to_oneself = Ok(session.nick, at=session.server.now())
            return (request(call, line, Local(None), lambda session, reply: write(session, to_oneself)),)
        return (
            request(
                call, line, Tell(username(target), text, kind, tags=tags or None), _told(call, line, text, kind, tags)
            ),
        )
    except ChatError as error:
        number = "403" if in_room else "401"
        return _silently(line, call, session.numeric(number, target or "*", str(error)))


def replied(session: IRCVisit, room: RoomName, tags: Tags) -> int | None:
    """Return which message of *room* is answered by one with *tags*, if it can be that."""
    given = dict(tags)
    found = read_msgid(next((given[name] for name in REPLIES if name in given), ""))
    return found[1] if found and found[0] == session.server.epoch(room) else None


def _but_reply(tags: Tags, re: int | None) -> Tags:
    """Return *tags* without that which is kept with the message."""
    return tags if re is None else tuple(tag for tag in tags if tag[0] not in REPLIES)


def _local(call: LabeledResponse, line: Line, *lines: str) -> Request:
    [made] = local(call, line, *lines)
    assert isinstance(made, Request)
    return made


def _silently(line: Line, call: LabeledResponse, answer: str) -> Sequence[Request]:
    """Return what answers by an error: nothing, where a program may answer that."""
    return (_local(call, line, *([] if line.command == "NOTICE" else [answer])),)


def _stored(call: LabeledResponse, line: Line, target: str) -> Write:
    def write(session: IRCVisit, reply: Reply) -> Sequence[str]:
        if isinstance(reply, Refused):
            return refused(session, Asked(call, line), Say(RoomName(target[1:]), ""), reply.error)
        assert isinstance(reply, Stored)
        shown, labeled = session.has(caps.ECHO_MESSAGE), call.label is not None
        if shown and labeled:
            # It is answered by being shown, in its place.
            call.left += 1
        if labeled or not shown:
            # What is shown without a label is shown as it is to others.
            session.own.setdefault(reply.room, {})[reply.seq] = call
        return []

    return write


def _told(call: LabeledResponse, line: Line, text: str, kind: MessageKind, tags: Tags) -> Write:
    def write(session: IRCVisit, reply: Reply) -> Sequence[str]:
        if isinstance(reply, Refused):
            return refused(session, Asked(call, line), Tell(Username(line.params[0]), ""), reply.error)
        if isinstance(reply, Kept):
            to, epoch = reply.other, session.server.talk_epoch(session.nick, reply.other)
            identity = msgid(epoch, reply.seq)
        else:
            assert isinstance(reply, Ok)
            to, epoch = Username(reply.name), ""
            identity = session.identity(session.nick, to, reply.at, text)
        shown = Message(session.nick, text, reply.at, kind, tags=tags)
        if not epoch:
            session.told(to, shown, identity)
        lines = Speech(session.server, session.caps).spoken(
            to, shown, identity, epoch, session.server.person(session.nick)
        )
        if key(to) == session.key:
            # They are told it, whether or not they also want to see what they say.
            session.beside += lines
        if reply.away is not None and line.command != "NOTICE" and key(to) != session.key:
            session.beside.append(session.numeric("301", to, reply.away))
        return lines if session.has(caps.ECHO_MESSAGE) else []

    return write


def _confided(call: LabeledResponse, line: Line, command: Confide) -> Write:
    def write(session: IRCVisit, reply: Reply) -> Sequence[str]:
        if isinstance(reply, Refused):
            return refused(session, Asked(call, line), command, reply.error)
        assert isinstance(reply, Ok)
        if not session.has(caps.ECHO_MESSAGE):
            return []
        me = session.nick
        about = command.kind, command.role, command.tags
        confided = Confided(RoomName(reply.name), me, me, reply.at, command.text, *about)
        target = PREFIXES[command.role] + channel(confided.room)
        identity = session.identity(me, target, reply.at, command.text)
        return Speech(session.server, session.caps).confided(confided, identity)

    return write


# Several lines.


def batch(session: IRCVisit, line: Line, call: LabeledResponse) -> Requests:
    """Begin or end a text of several lines."""
    word = line.params[0] if line.params else ""
    reference = word[1:]
    if word.startswith("+") and len(line.params) > 1 and line.params[1] == MULTILINE:
        if len(line.params) < 3 or session.multiline:
            return _invalid(session, line, call, "MULTILINE_INVALID", "One text at a time, each for a target")
        session.multiline = Multiline(reference, line.params[2], client_tags(session, line), call)
        return ()
    if word.startswith("-") and session.multiline and session.multiline.reference == reference:
        done, session.multiline = session.multiline, None
        return _finished(session, line, done)
    return _invalid(session, line, call, "UNKNOWN_TYPE", "There is no such batch here")


def _finished(session: IRCVisit, line: Line, done: Multiline) -> Requests:
    text = "".join(("" if concat or not number else "\n") + each for number, (each, concat) in enumerate(done.lines))
    if not text.strip("\n"):
        return _invalid(session, line, done.call, "MULTILINE_INVALID", "There is nothing in this text")
    spoken = Line(done.command, (done.target, text), {})
    cuts = ((PIECES, ",".join(map(str, _cuts(done)))),) if any(concat for _, concat in done.lines) else ()
    return said(session, spoken, done.call, done.target, text, (*done.tags, *cuts), in_pieces=True)


def _cuts(done: Multiline) -> Iterator[int]:
    """Yield where the lines of a text were cut into pieces."""
    at = 0
    for number, (each, concat) in enumerate(done.lines):
        if concat:
            yield at
        else:
            at += number > 0
        at += len(each)


def more(session: IRCVisit, line: Line, call: LabeledResponse) -> Requests:
    """Take a line of a text of several."""
    text = session.multiline
    assert text is not None, "one has begun"
    concat = CONCAT in line.tags
    session.multiline = None
    if line.tags.get("batch") != text.reference or line.command not in ("PRIVMSG", "NOTICE"):
        return _invalid(session, line, text.call, "MULTILINE_INVALID", "Another line has come in between")
    if len(line.params) < 2 or line.params[0].lower() != text.target.lower() or (concat and not line.params[1]):
        return _invalid(session, line, text.call, "MULTILINE_INVALID", "That line is none of this text")
    if text.command and text.command != line.command:
        return _invalid(session, line, text.call, "MULTILINE_INVALID", "PRIVMSG and NOTICE do not mix")
    text.command = line.command
    text.lines.append((line.params[1], concat))
    text.size += len(line.params[1].encode()) + (not concat)
    if text.size > caps.MULTILINE_BYTES + 1:
        most = str(caps.MULTILINE_BYTES)
        return _invalid(session, line, text.call, "MULTILINE_MAX_BYTES", most, f"{most} bytes are the most")
    if len(text.lines) > caps.MULTILINE_LINES:
        most = str(caps.MULTILINE_LINES)
        return _invalid(session, line, text.call, "MULTILINE_MAX_LINES", most, f"{most} lines are the most")
    session.multiline = text
    return ()


def _invalid(session: IRCVisit, line: Line, call: LabeledResponse, code: str, *words: str) -> Requests:
    return local(call, line, session.fail("BATCH", code, *words))
