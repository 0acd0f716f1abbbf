"""Which way the stores take to what they look for: no statement reads a whole table, however large a chat gets."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parents[3]


def run(plugin: str, option: str, path: Path, which: str, tests: Sequence[str]) -> None:
    """Run those *tests* that *which* names while a *plugin* listens, which writes what it heard to *path*."""
    listening = ["-p", f"{__name__}.{plugin}", option, str(path), "-p", "no:cacheprovider"]
    command = [sys.executable, "-m", "pytest", "--quiet", *listening, "-k", which, *tests]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
