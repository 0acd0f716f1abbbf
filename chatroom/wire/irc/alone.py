"""What happens to one connection alone, as lines."""

from __future__ import annotations

from collections.abc import Sequence

from chatroom.core.values.events import (
    Bye,
    Called,
    Confided,
    Deleted,
    Described,
    Event,
    Gap,
    Invited,
    Level,
    Marked,
    Message,
    Notice,
    Offline,
    Online,
    Removed,
    Slowed,
    Tagged,
    TakenBack,
    Told,
)
from chatroom.core.values.names import key
from chatroom.wire.irc import caps, monitoring, rooms
from chatroom.wire.irc.channels import PREFIXES, channel
from chatroom.wire.irc.events import Formatter
from chatroom.wire.irc.lines import formatted, tagged
from chatroom.wire.irc.session import IRCVisit
from chatroom.wire.irc.speech import msgid


def for_one(session: IRCVisit, formatter: Formatter, event: Event) -> Sequence[str]:
    """Return the lines of *event*, which is for one connection alone, and note what it means to that."""
    me = session.nick
    match event:
        case Told():
            epoch = session.server.talk_epoch(me, event.other) if event.other else ""
            identity = "" if event.seq is None else msgid(epoch, event.seq)
            if not identity:
                identity = session.identity(event.speaker, event.to, event.at, event.text)
                other = event.to if event.speaker == me else event.speaker
                session.told(other, Message(event.speaker, event.text, event.at, event.kind), identity)
            return formatter.told(event, identity)
        case Confided(room, speaker, _, at, text, _, role):
            return formatter.confided(event, session.identity(speaker, PREFIXES[role] + channel(room), at, text))
        case Called(_, new):
            if new == me:
                return []
            session.called(new)
            return formatter.lines(event)
        case Removed(room, by, _, note):
            session.left(room)
            return [f":{session.source(by)} KICK {channel(room)} {me} :{note or by}"]
        case Deleted(room, by):
            session.left(room)
            return [f":{session.server.name} KICK {channel(room)} {me} :The room was deleted by {by}"]
        case Invited(room, by):
            session.invited[key(room)] = room
            return [tagged(formatter.account_of(by), f":{session.source(by)} INVITE {me} {channel(room)}")]
        case Online(some):
            return monitoring.online(session, some)
        case Offline(names):
            return monitoring.offline(session, names)
        case Notice(text, by):
            if "w" not in session.modes:
                return []
            return [f":{session.source(by)} WALLOPS :{line}" for line in text.split("\n")]
        case Bye():
            return farewell(session, event)
        case Level(room):
            session.behind.pop(key(room), None)
            session.arriving.discard(key(room))
            # While it was behind it was shown only what was said.
            session.labels.release(key(room))
            if key(room) in session.stale:
                session.stale.discard(key(room))
                session.further += rooms.anew(room)
            return []
        case Gap(room, first, last):
            own = session.own.get(room, {})
            for seq in [seq for seq in own if first <= seq <= last]:
                del own[seq]
            return formatter.lines(event)
        case Slowed() if not session.is_news_that_it_waits():
            return []
        case Slowed(rate) if not session.has(caps.STANDARD_REPLIES):
            return [session.notice(f"What you send waits, and is taken at {rate:g} a second; nothing is lost.")]
        case TakenBack(other, seq, name, note):
            epoch = session.server.talk_epoch(me, other)
            if not session.has(caps.REDACTION) or not epoch:
                return []
            target = other if name == me else me
            words = [target, msgid(epoch, seq), *([note] if note else [])]
            return [formatted(f":{session.source(name)}", "REDACT", *words)]
        case Marked(None, _, at, str(other)) if session.has(caps.READ_MARKER):
            return [session.marked(other, at)]
        case Marked(str(room), _, at) if session.has(caps.READ_MARKER):
            return [session.marked(channel(room), at)]
        case Marked():
            return []
        case Tagged(None, name, tags) if name != me:
            return formatter.tagged(me, name, tags)
        case Described(None, name, person, what, serial):
            if name != me and (not session.has(caps.EXTENDED_MONITOR) or session.is_repeated(serial)):
                return []
            return formatter.described(person, what)
    return formatter.lines(event)


def farewell(session: IRCVisit, bye: Bye) -> Sequence[str]:
    """Return the last line."""
    why = {"quit": "Quit", "stopping": "The server stops", "silent": "Ping timeout"}.get(bye.reason, bye.reason)
    return [f"ERROR :Closing link: {session.target} ({why}{': ' * bool(bye.note)}{bye.note})"]
