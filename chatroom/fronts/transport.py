"""The transport of a connection, as far as this package needs it: Twisted's interfaces say that in three pieces."""

from __future__ import annotations

from typing import Protocol


class Producer(Protocol):
    """Whoever writes to a transport as it can take it: an ``IPullProducer``, or an ``IPushProducer``."""

    def resumeProducing(self) -> None:  # noqa: N802
        """Write more."""

    def stopProducing(self) -> None:  # noqa: N802
        """Write nothing more: the connection is lost."""


class Transport(Protocol):
    """A stream to a peer, over TCP, a Unix socket or TLS."""

    def write(self, data: bytes) -> None:
        """Send *data* when what was written before has left."""

    def loseConnection(self) -> None:  # noqa: N802
        """Close when everything has left."""

    def loseWriteConnection(self) -> None:  # noqa: N802
        """Say that nothing follows when everything has left, where that can be said."""

    def abortConnection(self) -> None:  # noqa: N802
        """Close at once."""

    def pauseProducing(self) -> None:  # noqa: N802
        """Read no more."""

    def resumeProducing(self) -> None:  # noqa: N802
        """Read again."""

    def registerProducer(self, producer: Producer, streaming: bool) -> None:  # noqa: N802
        """Tell *producer* when to pause and to resume."""

    def unregisterProducer(self) -> None:  # noqa: N802
        """Tell the producer no longer."""
