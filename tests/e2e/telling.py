"""What the long runs print: where they ran, and how they get on."""

from __future__ import annotations

import os
import platform
import sqlite3
import sys
from collections.abc import Sequence
from datetime import UTC, datetime


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
