"""Admission: how many connections there may be, in all and from one host."""

from __future__ import annotations

from typing import NewType

from twisted.internet.address import IPv4Address as IPv4Peer
from twisted.internet.address import IPv6Address as IPv6Peer
from twisted.internet.interfaces import IAddress
from twisted.logger import Logger

from chatroom.core.tools.timer_wheel import TimerWheel
from chatroom.core.values.errors import TooManyConnections
from chatroom.core.values.networks import internet_address
from chatroom.fronts.guard.log_throttle import LogThrottle

Host = NewType("Host", bytes)
"""The peer that connections are counted for: an address of IPv4, or the first 64 bits of one of IPv6."""


def host(address: IAddress | None) -> Host | None:
    """Return the host of *address*; none, if it is not one of the internet."""
    if not isinstance(address, IPv4Peer | IPv6Peer):
        return None
    # One customer has at least 64 bits of those of IPv6.
    return Host(internet_address(address.host).packed[:8])


class Admission:
    """Counts the places that are taken: *most* in all, *most_per_host* for one host; 0 is no limit.

    A place is taken by a connection, and after it by the seat that is held for it.
    """

    log = Logger()

    def __init__(self, wheel: TimerWheel, *, most: int, most_per_host: int) -> None:
        self.taken = 0
        self.hosts: dict[Host, int] = {}
        self.limit(most=most, most_per_host=most_per_host)
        self._refused = LogThrottle(wheel, self._report_refused)
        self._unproxied = LogThrottle(wheel, self._report_unproxied)

    def limit(self, *, most: int, most_per_host: int) -> None:
        """Let there be *most* in all from now on, *most_per_host* for one host; who has a place keeps it."""
        self._most = most
        self._most_per_host = most_per_host

    def admit(self, host: Host | None) -> TooManyConnections | None:
        """Take a place for a connection from *host*, or return why there is none."""
        here = self.hosts.get(host, 0) if host is not None else 0
        if self._most and self.taken >= self._most:
            return self._refuse("The server is full; try again later")
        if self._most_per_host and here >= self._most_per_host:
            return self._refuse(f"There are {here} connections from where you are, which is the most; close one first")
        self.take(host)
        return None

    def take(self, host: Host | None) -> None:
        """Take a place for a connection from *host*, whether there is one or not."""
        self.taken += 1
        if host is not None:
            self.hosts[host] = self.hosts.get(host, 0) + 1

    def release(self, host: Host | None) -> None:
        """Give back the place of a connection from *host*."""
        self.taken -= 1
        if host is not None:
            self.hosts[host] -= 1
            if not self.hosts[host]:
                del self.hosts[host]

    def count_unproxied(self) -> None:
        """Count a connection that was closed because no proxy had said whose it is."""
        self._unproxied.count()

    def _refuse(self, reason: str) -> TooManyConnections:
        self._refused.count()
        return TooManyConnections(reason)

    def _report_refused(self, refused: int) -> None:
        """Log it in few lines: refusing a flood shall not be a flood of lines."""
        self.log.info(
            "refused {refused} connections; {taken} are here, from {hosts} hosts",
            refused=refused,
            taken=self.taken,
            hosts=len(self.hosts),
        )

    def _report_unproxied(self, closed: int) -> None:
        self.log.warn(
            "closed {closed} connections that did not begin with the PROXY protocol; "
            "let the proxy send it (send-proxy-v2), and nobody else connect there",
            closed=closed,
        )
