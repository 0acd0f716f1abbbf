"""The web door: HTTP on a port of lines, and the WebSockets that begin there."""

from __future__ import annotations

import typing
from dataclasses import replace
from typing import Literal

from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.interfaces import ISSLTransport
from twisted.logger import Logger
from typing_extensions import override

from chatroom.core.tools.timer_wheel import Deadline
from chatroom.core.values.errors import ChatError
from chatroom.core.values.events import ByeReason, Event
from chatroom.core.values.limits import Limits
from chatroom.core.values.names import RoomName
from chatroom.core.values.replies import ConnectionInfo
from chatroom.fronts.doorway import Entrance
from chatroom.fronts.front import SLICE, Front, FrontShared
from chatroom.fronts.guard.access_log import peer as written
from chatroom.fronts.guard.admission import Host
from chatroom.fronts.guard.admission import host as host_of
from chatroom.fronts.guard.browsers import Browsers
from chatroom.fronts.guarded import Guarded
from chatroom.fronts.irc import IRCServer
from chatroom.wire.dialect import Dialect, DialectName
from chatroom.wire.frames.frames import Frames
from chatroom.wire.frames.web import WebFrames
from chatroom.wire.framing.messages import Messages
from chatroom.wire.http.proxies import Proxies
from chatroom.wire.http.requests import Head, HTTPResponse, Requests, Unreadable, said
from chatroom.wire.http.site import Site, Upgrade
from chatroom.wire.http.tickets import Tickets
from chatroom.wire.irc.messages import WRITES

IDLE = 15.0
"""Seconds for which a connection stays open that has asked for something, and may ask for more."""

MOST_REQUESTS = 100
"""Requests on a connection, after which it is closed; a page asks for far fewer."""

HEARTBEAT = 25.0
"""Seconds of silence to a sign of life: proxies for the web give up a connection that is silent for a minute."""


class WebShared(FrontShared, typing.Protocol):
    """The factory, as far as the web door knows it."""

    browsers: Browsers
    proxies: Proxies
    irc: IRCServer

    def place(self, host: Host | None) -> ChatError | None:
        """Take a place for a connection from *host*, or return why there is none."""


class WebEntrance:
    """The way to *site*, and from there to the chat, where pages speak *frames* and get *tickets*."""

    def __init__(self, shared: WebShared, site: Site, frames: Frames, tickets: Tickets) -> None:
        self.shared = shared
        self.site = site
        self._frames = frames
        self._tickets = tickets
        self.limit(shared.lobby.limits)

    def enter(self, front: Front, start: bytes) -> None:
        """Read *start* as a request."""
        if front.host is not None:
            self.shared.browsers.came(front.host)
        front.hand_over(WebFront(self, front), start)

    def limit(self, limits: Limits) -> None:
        """Let *limits* hold from now on."""
        self.limits = patient(limits)
        self._frames.limit(self.limits)

    def dialect(self, upgrade: Upgrade) -> Dialect:
        """Return the dialect of a page that has come by *upgrade*, or of an IRC client inside of one."""
        if upgrade.protocol:
            return self.shared.irc.dialect(WRITES[upgrade.protocol])
        return WebFrames(self._frames, upgrade.secret, upgrade.device, self._tickets.issue)


def patient(limits: Limits) -> Limits:
    """Return *limits* as they are by this door."""
    return replace(limits, heartbeat=min(limits.heartbeat, HEARTBEAT))


