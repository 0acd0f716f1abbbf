"""Places in the logs of rooms."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, eq=False)
class Spot:
    """The message *seq*, or (None) the end, to be brought into view once.

    No two spots are equal: whoever goes to the same place again gets there again.
    """

    seq: int | None
