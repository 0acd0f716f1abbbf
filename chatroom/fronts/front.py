"""A connection with a visitor: its bytes become lines or messages, as fast as those are taken."""

from __future__ import annotations

import re
import typing
from collections.abc import Callable
from ipaddress import ip_address
from math import inf
from typing import Any, Literal

from twisted.internet.interfaces import ISSLTransport
from typing_extensions import override

from chatroom.core.values.commands import Request
from chatroom.core.values.errors import LineTooLong, LoginTimeout
from chatroom.core.values.events import ByeReason, Ending, Event
from chatroom.core.values.limits import WASTE_BYTES
from chatroom.core.values.names import RoomName, Username
from chatroom.core.values.origin import ConnectionOrigin
from chatroom.core.values.replies import ConnectionInfo, Refused
from chatroom.core.visit.visitor import Visitor
from chatroom.fronts.guard.access_log import Access
from chatroom.fronts.guard.admission import Host
from chatroom.fronts.guarded import Guarded, Shared
from chatroom.fronts.run_queue import RunQueue
from chatroom.fronts.speaker import Exit, Speaker
from chatroom.wire.dialect import Dialect, DialectName
from chatroom.wire.framing.framing import Framing

_PORT = re.compile(r":\d+$")
"""The port of a peer; an address of IPv6 is in brackets."""

SLICE = 0.0005
"""Seconds for which the lines of one visitor are taken before the others have a turn."""


class FrontShared(Shared, typing.Protocol):
    """The factory, as far as all fronts know it."""

    run_queue: RunQueue

    def soon(self, action: Callable[[], None]) -> object:
        """Call *action* in the next turn."""


