"""Signals that come before the server can heed them: they are held, and sent again once it runs."""

from __future__ import annotations

import signal
from types import FrameType

NUMBERS = signal.SIGTERM, signal.SIGHUP
"""SIGTERM, which process 1 (as in a container) would not hear until then, and SIGHUP, which would end any other."""


class Held:
    """A handler of signals, which notes those that come."""

    def __init__(self) -> None:
        self._come: list[int] = []

    def __call__(self, number: int, frame: FrameType | None) -> None:
        """Note the signal *number*."""
        if number not in self._come:
            self._come.append(number)

    def release(self) -> None:
        """Send again what has come, now that others handle it."""
        come, self._come = self._come, []
        for number in come:
            signal.raise_signal(number)


def hold() -> Held:
    """Hold signals from now on; what holds them already goes on so."""
    present = signal.getsignal(NUMBERS[0])
    held = present if isinstance(present, Held) else Held()
    for number in NUMBERS:
        signal.signal(number, held)
    return held