class WebFront(Guarded):
    """A connection of HTTP: it goes on with what *front* has begun, as *web* says."""

    log = Logger()

    _shared: WebShared

    def __init__(self, web: WebEntrance, front: Front) -> None:
        super().__init__(web.shared, host=front.host, peer=front.peer, access=front.access)
        self._web = web
        self._room = front.room
        self._requests = Requests()
        self._answered = 0
        self._queued = False
        self._why = "finished"
        self._deadline: Deadline | None = None

    @property
    @override
    def state(self) -> tuple[str, str]:
        """The labels of its state, which is that of a visitor without a name."""
        return "closing" if self._closing else "username", "web"

    @property
    @override
    def username(self) -> str:
        """Nothing: who asks for pages has no name."""
        return ""

    @property
    @override
    def ping(self) -> bytes:
        """Nothing: HTTP has no such thing."""
        return b""

    @override
    def info(self, now: int) -> ConnectionInfo:
        """Return what an operator is shown of it *now*."""
        began = now - int(self.access.seconds * 1000)
        return ConnectionInfo(self.access.number, self.peer, "web", began, (), 0, self.outbox.waiting, None)

    @override
    def notify(self, event: Event) -> None:
        """Do nothing: there is nobody to show it to."""

    @override
    def hang_up(self, reason: ByeReason, note: str = "") -> None:
        """Close."""
        self.close(reason)

    @override
    def stop(self) -> None:
        """Close: the server stops."""
        self.close("stopping")

    @override
    def take_no_more(self) -> bytes:
        """Say nothing more."""
        return b""

    @override
    def when_over(self, action: typing.Callable[[], None]) -> None:
        """Call *action* now: no seat is held for it."""
        if self._deadline:
            self._deadline.cancel()
        action()

    @override
    def connectionMade(self) -> None:
        """Wait for the first request, until a deadline."""
        super().connectionMade()
        self._expect(self._shared.lobby.limits.first_line_timeout)

    @override
    def dataReceived(self, data: bytes) -> None:
        """Answer what is asked."""
        self.reads += 1
        if self._closing:
            self._closing.heard()
        else:
            self._requests.feed(data)
            self._go_on()

    @override
    def readConnectionLost(self) -> None:
        """Close: half a request is none."""
        super().readConnectionLost()
        if not self._closing and not self._queued and not self.outbox.busy:
            self.close("finished")

    @override
    def drained(self) -> None:
        """Go on with what waited."""
        if not self._closing:
            self._go_on()

    def _go_on(self) -> None:
        """Answer the requests that wait, as many as the browser takes and as a turn may have."""
        seconds = self._shared.wheel.seconds
        until = seconds() + SLICE
        while not self._closing and not self.outbox.busy:
            if seconds() > until:
                if not self._queued:
                    self._queued = True
                    self._shared.run_queue.add(self._go_on_now)
                break
            try:
                head = self._requests.pop()
            except Unreadable as error:
                self._send(error.answer)
                return
            if head is None:
                break
            if not self._answer(head):
                return
        if self._closing:
            return
        waits = self._queued or self.outbox.busy
        if self._ended:
            if not waits:
                self.close("finished")
        elif waits != self._paused:
            (self.pauseProducing if waits else self.resumeProducing)()

    def _go_on_now(self) -> None:
        self._queued = False
        if not self._closing:
            self._go_on()

    def _answer(self, head: Head) -> bool:
        """Answer *head*, and tell whether the connection is still one of HTTP."""
        self._answered += 1
        secure = self._is_secure(head)
        answer = self._web.site.answer(head, secure=secure)
        if isinstance(answer, Upgrade):
            return self._upgrade(head, answer, secure=secure)
        if answer.status == 403:
            self.log.info(
                "connection {number} from {peer}: {why}",
                number=self.access.number,
                peer=self.peer,
                why=answer.body.decode().strip(),
            )
        last = answer.last or self._answered >= MOST_REQUESTS
        self._send(answer._replace(last=last), bodiless=head.method == "HEAD")
        return True

    def _send(self, answer: HTTPResponse, *, bodiless: bool = False) -> None:
        now = self._shared.lobby.now() / 1000
        self.outbox.write(self._requests.answer(answer, now, bodiless=bodiless))
        if self._requests.goes_on:
            self._expect(IDLE)
        else:
            self.close("finished")

    def _expect(self, seconds: float) -> None:
        """Close if nothing more is asked within so many *seconds*."""
        if self._deadline:
            self._deadline.cancel()
        self._deadline = self._shared.wheel.call_later(seconds, self._overdue) if seconds else None

    def _overdue(self) -> None:
        self.close("finished" if self._answered else "login-timeout")

    def _is_proxied(self) -> bool:
        """Return whether a proxy that is trusted asks for somebody else."""
        return self._shared.proxies.trusts(self._address)

    @property
    def _address(self) -> str:
        """The address of the other end."""
        return self.peer.rpartition(":")[0].strip("[]")

    def _is_secure(self, head: Head) -> bool:
        """Return whether *head* has come through TLS, here or before the proxy."""
        if ISSLTransport.providedBy(self.transport) or self._web.site.origins.all_secure:
            return True
        return self._is_proxied() and head.get("x-forwarded-proto").lower() == "https"

    def _upgrade(self, head: Head, upgrade: Upgrade, *, secure: bool) -> bool:
        """Let a WebSocket begin, if there is a place for who asks; tell whether the connection is still HTTP."""
        if self._is_proxied() and (error := self._come_from(head.get("x-forwarded-for"))):
            self._send(said(503, f"{error}.", last=True))
            return True
        answer, rest = self._requests.switch(upgrade.fields)
        if self._deadline:
            self._deadline.cancel()
        self.outbox.write(answer)
        dialect = self._web.dialect(upgrade)
        front = MessageFront(self._web, dialect, self, room=self._room, secure=secure)
        self.hand_over(front, rest)
        return False

    def _come_from(self, forwarded_for: str) -> ChatError | None:
        """Give the place of the proxy's connection for one of who asks through it, or return why there is none.

        Where the proxy does not say who, that is itself.
        """
        client = self._shared.proxies.client(forwarded_for)
        where = client or self._address
        address = (IPv6Address if ":" in where else IPv4Address)("TCP", where, 0)
        host = host_of(address)
        admission = self._shared.admission
        # First, for where all are taken it is the one that is needed.
        admission.release(self.host)
        if error := self._shared.place(host):
            admission.take(self.host)
            return error
        self.host = host
        if client is not None:
            self.peer = written(address).rpartition(":")[0]
            self.access.comes_from(self.peer)
        return None


