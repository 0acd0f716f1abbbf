"""What keeps somebody from speaking, and how it is told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from chatroom.client.model.restraints import Restraint, Restraints, remaining

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def after(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("seconds", "written"),
    [
        (-3, "1 s"),
        (0.2, "1 s"),
        (7, "7 s"),
        (119, "119 s"),
        (120, "2 min"),
        (600, "10 min"),
        (569, "9 min"),
        (7199, "120 min"),
        (7260, "2 h"),
        (86_400, "24 h"),
        (6 * 86_400, "6 d"),
    ],
)
def test_times_are_written_shortly(seconds: float, written: str) -> None:
    assert remaining(timedelta(seconds=seconds)) == written


def test_a_mute_counts_down_until_it_is_over_whoever_one_is() -> None:
    restraints = Restraints()
    restraints.mute = Restraint(after(600), "shouting")
    restraints.locked = True
    for free in (True, False):
        assert restraints.told(after(1), free=free) == "muted for 10 min (shouting)"
        assert restraints.told(after(599), free=free) == "muted for 1 s (shouting)"
        assert restraints.told(after(600), free=free) == "locked"


def test_a_mute_without_end_has_none() -> None:
    restraints = Restraints()
    restraints.mute = Restraint()
    assert restraints.told(NOON, free=False) == "muted"
    restraints.spoke(NOON)
    assert restraints.told(NOON, free=False) == ""


def test_a_slow_room_says_when_it_takes_the_next_message_to_those_without_a_role() -> None:
    restraints = Restraints()
    restraints.spoke(NOON)
    restraints.slow = 10
    assert restraints.told(NOON, free=False) == "slow: one every 10 s"
    restraints.spoke(NOON)
    assert restraints.told(after(3), free=False) == "slow: 7 s"
    assert restraints.told(after(3), free=True) == ""
    assert restraints.told(after(10), free=False) == "slow: one every 10 s"
    restraints.wait(1e300, after(10))
    assert restraints.told(after(10), free=False) == "slow: 7 d"
    restraints.slow = 0
    assert restraints.told(after(11), free=False) == ""
