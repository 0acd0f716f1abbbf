"""The limit of open files, and so of connections."""

from __future__ import annotations

import resource
from contextlib import suppress

RESERVED = 64
"""Descriptors for all but connections: the log's files, listeners, connections being refused."""


def raise_limit() -> None:
    """Raise the limit as far as the operator allows."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    # Some systems do not let a process have what they allow it; then it stays as it is.
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def connections(wanted: int, ports: int = 0) -> int:
    """Return as many of the *wanted* connections as there are descriptors for, beside *ports*; 0 is no limit."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY:
        return wanted
    most = max(1, soft - RESERVED - ports)
    return min(wanted, most) if wanted else most
