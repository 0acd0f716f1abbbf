"""The programs in C that are kept beside this module, compiled where they are needed."""

from __future__ import annotations

import atexit
import os
import subprocess
from functools import cache
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp


@cache
def compiled(source: str, *flags: str) -> Path:
    """Return *source* compiled with *flags*, once for as long as this process is there."""
    made = _folder() / Path(source).stem
    compiler = os.environ.get("CC", "cc")
    path = str(Path(__file__).with_name(source))
    subprocess.run([compiler, "-O2", "-Wall", "-Wextra", *flags, "-o", str(made), path], check=True)
    return made


@cache
def _folder() -> Path:
    folder = Path(mkdtemp(prefix="bench-"))
    atexit.register(rmtree, folder)
    return folder
