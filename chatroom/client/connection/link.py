"""One connection to the server: bytes become frames."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import msgspec
from msgspec import UNSET
from twisted.internet.interfaces import (
    IConsumer,
    IHandshakeListener,
    IPushProducer,
    IReactorTime,
    ISSLTransport,
    ITCPTransport,
)
from twisted.internet.protocol import Protocol, connectionDone
from twisted.python.failure import Failure
from typing_extensions import override
from zope.interface import implementer

from chatroom.client.connection.bounds import SHORT, bounded
from chatroom.client.connection.heartbeat import Heartbeat
from chatroom.client.reasons import NO_TLS, NO_WORD, clause, may_pass, sentence, stranger, why
from chatroom.wire.frames import answers, requests

MAX_LINE = 196_608
"""Bytes in the longest line that a server sends."""

PING = "heartbeat"
"""The id of the pings that a link sends by itself."""

MAX_REQUEST = 32_700
"""Bytes in the longest request that a server takes, but for the id."""

_BANNED = b"! banned: "
"""The beginning of the line for those who come from where nobody is let in."""

_OURS = (b"{", b"* ", b"! ")
"""The beginnings of the lines that a chatroom says before it knows whom it talks to."""

_read = msgspec.json.Decoder(answers.AnyReply | answers.AnyEvent).decode
_write = msgspec.json.Encoder().encode


@implementer(IPushProducer, IHandshakeListener)
class Link(Protocol):
    """A connection that tells when it is *made*, what is *heard*, and why it was *lost*; junk is skipped.

    Every *heartbeat* seconds it asks for a sign of life; a server that is silent for twice that, or says no frame in
    that time, is given up, and one that begins with what no chatroom says at once. *in_vain* says whether another
    connection there is of no use, *banned* whether nobody is let in who comes from here.
    """

    def __init__(
        self,
        clock: IReactorTime,
        heartbeat: float,
        *,
        made: Callable[[Link], None],
        heard: Callable[[Link, answers.AnyReply | answers.AnyEvent], None],
        lost: Callable[[Link, str], None],
    ) -> None:
        self.reason: str | None = None
        self.in_vain = False
        self.banned = False
        self._heard_at = clock.seconds()
        self._clock = clock
        self._every = heartbeat
        self._heartbeat: Heartbeat
        self._made = made
        self._heard = heard
        self._lost = lost
        self._rest = b""
        self._deaf = False
        self._full = False
        self._secured = False
        # What a server said before its first frame, for which it may be something else; None from then on.
        self._strange: bytes | None = b""

    @property
    def lag(self) -> float | None:
        """Seconds that the server took to answer the last ping, or takes already to answer this one."""
        return self._heartbeat.lag

    @property
    def silence(self) -> float:
        """Seconds without a byte from a server that was asked something."""
        return self._heartbeat.silence

    def send(self, request: requests.AnyRequest) -> None:
        """Send *request*."""
        if request.id is not UNSET:
            self._heartbeat.asked(request.id, measured=isinstance(request, requests.Login | requests.Ping))
        self._tcp.write(_write(request) + b"\n")

    def finish(self) -> None:
        """Close when everything has been sent."""
        # TLS would wait for the last word of the one who is told whether there is room.
        cast(IConsumer, self.transport).unregisterProducer()
        self._tcp.loseConnection()

    def drop(self, reason: str | None = None) -> None:
        """Hear nothing more, and close at once, for this *reason*."""
        self._deaf = True
        self._rest = b""
        self._heartbeat.stop()
        self.reason = reason or self.reason
        self._tcp.abortConnection()

    def pauseProducing(self) -> None:  # noqa: N802
        """Know that much waits to be sent."""
        self._full = True

    def resumeProducing(self) -> None:  # noqa: N802
        """Know that there is room again."""
        self._full = False

    def stopProducing(self) -> None:  # noqa: N802
        """Know that nothing more will be sent."""

    @override
    def connectionMade(self) -> None:
        cast(IConsumer, self.transport).registerProducer(self, True)
        self._heartbeat = Heartbeat(
            self._clock, self._every, ping=self._ping, heard_at=lambda: self._heard_at, silent=self._silent
        )
        self._made(self)

    def handshakeCompleted(self) -> None:  # noqa: N802
        """Know that there is TLS from here on."""
        self._secured = True

    @override
    def dataReceived(self, data: bytes) -> None:
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in [*lines, self._rest]:
            if not self._deaf and len(line) > MAX_LINE:
                self._judge(line)
                self.drop(self.reason or "the server sent a line that is too long")
        for line in lines:
            if self._deaf:
                return
            self._take(line)
        # Before it has said a frame it may be anybody, who could hold us by a byte now and then.
        if self._strange is None:
            self._heard_at = self._clock.seconds()

    @override
    def connectionLost(self, reason: Failure = connectionDone) -> None:
        if not self._deaf:
            self._judge(self._said)
        self._deaf = True
        self._heartbeat.stop()
        self.in_vain |= not may_pass(reason)
        if not (self.reason or self.in_vain):
            if ISSLTransport.providedBy(self.transport) and not self._secured:
                self.reason, self.in_vain = NO_TLS, True
            elif self._strange == b"" and not self._rest:
                self.reason = NO_WORD
        self._lost(self, self.reason or why(reason))

    @property
    def _tcp(self) -> ITCPTransport:
        return cast(ITCPTransport, self.transport)

    @property
    def _said(self) -> bytes | None:
        """What the server said that is no frame; the beginning of what a chatroom may say does not count."""
        return self._strange or (None if self._rest.startswith(_OURS) else self._rest)

    def _ping(self) -> None:
        # Whoever has no name yet gets an error, which is a sign of life as well.
        self.send(requests.Ping(id=PING))

    def _silent(self) -> None:
        self._judge(self._said)
        self.drop(self.reason or f"no answer for {2 * self._every:g} s")

    def _judge(self, said: bytes | None) -> None:
        """Know what *said* this before any frame, if that is no chatroom."""
        if self._strange is not None and said and not self.reason and (reason := stranger(said)):
            self.reason, self.in_vain = reason, True

    def _take(self, line: bytes) -> None:
        if not line.startswith(b"{"):
            # A server that has no place for us says so in a line for people.
            if line.startswith(_BANNED):
                self.reason = clause(line.removeprefix(_BANNED).decode(errors="replace"))
                self.banned = self.in_vain = True
            elif line.startswith(b"! "):
                self.reason = sentence(line[2:].decode(errors="replace"))
            elif self._strange is not None:
                self._judge(line)
                if self.in_vain:
                    self.drop()
            return
        try:
            frame = _read(line)
        except (ValueError, RecursionError):
            self._strange = self._strange or (line if self._strange is not None else None)
            return
        self._strange = None
        if len(line) > SHORT:
            frame = bounded(frame)
        if isinstance(frame, answers.Ping):
            # A server that takes nothing has had signs of life enough; what waits for it must not grow.
            if not self._full:
                self.send(requests.Pong())
        elif isinstance(frame, answers.ReplyFrame):
            self._heartbeat.answered(frame.id)
        self._heard(self, frame)


def objection(request: requests.AnyRequest) -> answers.Error | None:
    """Return the error that *request* would get if it could be sent: a line that is too long would end all."""
    try:
        size = len(_write(request))
    except UnicodeEncodeError:
        return answers.Error(code="text-invalid", message="This holds what is no character.")
    if size > MAX_REQUEST:
        return answers.Error(code="text-too-long", message="This is too long.")
    return None
