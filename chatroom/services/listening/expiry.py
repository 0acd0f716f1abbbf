"""Certificates that have expired: nothing of the server's stops, but clients refuse them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime

from twisted.logger import Logger

from chatroom.core.values.replies import Reloaded
from chatroom.services.listening.certificate import Certificate


class Expiry:
    """Looks whether any of *certificates* has expired, by the time of day of *wall*, in seconds since 1970."""

    log = Logger()

    def __init__(self, certificates: Sequence[Certificate], wall: Callable[[], float]) -> None:
        self._certificates = certificates
        self._wall = wall

    def ends(self) -> Iterator[tuple[str, float]]:
        """Yield for each of them how it is called, and the time of day at which it expires."""
        for certificate in self._certificates:
            yield certificate.name, certificate.end

    def warn(self) -> None:
        """Warn of those that have."""
        for name, end in self._over():
            self.log.warn("the certificate of {name} expired on {end}: clients refuse it", name=name, end=end)

    def reload(self) -> Reloaded:
        """Tell of those that have, when all have been read again."""
        return Reloaded(
            failed=tuple(f"the certificate of {name} expired on {end}: clients refuse it" for name, end in self._over())
        )

    def _over(self) -> Iterator[tuple[str, str]]:
        now = self._wall()
        for name, end in self.ends():
            if end <= now:
                yield name, datetime.fromtimestamp(end, UTC).strftime("%Y-%m-%d")