class MessageFront(Front):
    """A connection of messages, which goes on with what *front* has begun, and speaks *dialect*."""

    _shared: WebShared
    _framing: Messages

    def __init__(
        self, web: WebEntrance, dialect: Dialect, front: WebFront, *, room: RoomName | None, secure: bool
    ) -> None:
        framing = Messages(web.shared.lobby.limits.max_line, binary=dialect.name == "irc")
        super().__init__(web.shared, framing, host=front.host, peer=front.peer, room=room, access=front.access)
        self._web = web
        self._dialect = dialect
        self._secure = secure

    @property
    @override
    def dialect(self) -> DialectName | Literal["unknown"]:
        """The name of the dialect."""
        return self._dialect.name

    @property
    @override
    def is_secure(self) -> bool:
        """Whether all that is said goes through TLS, here or before the proxy."""
        return self._secure

    @override
    def make_dialect(self) -> Dialect:
        """Return the dialect."""
        return self._dialect

    @override
    def lineReceived(self, line: bytes) -> None:
        """Hand *line* to the speaker."""
        self._heard = True
        self.speaker().hear(line)

    @override
    def look(self, passed: float) -> None:
        """See whether the peer is alive, somewhat more often than elsewhere."""
        if not self._closing:
            self._keepalive.look(passed, self._web.limits)

    @override
    def _feed(self, data: bytes = b"") -> None:
        """Give *data* to the framing; nothing comes behind the end of a WebSocket."""
        super()._feed(data)
        self._ended |= self._framing.over


_: type[Entrance] = WebEntrance
