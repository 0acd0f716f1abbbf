"""The way out of a connection: everything that is sent leaves here, in order."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from twisted.internet.interfaces import IPushProducer, ITransport
from zope.interface import implementer

from chatroom.fronts.sockets import connection_below
from chatroom.fronts.transport import Transport


@implementer(IPushProducer)
class Outbox:
    """Writes to *transport*, and knows whether it keeps up; *drained* is called when it does so again.

    It counts as busy when 64 KiB wait for a peer that doesn't take them. Room events are then not written (their
    readers read them from the log later); replies are, and the visitor asks for no more than it takes.
    """

    def __init__(self, transport: Transport, drained: Callable[[], None]) -> None:
        self.busy = False
        self._written = 0
        self._transport = transport
        self._drained = drained
        transport.registerProducer(self, True)

    @property
    def waiting(self) -> int:
        """How many bytes the kernel has not taken yet."""
        below = connection_below(cast("ITransport", self._transport))
        return len(below.dataBuffer) - below.offset + below._tempDataLen if below else 0  # noqa: SLF001

    @property
    def taken(self) -> int:
        """How many bytes the kernel has taken."""
        return self._written - self.waiting

    def write(self, data: bytes) -> None:
        """Send *data* when what was written before has left."""
        self._written += len(data)
        self._transport.write(data)

    def pauseProducing(self) -> None:  # noqa: N802
        """Take note that the transport has enough for now."""
        self.busy = True

    def resumeProducing(self) -> None:  # noqa: N802
        """Take note that everything has left."""
        self.busy = False
        self._drained()

    def stopProducing(self) -> None:  # noqa: N802
        """Take note that the connection is lost."""
        self.busy = True
