"""The IRC dialect on one connection."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from chatroom.core.values.batch import Batch
from chatroom.core.values.commands import Join, Leave, Ping, Request
from chatroom.core.values.events import (
    Appointed,
    Bye,
    Configured,
    Described,
    Event,
    Joined,
    Left,
    Redacted,
    Renamed,
    Said,
    TopicChanged,
)
from chatroom.core.values.names import RoomName, key
from chatroom.core.values.replies import Entered, Refused, Reply, RoomShown
from chatroom.wire.dialect import Dialect, DialectName, Misread, Standpoint
from chatroom.wire.irc import caps, rooms
from chatroom.wire.irc.alone import farewell, for_one
from chatroom.wire.irc.channels import channel
from chatroom.wire.irc.commands import requests
from chatroom.wire.irc.events import Formatter, Writers
from chatroom.wire.irc.labels import LabeledResponse
from chatroom.wire.irc.lines import Line, LineTooBig, NotUTF8, dated, escaped, parsed, tagged
from chatroom.wire.irc.refusals import refused
from chatroom.wire.irc.registration import local
from chatroom.wire.irc.requests import Asked
from chatroom.wire.irc.server import ServerFacts
from chatroom.wire.irc.session import IRCVisit
from chatroom.wire.timestamps import rfc3339

OFTEN = 2_000
"""Milliseconds between two questions whether what was written has come, to who is known again."""

HISTORY = "chathistory"
"""The kind of a batch of what was said before."""


class IRC:
    """IRC on one connection to *server*, which shares its *writers* with all others."""

    __slots__ = ("_session", "_write", "_writers")

    name: ClassVar[DialectName] = "irc"
    reads: ClassVar[bool] = False
    asks: ClassVar[bool] = False

    def __init__(self, server: ServerFacts, writers: Writers) -> None:
        self._session = IRCVisit(server)
        self._write = writers.write
        self._writers = writers

    @property
    def further(self) -> Sequence[Request]:
        """Requests that follow from what was written."""
        return self._session.further

    @further.setter
    def further(self, further: Sequence[Request]) -> None:
        self._session.further = tuple(further)

    @property
    def _formatter(self) -> Formatter:
        return self._writers[self._session.caps & caps.IN_ROOMS].formatter

    @property
    def tags(self) -> bool:
        """True if what others tag is wanted."""
        return self._session.has(caps.MESSAGE_TAGS)

    @property
    def ping(self) -> bytes:
        """The bytes that ask the client for a sign of life."""
        return self._write([self._session.ask()])

    @property
    def question(self) -> bytes:
        """The bytes that ask the client whether it has got what it was shown since it was asked last."""
        return self._write([self._session.ask()]) if self._session.unasked else b""

    def entry(self, room: RoomName) -> Join:
        """Let a client into *room*."""
        return Join(room, backlog=self._session.server.replay, provisional=True, names=True)

    # What comes.

    def read(self, line: bytes, place: Standpoint) -> Sequence[Request | Misread]:
        """Return what *line* asks for."""
        del place
        session = self._session
        try:
            found = parsed(line.removesuffix(b"\r"))
        except LineTooBig as too_big:
            return self._misread(too_big.command, session.numeric("417", "That line is too long"))
        except NotUTF8 as no_text:
            said = session.fail(no_text.command, "INVALID_UTF8", "Text here is UTF-8, and that line was not")
            return self._misread(no_text.command, said)
        if found is None:
            return ()
        if "o" in session.modes and not session.server.operates((session.renaming or [session.nick])[-1]):
            # The account has lost the role, or its password is another one now; nobody else would tell it.
            session.modes = session.modes.replace("o", "")
            session.beside.append(f":{session.nick} MODE {session.nick} :-o")
        both = caps.LABELED_RESPONSE | caps.BATCH
        label = found.tags.get("label") if session.caps & both == both else None
        return requests(session, found, LabeledResponse(label or None))

    def _misread(self, command: str, answer: str) -> Sequence[Request]:
        return local(LabeledResponse(), Line(command, (), {}), answer)

    # What is answered.

    def reply(self, request: Request, reply: Reply) -> bytes:
        """Write the answer to *request*."""
        asked = request.id if isinstance(request.id, Asked) else None
        if self._session.renaming and (isinstance(reply, Entered | RoomShown) or isinstance(request.command, Leave)):
            # Who is in a room, or has been, goes there by the name that they have now.
            self._session.beside += self._renamed()
        if isinstance(request.command, Ping):
            # All that was caused before is over.
            self._session.labels.release()
        lines = self._dated(self._answer(asked, request, reply))
        if asked is not None and asked.call.label is not None:
            lines = self._gathered(asked.call, lines)
        lines = self._released(lines)
        if beside := self._session.beside:
            self._session.beside = []
            lines = [*self._dated(beside), *lines]
        return self._write(lines) if lines else b""

    def _dated(self, lines: Sequence[str]) -> Sequence[str]:
        """Return *lines* with the time of what they tell, if that is wanted."""
        session = self._session
        if not lines or not session.has(caps.SERVER_TIME):
            return lines
        return dated(f"time={rfc3339(session.server.now())}", lines)

    def _released(self, lines: Sequence[str]) -> Sequence[str]:
        """Return *lines* behind the answers to those that wait for nothing any longer."""
        labels = self._session.labels
        if not labels.released:
            return lines
        calls, labels.released = labels.released, []
        return [*(line for call in calls for line in self._gathered(call, ())), *lines]

    def _renamed(self) -> list[str]:
        """Return the lines that tell the names that it has taken, where no room tells them."""
        session, lines = self._session, list[str]()
        for new, line in zip(tuple(session.renaming), session.renamed(), strict=True):
            call = session.labels.take("NICK", key(new))
            lines += [line] if call is None else self._gathered(call, [line])
        return lines

    def _answer(self, asked: Asked | None, request: Request, reply: Reply) -> Sequence[str]:
        session = self._session
        if isinstance(reply, Bye):
            return farewell(session, reply)
        if asked and asked.write:
            return asked.write(session, reply)
        match reply:
            case Refused(error):
                return refused(session, asked, request.command, error)
            case Entered():
                return rooms.entered(session, reply)
        return []

    def _gathered(self, call: LabeledResponse, lines: Sequence[str]) -> Sequence[str]:
        """Return what may be written now of the answer to a line that has a label."""
        call.lines = [*call.lines, *lines]
        call.left -= 1
        if call.left:
            return []
        return self._labeled(call)

    def _labeled(self, call: LabeledResponse) -> Sequence[str]:
        assert call.label is not None, "it has one"
        session, lines = self._session, call.lines
        label, server = f"label={escaped(call.label)}", session.server.name
        if not lines:
            return [f"@{label} :{server} ACK"]
        if len(lines) == 1:
            return [tagged((label,), lines[0])]
        if _is_batch(lines):
            # It is one already.
            return [tagged((label,), lines[0]), *lines[1:]]
        begin, *others = session.batch("labeled-response", lines)
        return [tagged((label,), begin), *others]

    # What happens in rooms.

    def batch(self, batch: Batch) -> bytes:
        """Write the events of a room, once for all with the same capabilities."""
        session = self._session
        parts, out, talk, last = batch.encoded(self._writers[session.caps & caps.IN_ROOMS])
        if not talk or session.behind:
            out = self._differing(batch.events, parts)
        elif session.own and (own := session.own.get(talk[0].room)):
            out = self._but_own(talk, parts, own)
        if session.is_known and last is not None:
            session.shown[last.room] = last.seq
            session.unasked = True
            if session.server.now() - session.asked_at >= OFTEN:
                out += self._write([session.ask()])
        return out

    def _but_own(self, said: Sequence[Said], parts: Sequence[bytes], own: dict[int, LabeledResponse]) -> bytes:
        """Write what was *said* in a room, some of which is this connection's *own*."""
        out = []
        for each, part in zip(said, parts, strict=True):
            call = own.pop(each.seq, None)
            out.append(part if call is None else self._own(each, call, part))
        return b"".join(out)

    def roster(self, batch: Batch, waiting: int) -> bytes:
        """Write who came and went; whoever takes too little is told anew, when they have taken it."""
        session = self._session
        found = batch.encoded(self._writers[session.caps & caps.IN_ROOMS])
        if found.talk:
            return b""
        if 0 < session.server.outbox < waiting:
            for room in {key(event.room) for event in batch.events if not isinstance(event, Said)}:  # type: ignore[union-attr]
                session.stale.add(room)
                session.renames.pop(room, None)
            return b""
        session.came.clear()
        some = [(event, part) for event, part in zip(batch.events, found.parts, strict=True) if type(event) is not Said]
        return b"".join(self._part(event, part) for event, part in some)

    def _differing(self, events: Sequence[Event], parts: Sequence[bytes]) -> bytes:
        """Write *events* for this connection, for which one of them is another one than for others."""
        self._session.came.clear()
        out: list[bytes] = []
        before: list[Said] = []
        for event, part in zip(events, parts, strict=True):
            if type(event) is Said and event.seq <= self._session.behind.get(key(event.room), 0):
                before.append(event)
                continue
            out.append(self._part(event, part))
        return self._history(before) + b"".join(out)

    def _part(self, event: Event, part: bytes) -> bytes:
        session = self._session
        if session.labels and (call := self._asked_for(event)):
            return self._write(self._gathered(call, self._formatter.lines(event)))
        match event:
            case Said(room, seq):
                call = session.taken(room, seq)
                return part if call is None else self._own(event, call, part)
            case Joined(room, name) if name == session.name_in(room):
                # That is told by the reply.
                session.arriving.discard(key(room))
                return b""
            case Left(room, name) if name == session.name_in(room):
                # So is that, and they have come again since; or who has left has become somebody who is in.
                session.renames.pop(key(room), None)
                return b""
            case Joined(_, name):
                session.came.add(name)
            case Renamed(room, old, new) if session.is_told(room, old, new) or new == session.name_in(room):
                # They know, or came since.
                return b""
            case Renamed(room, old, new) if old == session.name_in(room):
                session.called(new, room)
                call = session.labels.take("NICK", key(new))
                return part if call is None else self._write(self._gathered(call, self._formatter.lines(event)))
            case Renamed(_, old, new, serial):
                if session.is_repeated(serial, old):
                    return b""
                # What happens next under this name is shown, though another room has told it: there it had come before.
                session.came.add(new)
                return part
            case Described(room, name, serial=serial):
                # Of oneself that is told by the reply, or by what is for this connection alone.
                is_own = room is not None and name == session.name_in(room)
                return b"" if session.is_repeated(serial) or is_own else part
            case Left(_, name, serial=serial):
                return b"" if session.is_repeated(serial, name) else part
        return part

    def _asked_for(self, event: Event) -> LabeledResponse | None:
        """Return the line with a label that has made *event* happen, if that is its answer."""
        session = self._session
        match event:
            case TopicChanged(room, _, by):
                what: tuple[str, ...] = "TOPIC", key(room)
            case Appointed(room, by=by) | Configured(room, by):
                what = "MODE", key(room)
            case Left(room, name, by=str(by)):
                what = "KICK", key(room), key(name)
            case Redacted(room, seq, by=by):
                what = "REDACT", key(room), str(seq)
            case _:
                return None
        return session.labels.take(*what) if by == session.name_in(room) else None

    def _own(self, said: Said, call: LabeledResponse, part: bytes) -> bytes:
        """Write a message of this connection's own, if it wants to see that by now."""
        if not self._session.has(caps.ECHO_MESSAGE):
            return b""
        if call.label is None:
            return part
        return self._write(self._gathered(call, self._formatter.said(said)))

    def _history(self, said: Sequence[Said]) -> bytes:
        """Write what was said before the user came."""
        session = self._session
        if not said or session.has(caps.CHATHISTORY) or not session.has(caps.SERVER_TIME):
            return b""
        for each in said:
            session.taken(each.room, each.seq)
        lines = [line for each in said for line in self._formatter.said(each)]
        return self._write(session.batch(HISTORY, lines, channel(said[0].room)))

    # What is for this connection alone.

    def event(self, event: Event) -> bytes:
        """Write *event*."""
        session = self._session
        lines = for_one(session, self._formatter, event)
        if session.renaming and not session.rooms:
            # No room is left that could tell it.
            lines = [*lines, *self._renamed()]
        return self._write(self._dated(self._released(lines)))


def _is_batch(lines: Sequence[str]) -> bool:
    """Return whether *lines* are one batch."""
    first = lines[0].split(" ")
    words = first[1:] if first[0].startswith("@") else first
    return (
        len(words) > 2
        and words[1] == "BATCH"
        and words[2].startswith("+")
        and lines[-1].endswith(f"BATCH -{words[2][1:]}")
    )


_: type[Dialect] = IRC
