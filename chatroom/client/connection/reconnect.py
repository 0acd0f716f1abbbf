"""Connecting, and connecting again after each loss."""

from __future__ import annotations

from collections.abc import Callable

from twisted.application.internet import ClientService
from twisted.internet.defer import CancelledError, Deferred, succeed
from twisted.internet.interfaces import IProtocol, IProtocolFactory, IReactorTime, IStreamClientEndpoint
from twisted.internet.task import deferLater
from twisted.python.failure import Failure
from zope.interface import implementer

SOONEST, LATEST = 0.5, 30.0
"""Seconds between which a lost connection is tried again."""

MAX_RETRY_AFTER = 600.0
"""Seconds for which a server can send one away."""


@implementer(IStreamClientEndpoint)
class Reconnector:
    """Connects to *endpoint*, and again after each connection that ended or could not be made.

    It calls *begun* at the beginning of each attempt and *failed* when one has failed; either may stop it. After a
    failure or a loss, :meth:`wait` decides when to try again; *retry_after* is the delay that the server wants.
    """

    def __init__(
        self,
        clock: IReactorTime,
        endpoint: IStreamClientEndpoint,
        factory: IProtocolFactory,
        *,
        random: Callable[[float, float], float],
        begun: Callable[[], None],
        failed: Callable[[Failure], None],
    ) -> None:
        self.retry_after: float | None = None
        self._clock = clock
        self._endpoint = endpoint
        self._begun = begun
        self._failed = failed
        self._random = random
        self._tries = 0
        self._delay = 0.0
        self._service = ClientService(self, factory, retryPolicy=lambda _: self._delay, clock=clock)

    def start(self) -> None:
        """Connect in the next turn."""
        self._service.startService()

    def stop(self) -> Deferred[None]:
        """Connect no more; what comes back fires when there is no connection any longer."""
        stopped: Deferred[None] | None = self._service.stopService()
        return stopped or succeed(None)

    def wait(self) -> float:
        """Return after how many seconds the next attempt begins: by chance, and later the more have failed."""
        retry_after, self.retry_after = self.retry_after, None
        if retry_after is None:
            self._tries += 1
            self._delay = self._random(SOONEST, min(LATEST, SOONEST * 2 ** min(self._tries, 10)))
        else:
            self._delay = min(max(retry_after, 0), MAX_RETRY_AFTER) + self._random(0, 1)
        return self._delay

    def succeeded(self) -> None:
        """Begin again with a short wait: the server has let one in."""
        self._tries = 0

    def connect(self, factory: IProtocolFactory) -> Deferred[IProtocol]:
        """Make one attempt, for the service."""
        # In a turn of its own, for a ClientService can't be stopped while it calls its endpoint.
        turn: Deferred[None] = deferLater(self._clock, 0)
        return turn.addCallback(lambda _: self._begin(factory)).addErrback(self._note)

    def _begin(self, factory: IProtocolFactory) -> Deferred[IProtocol]:
        self._begun()
        if not self._service.running:
            raise CancelledError
        return self._endpoint.connect(factory)

    def _note(self, failure: Failure) -> Failure:
        if self._service.running:
            self._failed(failure)
        return failure
