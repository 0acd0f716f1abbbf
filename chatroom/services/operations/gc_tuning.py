"""Tuning of the garbage collector: it runs seldom, and leaves out the objects of the start."""

from __future__ import annotations

import gc

from twisted.application.service import Service
from typing_extensions import override

THRESHOLDS = (10_000, 5, 5)
"""Objects made and not freed until the youngest are collected, and collections until the older ones are."""


class GCTuning(Service):
    """A garbage collector tuned for a process that keeps much and makes few cycles."""

    @override
    def startService(self) -> None:
        """Collect once, then freeze the objects there are: modules, classes, rooms."""
        super().startService()
        self._thresholds = gc.get_threshold()
        gc.collect()
        gc.freeze()
        gc.set_threshold(*THRESHOLDS)

    @override
    def stopService(self) -> None:
        """Restore the collector."""
        gc.set_threshold(*self._thresholds)
        gc.unfreeze()
        super().stopService()
