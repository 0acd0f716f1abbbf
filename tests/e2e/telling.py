"""What the long runs print: where they ran, and how they get on."""

from __future__ import annotations

import os
import platform
import sqlite3
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from tests.judging.history import Log, Note, written
from tests.judging.judge import excerpt
from tests.judging.views import Violation

SHOWN = 5
"""Violations of one run that are printed."""


def tell_begin(run: str, options: Sequence[str]) -> None:
    """Print when and on what a *run* begins, and with which *options* of the server."""
    tell(
        f"{datetime.now(UTC):%Y-%m-%d}, {platform.system()} {platform.machine()}, {os.cpu_count()} cores,"
        f" Python {platform.python_version()}, SQLite {sqlite3.sqlite_version};"
        f" {run}; options of the server: {' '.join(options) or 'none'}"
    )


def tell(line: str) -> None:
    """Print *line* at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def tell_violations(violations: Sequence[Violation], history: Sequence[Note], logs: Sequence[Log], path: Path) -> None:
    """Print the first *violations* with what matters of the history, and write all of that to *path*."""
    for violation in violations[:SHOWN]:
        tell(violation.sentence)
        for line in excerpt(history, violation):
            tell(f"    {line}")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(written([*history, *logs]), encoding="utf-8")
    tell(f"{len(violations)} violations; python -m tests.judging {path} shows them all")
