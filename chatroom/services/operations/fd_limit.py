"""How many files the process may have open, and so how many connections."""

from __future__ import annotations

import resource
from contextlib import suppress

RESERVED = 64
"""Descriptors for everything but connections: the log's files, what listens, and whoever is being refused."""


def raise_limit() -> None:
    """Let the process have as many files open as the operator allows it at most."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    # Some systems do not let a process have what they allow it; then it stays as it is.
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def connections(wanted: int, ports: int = 0) -> int:
    """Return how many of *wanted* connections there can be, with descriptors for so many *ports*; 0 is no limit."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY:
        return wanted
    most = max(1, soft - RESERVED - ports)
    return min(wanted, most) if wanted else most
