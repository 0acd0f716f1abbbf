"""A program that prints what its process has inherited, and how Python has begun in it, as JSON."""

from __future__ import annotations

import gc
import json
import locale
import os
import resource
import signal
import sys
import threading
import time
from pathlib import Path


def standard(name: str) -> list[object]:
    """Return how a standard file is open."""
    file = getattr(sys, name)
    assert file is getattr(sys, f"__{name}__")
    layers = [type(file).__name__, type(file.buffer).__name__, file.name, file.encoding, file.errors]
    return [*layers, file.line_buffering, file.write_through, file.isatty(), file.fileno()]


def descriptors() -> dict[int, str]:
    """Return what is open, but for the folder in which that is looked up."""
    return {int(path.name): str(path.readlink()) for path in Path("/dev/fd").iterdir() if path.is_symlink()}


def status() -> dict[str, str]:
    """Return what Linux says of signals, rights and more."""
    path = Path("/proc/self/status")
    told = ("Sig", "Shd", "Umask", "Uid", "Gid", "Groups", "Cap", "NoNewPrivs", "Seccomp", "Cpus_allowed", "Threads")
    lines = path.read_text(encoding="ascii").splitlines() if path.exists() else []
    # How many signals wait may change meanwhile.
    return {
        key: value for key, value in (line.split(":", 1) for line in lines) if key.startswith(told) and key != "SigQ"
    }


limits = sorted(number for name, number in vars(resource).items() if name.startswith("RLIMIT_"))
print(  # noqa: T201
    json.dumps(
        {
            "name": __name__,
            "arguments": sys.argv,
            "environment": dict(os.environ),
            "folder": str(Path.cwd()),
            "path": sys.path,
            "flags": str(sys.flags),
            "files": {name: standard(name) for name in ("stdin", "stdout", "stderr")},
            "open": {number: target for number, target in descriptors().items() if "/fd" not in target},
            "encodings": [sys.getdefaultencoding(), sys.getfilesystemencoding(), sys.getfilesystemencodeerrors()],
            "locale": locale.setlocale(locale.LC_ALL),
            "zone": time.tzname,
            "signals": {number: repr(signal.getsignal(number)) for number in signal.valid_signals()},
            "blocked": sorted(signal.pthread_sigmask(signal.SIG_BLOCK, [])),
            "limits": [resource.getrlimit(limit) for limit in limits],
            "group": [os.getpgrp(), os.getsid(0)],
            "nice": os.nice(0),
            "status": status(),
            "threads": threading.active_count(),
            "collector": [gc.isenabled(), gc.get_threshold()],
            "reactor": "twisted.internet.reactor" in sys.modules,
        }
    )
)
