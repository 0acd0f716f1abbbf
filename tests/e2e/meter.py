"""What a running server takes: memory, descriptors and threads, and whether that grows."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

MIB = 1 << 20


class Taken(NamedTuple):
    """What a process takes at a moment: resident memory in bytes, open descriptors, threads."""

    memory: int
    descriptors: int
    threads: int


def taken(pid: int) -> Taken:
    """Return what the process *pid* takes now."""
    process = Path("/proc") / str(pid)
    pages = int((process / "statm").read_text().split()[1])
    return Taken(
        memory=pages * os.sysconf("SC_PAGESIZE"),
        descriptors=len(list((process / "fd").iterdir())),
        threads=len(list((process / "task").iterdir())),
    )


def processor_time(pid: int) -> float:
    """Return the seconds for which the process *pid* has had a processor."""
    fields = (Path("/proc") / str(pid) / "stat").read_text().rpartition(") ")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def growth(values: Sequence[float]) -> float:
    """Return by how much *values*, taken at equal intervals, grew from the first to the last: by their linear fit."""
    middle = (len(values) - 1) / 2
    mean = sum(values) / len(values)
    spread = sum((index - middle) ** 2 for index in range(len(values)))
    slope = sum((index - middle) * (value - mean) for index, value in enumerate(values)) / spread
    return slope * (len(values) - 1)


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value below which that *share* of *values* lies."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]
