"""What a process is to be: all that a program inherits when it is started by ``exec``.

It goes from who starts a program to the process that is forked, as JSON, with the open files beside it.
"""

from __future__ import annotations

import json
import os
import resource
import signal
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Self

LIMITS = sorted(number for name, number in vars(resource).items() if name.startswith("RLIMIT_"))
"""The limits that a process has."""


def _ignored() -> list[int]:
    # Python gives those that it ignores by itself back to what it starts.
    signals = signal.valid_signals() - {signal.SIGPIPE, getattr(signal, "SIGXFSZ", None)}
    return sorted(int(number) for number in signals if signal.getsignal(number) is signal.SIG_IGN)


def _blocked() -> list[int]:
    return sorted(map(int, signal.pthread_sigmask(signal.SIG_BLOCK, [])))


def _umask() -> int:
    umask = os.umask(0o077)
    os.umask(umask)
    return umask


@dataclass(frozen=True)
class Request:
    """A *command* of ours, and what its process inherits; of a *leader* it is the child, and continued by it.

    Behind its standard input, output and error it has the *files* of those numbers.
    """

    command: Sequence[str]
    environment: Mapping[str, str]
    folder: str
    files: Sequence[int] = ()
    leads: bool = False
    limits: Sequence[tuple[int, int]] = field(default_factory=lambda: [resource.getrlimit(limit) for limit in LIMITS])
    umask: int = field(default_factory=_umask)
    ignored: Sequence[int] = field(default_factory=_ignored)
    blocked: Sequence[int] = field(default_factory=_blocked)

    def written(self) -> bytes:
        """Write it down."""
        return json.dumps(asdict(self)).encode()

    @classmethod
    def read(cls, data: bytes) -> Self:
        """Return what is written in *data*."""
        values: dict[str, Any] = json.loads(data)
        return cls(**values)
