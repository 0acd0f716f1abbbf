"""The other nodes, as far as one sees them: who lives, who seems dead, and who is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import inf

UNSEEN = 1 / 3
"""The part of a lease without a look after which all counts begin anew: who can't see counts nobody out."""

PATIENCE = 4 / 3
"""Leases after which a node is dead whose beat has not moved: by then, it knows that it may be."""


class Peers:
    """What the looks of a node tell of the others, by its own clock: there is no other that all would trust.

    A *lease* lasts some seconds, and the seats of a dead node are held for *grace*.
    """

    def __init__(self, lease: float, grace: float) -> None:
        self._lease = lease
        self._grace = grace
        self._seen = -inf
        self._beats: dict[int, tuple[int, float]] = {}
        self._dead: dict[int, float] = {}
        self._cleared: set[int] = set()

    def anew(self) -> Peers:
        """Return what a node knows of the others that has just become one."""
        return Peers(self._lease, self._grace)

    def limit(self, grace: float) -> None:
        """Let the seats of a dead node be held for *grace* from now on."""
        self._grace = grace

    def seem_dead(self, beats: Mapping[int, int], now: float) -> list[tuple[int, int]]:
        """Take the *beats* that are seen *now*, and return those that have not moved for too long, with their nodes."""
        before = self._beats if now - self._seen <= self._lease * UNSEEN else {}
        self._seen = now
        self._beats = {
            node: before[node] if node in before and before[node][0] == beat else (beat, now)
            for node, beat in beats.items()
        }
        return [(node, beat) for node, (beat, since) in self._beats.items() if now - since > self._lease * PATIENCE]

    def to_bury(self, dead: Iterable[int], now: float) -> list[tuple[int, bool]]:
        """Return which of the *dead* nodes have seats to be given up: those without a session, or every one."""
        self._dead = {node: self._dead.get(node, now) for node in dead}
        self._cleared &= self._dead.keys()
        over = {node for node, since in self._dead.items() if now - since >= self._grace}
        return [(node, node in over) for node in self._dead if node in over or node not in self._cleared]

    def cleared(self, node: int) -> None:
        """Note that no seat of *node* is left but those that are held for a session."""
        self._cleared.add(node)
