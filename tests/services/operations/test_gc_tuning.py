"""Python's garbage collector, as a server wants it."""

from __future__ import annotations

import gc

from chatroom.services.operations.gc_tuning import THRESHOLDS, GCTuning


def test_while_the_server_runs_garbage_is_seldom_looked_for_and_not_among_what_was_there() -> None:
    before = gc.get_threshold()
    collector = GCTuning()
    collector.startService()
    try:
        assert gc.get_threshold() == THRESHOLDS
        assert gc.get_freeze_count() > 0
    finally:
        collector.stopService()
    assert gc.get_threshold() == before
    assert gc.get_freeze_count() == 0
