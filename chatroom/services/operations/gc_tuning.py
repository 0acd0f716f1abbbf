"""Python's search for garbage that refers to itself: seldom, and not among what is there from the start."""

from __future__ import annotations

import gc

from twisted.application.service import Service
from typing_extensions import override

THRESHOLDS = (10_000, 5, 5)
"""Objects made and not freed until the youngest are searched, and how many such searches until the older ones are."""


class GCTuning(Service):
    """Sets the garbage collector up for a process that keeps much and makes little garbage of that kind."""

    @override
    def startService(self) -> None:
        """Search once more, and from then on leave out what is there: modules, classes, rooms."""
        super().startService()
        self._thresholds = gc.get_threshold()
        gc.collect()
        gc.freeze()
        gc.set_threshold(*THRESHOLDS)

    @override
    def stopService(self) -> None:
        """Leave it as it was."""
        gc.set_threshold(*self._thresholds)
        gc.unfreeze()
        super().stopService()
