"""One connection to the server: bytes become frames."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import msgspec
from twisted.internet import error
from twisted.internet.interfaces import IReactorTime, ITCPTransport
from twisted.internet.protocol import Protocol, connectionDone
from twisted.python.failure import Failure
from typing_extensions import override

from chatroom.client.pulse import Pulse
from chatroom.core.texts import harmless
from chatroom.wire import answers, requests

MAX_LINE = 196_608
"""Bytes in the longest line that a server sends."""

PING = "heartbeat"
"""The id of the pings that a link sends by itself."""

MAX_REQUEST = 32_700
"""Bytes in the longest request that a server takes, but for the id."""

_FAREWELLS = {
    "stopping": "the server is stopping",
    "silent": "the server has heard nothing of us",
    "stalled": "we have read too slowly",
    "too-many-tries": "too many names were refused",
    "replaced": "this session has come by another connection",
}

_REASONS: dict[type[Exception], str] = {
    error.ConnectionDone: "the server closed the connection",
    error.ConnectionLost: "the connection broke",
    error.ConnectionRefusedError: "nothing listens on this port",
    error.DNSLookupError: "no machine has this name",
    error.TimeoutError: "no answer",
}

_read = msgspec.json.Decoder(answers.AnyReply | answers.AnyEvent).decode
_write = msgspec.json.Encoder().encode


class Link(Protocol):
    """A connection that tells when it is *made*, what is *heard*, and why it was *lost*; junk is skipped.

    Every *heartbeat* seconds it asks for a sign of life; a server that is silent for twice that is given up.
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
        self._heard_at = clock.seconds()
        self._clock = clock
        self._heartbeat = heartbeat
        self._pulse: Pulse
        self._made = made
        self._heard = heard
        self._lost = lost
        self._rest = b""
        self._deaf = False

    @property
    def lag(self) -> float | None:
        """How many seconds the server took to answer the last ping, or takes already to answer this one."""
        return self._pulse.lag

    def send(self, request: requests.AnyRequest) -> None:
        """Send *request*."""
        if isinstance(request, requests.Login | requests.Ping):
            self._pulse.asked(request.id)
        self._tcp.write(_write(request) + b"\n")

    def finish(self) -> None:
        """Close when everything has been sent."""
        self._tcp.loseConnection()

    def drop(self, reason: str | None = None) -> None:
        """Hear nothing more, and close at once, for this *reason*."""
        self._deaf = True
        self._rest = b""
        self._pulse.stop()
        self.reason = reason or self.reason
        self._tcp.abortConnection()

    @override
    def connectionMade(self) -> None:
        self._pulse = Pulse(
            self._clock, self._heartbeat, ping=self._ping, heard_at=lambda: self._heard_at, silent=self._silent
        )
        self._made(self)

    @override
    def dataReceived(self, data: bytes) -> None:
        self._heard_at = self._clock.seconds()
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in [*lines, self._rest]:
            if not self._deaf and len(line) > MAX_LINE:
                self.drop("the server sent a line that is too long")
        for line in lines:
            if self._deaf:
                return
            self._take(line)

    @override
    def connectionLost(self, reason: Failure = connectionDone) -> None:
        self._deaf = True
        self._pulse.stop()
        self._lost(self, self.reason or why(reason))

    @property
    def _tcp(self) -> ITCPTransport:
        return cast(ITCPTransport, self.transport)

    def _ping(self) -> None:
        # Whoever has no name yet gets an error, which is a sign of life as well.
        self.send(requests.Ping(id=PING))

    def _silent(self) -> None:
        self.drop(f"the server has been silent for {2 * self._heartbeat:g} s")

    def _take(self, line: bytes) -> None:
        if not line.startswith(b"{"):
            # A server that has no place for us says so in a line for people.
            if line.startswith(b"! "):
                self.reason = sentence(line[2:].decode(errors="replace"))
            return
        try:
            frame = _read(line)
        except (ValueError, RecursionError):
            return
        if isinstance(frame, answers.Ping):
            self.send(requests.Pong())
        elif isinstance(frame, answers.Answer):
            self._pulse.answered(frame.id)
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


def why(failure: Failure) -> str:
    """Say for a person why a connection was lost, or could not be made."""
    known = failure.check(*_REASONS)
    if known:
        return _REASONS[known]
    # These two come from libraries that are there only where there is TLS.
    match getattr(failure.value, "args", ()):
        case [[(str(), str(), str(reason)), *_]]:
            return sentence(f"TLS: {reason}")
    if type(failure.value).__name__ == "VerificationError":
        return "TLS: its certificate is for another name"
    return sentence(failure.getErrorMessage())


def sentence(text: str) -> str:
    """Return any *text* as a line that is harmless and not too long."""
    return " ".join(harmless(text).split())[:200]


def farewell(bye: answers.Bye) -> str:
    """Say for a person why the server closes."""
    return _FAREWELLS.get(bye.reason) or sentence(f"the server said good-bye: {bye.reason}")