class Front(Guarded):
    """A connection whose bytes go through a *framing* to a :class:`~chatroom.fronts.speaker.Speaker`.

    Lines that can't be taken yet wait in the framing, and then no more is read: at most one read and one unfinished
    line. A visitor who comes by the port of a *room* is let into it.
    """

    _shared: FrontShared

    def __init__(
        self,
        shared: FrontShared,
        framing: Framing,
        *,
        host: Host | None,
        peer: str,
        room: RoomName | None,
        access: Access | None = None,
    ) -> None:
        super().__init__(shared, host=host, peer=peer, access=access)
        self.room = room
        self._framing = framing
        self._speaker: Speaker | None = None
        self._last_bytes = b""
        self._settled = False
        self._heard = False
        self._taking = False
        self._queued = False
        self._wasteful = False

    @property
    def operator(self) -> Username | None:
        """The name by which the operator acts who speaks here; ``None`` for all others."""
        return None

    @property
    def is_secure(self) -> bool:
        """Whether all that is said goes through TLS."""
        return ISSLTransport.providedBy(self.transport)

    # A front for a kind of lines or messages says these.

    @property
    def dialect(self) -> DialectName | Literal["unknown"]:
        """The name of the dialect, or that it is not known yet."""
        raise NotImplementedError

    def make_dialect(self) -> Dialect:
        """Return the dialect of this connection; a peer that has not shown theirs is taken for a person."""
        raise NotImplementedError

    def settle(self, data: bytes, *, ended: bool = False) -> bytes:
        """Take the first *data*, and return what is to be read here when the connection is known to be this front's.

        Nothing is while more of it is needed, and has not *ended*, or where another way in has the connection now.
        """
        self._settled = True
        return data

    def lineReceived(self, line: bytes) -> None:  # noqa: N802
        """Hand *line*, or a message, to the speaker."""
        raise NotImplementedError

    # Twisted calls these.

    @override
    def connectionMade(self) -> None:
        """Wait for the first line, until a deadline."""
        super().connectionMade()
        limits = self._shared.lobby.limits
        self.call_later(limits.first_line_timeout, self._first_line_overdue)
        self.call_later(limits.login_timeout, self._login_overdue)

    @override
    def dataReceived(self, data: bytes) -> None:
        """Cut *data* into lines: one split for all of them, or a few."""
        self.reads += 1
        if self._closing:
            self._closing.heard()
        elif self._settled or (data := self.settle(data)):
            self._feed(data)
            self.take_lines()

    @override
    def readConnectionLost(self) -> None:
        """Carry out what has come in, to the last line; nothing more will come."""
        super().readConnectionLost()
        if not self._closing:
            if not self._settled:
                self._feed(self.settle(b"", ended=True))
            self._framing.end()
            self.take_lines()

    # The speaker calls these.

    def ask_secretly(self, secretly: bool) -> None:
        """Let the next lines be secrets that are typed: none is wasted for being empty, and no terminal shows them."""
        self.outbox.write(self._framing.ask_secretly(secretly))

    def proceed(self) -> None:
        """Take the lines that wait, behind the connections that have waited longer."""
        if not self._queued:
            self._queued = True
            self._shared.run_queue.add(self._take_lines_now)

    # The guard calls these.

    @property
    @override
    def state(self) -> tuple[str, str]:
        """The labels of the visitor's state and of the dialect."""
        seat = self._speaker.visitor.seat if self._speaker else None
        state = "closing" if self._closing else "username" if seat is None else "room" if seat.rooms else "lobby"
        return state, self.dialect

    @property
    @override
    def username(self) -> str:
        """The name of the visitor, or nothing."""
        return self._speaker.username if self._speaker else ""

    @property
    @override
    def ping(self) -> bytes:
        """The bytes that ask the peer for a sign of life; none where that can't be asked."""
        return self._speaker.ping if self._speaker else b""

    @property
    @override
    def question(self) -> bytes:
        """The bytes that ask the peer whether all has come that was written lately; none if that is known."""
        return self._speaker.question if self._speaker else b""

    @override
    def drained(self) -> None:
        """Let the visitor go on with what waited because the connection was busy."""
        if self._speaker:
            self._speaker.visitor.drained()

    @override
    def info(self, now: int) -> ConnectionInfo:
        """Return what an operator is shown of it *now*, in milliseconds since 1970."""
        readers = self._speaker.visitor.readers if self._speaker else []
        seat = self._speaker.visitor.seat if self._speaker else None
        has_account = seat is not None and seat.user.has_account
        return ConnectionInfo(
            self.access.number,
            self.peer,
            self.dialect,
            now - int(self.access.seconds * 1000),
            tuple(reader.room.name for reader in readers),
            sum(reader.room.head - reader.cursor for reader in readers if reader.is_behind),
            self.outbox.waiting,
            Username(self.username) if self.username else None,
            account=seat.username if seat and has_account else None,
            device=seat.device if seat and has_account else None,
        )

    @override
    def notify(self, event: Event) -> None:
        """Show *event* to the visitor, if they have a name."""
        if self.username:
            self.speaker().notify(event)

    @override
    def hang_up(self, reason: ByeReason, note: str = "") -> None:
        """Say why, and hang up."""
        self.visitor().hang_up(reason, note)

    @override
    def stop(self) -> None:
        """Say farewell when all that was begun is answered: the server stops."""
        if not self._closing:
            self._last_bytes = self.take_no_more()
            self.visitor().stop()

    @override
    def take_no_more(self) -> bytes:
        """Forget the lines that wait, and take no more; return the last bytes to send."""
        return self._last_bytes + self._framing.close()

    @override
    def when_over(self, action: Callable[[], None]) -> None:
        """Let the visitor be gone, and call *action* when no seat is held for them."""
        if self._speaker:
            self._speaker.visitor.lost()
            self._speaker.visitor.when_over(action)
        else:
            action()

    # The other ways in call this.

    def turn_away(self, why: Ending, answer: bytes) -> None:
        """Send *answer* to a peer that is wrong here, and close."""
        self.outbox.write(answer)
        if self._speaker:
            self._speaker.visitor.lost()
        self.close(why)

    # These are for the fronts themselves.

    def speaker(self) -> Speaker:
        """Return the speaker; the first call settles the dialect."""
        if self._speaker is None:
            dialect = self.make_dialect()
            self._speaker = Speaker(
                self._shared.lobby,
                dialect,
                self,
                room=self.room,
                host=self.host,
                origin=self._origin(),
                operator=self.operator,
            )
        return self._speaker

    def _origin(self) -> ConnectionOrigin:
        """Return where the connection comes from; what stays on this machine, nobody on the way can read."""
        where = _PORT.sub("", self.peer)
        private = self.is_secure or _is_here(where.strip("[]"))
        now, certificate = self._shared.lobby.now(), _fingerprint(self.transport)
        return ConnectionOrigin(where, self.dialect, now, private, certificate, self.is_secure)

    def visitor(self) -> Visitor:
        """Return the visitor."""
        return self.speaker().visitor

    def take_lines(self) -> None:
        """Hand over the lines that wait, as many as the visitor takes and as a turn may have."""
        if self._taking:
            return
        self._taking = True
        framing = self._framing
        seconds = self._shared.wheel.seconds
        left = self._shared.lobby.limits.lines_per_turn or inf
        until = seconds() + SLICE
        while (waiting := framing.pending or self._has_begun()) and not self._closing:
            # Without a speaker, there is nobody to wait for.
            if (speaker := self._speaker) is not None and not speaker.is_free():
                break
            if not left or seconds() > until:
                # The others have their turn before.
                self.proceed()
                break
            if len(framing):
                left -= 1
                try:
                    self.lineReceived(framing.pop())
                except LineTooLong as error:
                    self._refuse_and_close(error)
            else:
                self._feed()
        self._taking = False
        if not self._closing:
            self._read_or_wait(waiting=waiting)

    def _has_begun(self) -> bool:
        """Tell whether only some of the requests in a line have begun."""
        return self._speaker is not None and bool(self._speaker.pending)

    def _feed(self, data: bytes = b"") -> None:
        """Give *data* to the framing; let what makes no line be paid for."""
        if answer := self._framing.feed(data):
            self.outbox.write(answer)
        if self._framing.wasted >= WASTE_BYTES:
            self._charge_waste()

    def _charge_waste(self) -> None:
        framing = self._framing
        if self.dialect != "unknown":
            tokens, framing.wasted = divmod(framing.wasted, WASTE_BYTES)
            self.visitor().charge(tokens)
            self._wasteful = True
        elif 0 < (limit := self._shared.lobby.limits.max_line) < framing.wasted:
            # Nobody can be told to wait yet; but what comes before a first line is never as long as one.
            self._refuse_and_close(LineTooLong(limit))

    def _owes(self) -> bool:
        """Tell whether what made no line has to be paid for before more is read."""
        self._wasteful = self._wasteful and not self.visitor().is_free()
        return self._wasteful

    def _read_or_wait(self, *, waiting: bool) -> None:
        """Read on unless lines are *waiting*; close where nothing more will come."""
        if self._ended:
            # To resume would only read the end of input again.
            if not waiting:
                self.visitor().finish()
        elif (waiting or self._owes()) != self._paused:
            if not self._paused:
                self.pauseProducing()
            else:
                self.resumeProducing()
                if self.visitor().slowed:
                    self._find_out_whether_more_waits()

    def _find_out_whether_more_waits(self) -> None:
        """Look behind the next read: what the kernel holds has waited too."""

        def look() -> None:
            if not self._paused:
                self.visitor().kept_up()

        def look_soon() -> None:
            # Not at once: this may be the turn in which it all began, before anything is read.
            self._shared.soon(look)

        self._shared.soon(look_soon)

    def _take_lines_now(self) -> None:
        self._queued = False
        self.take_lines()

    def _first_line_overdue(self) -> None:
        if not self._heard:
            self._login_overdue()

    def _login_overdue(self) -> None:
        if not self._closing and self.visitor().state.name == "username":
            self._refuse_and_close(LoginTimeout())

    def _refuse_and_close(self, error: LineTooLong | LoginTimeout) -> None:
        """Tell the peer of *error* when all that came before is answered, and hang up."""
        visitor = self.visitor()

        def close() -> None:
            visitor.lost()
            self.close(error.code)

        visitor.answer(Request(), Refused(error), close)


def _fingerprint(transport: object) -> bytes | None:
    """Return the SHA-256 of the certificate that the peer of *transport* has shown in TLS, if it has."""
    shown: Any = transport.getPeerCertificate() if ISSLTransport.providedBy(transport) else None
    return bytes.fromhex(shown.digest("sha256").replace(b":", b"").decode()) if shown else None


def _is_here(where: str) -> bool:
    """Return whether *where* is this machine itself: what is no address is no network's."""
    try:
        return ip_address(where).is_loopback
    except ValueError:
        return True


_: type[Exit] = Front
