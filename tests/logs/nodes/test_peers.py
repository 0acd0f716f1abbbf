"""The other nodes: who shows no sign of life is dead, but only to who could have seen one."""

from __future__ import annotations

from chatroom.logs.nodes.peers import Peers

LEASE, GRACE = 9.0, 30.0


def looked(peers: Peers, beats: list[dict[int, int]], begin: float = 0, every: float = 1) -> list[tuple[int, int]]:
    """Let *peers* see *beats* one after the other; return who seems dead at last."""
    found: list[tuple[int, int]] = []
    for number, seen in enumerate(beats):
        found = peers.seem_dead(seen, begin + every * number)
    return found


def test_one_whose_beat_has_not_moved_for_a_lease_and_a_third_seems_dead() -> None:
    assert looked(Peers(LEASE, GRACE), [{2: 5, 3: beat} for beat in range(13)]) == []
    assert looked(Peers(LEASE, GRACE), [{2: 5, 3: beat} for beat in range(14)]) == [(2, 5)]


def test_one_that_has_moved_in_between_does_not() -> None:
    assert looked(Peers(LEASE, GRACE), [{2: 5}] * 10 + [{2: 6}] * 10) == []


def test_who_has_not_looked_for_some_time_begins_anew() -> None:
    peers = Peers(LEASE, GRACE)
    looked(peers, [{2: 5}] * 12)
    # For longer than a third of a lease: perhaps there was nothing to see.
    assert looked(peers, [{2: 5}] * 13, begin=15) == []
    assert looked(peers, [{2: 5}], begin=28) == [(2, 5)]


def test_the_seats_of_the_dead_go_at_once_but_those_of_sessions_after_the_grace() -> None:
    peers = Peers(LEASE, GRACE)
    assert peers.to_bury([2], 0) == [(2, False)]
    assert peers.to_bury([2], 1) == [(2, False)]
    peers.cleared(2)
    assert peers.to_bury([2], 2) == []
    assert peers.to_bury([2, 3], 31) == [(2, True), (3, False)]
    assert peers.to_bury([3], 32) == [(3, False)]


def test_the_grace_is_that_which_was_said_last_also_for_who_begins_anew() -> None:
    peers = Peers(LEASE, GRACE)
    peers.limit(10)
    for known in (peers, peers.anew()):
        assert known.to_bury([2], 0) == [(2, False)]
        assert known.to_bury([2], 9) == [(2, False)]
        assert known.to_bury([2], 10) == [(2, True)]
