"""Browsers: hosts from which they have come, and will connect again before they have anything to ask."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

from chatroom.fronts.guard.admission import Host

REMEMBERED = 1_000
"""Hosts that are remembered: those that came last."""

DAY = 86_400.0
"""Seconds for which one is."""


class Browsers:
    """The hosts from which browsers came of late, by the clock *seconds*."""

    def __init__(self, seconds: Callable[[], float]) -> None:
        self._seconds = seconds
        self._came: OrderedDict[Host, float] = OrderedDict()

    def came(self, host: Host) -> None:
        """Know that a browser has come from *host*."""
        self._came[host] = self._seconds()
        self._came.move_to_end(host)
        if len(self._came) > REMEMBERED:
            self._came.popitem(last=False)

    def __contains__(self, host: Host) -> bool:
        """Return whether one has come from *host* within a day."""
        at = self._came.get(host)
        return at is not None and self._seconds() - at < DAY
