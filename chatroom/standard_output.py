"""The standard output of programs whose reader, such as ``head``, may have seen enough."""

from __future__ import annotations

import os
import sys
from typing import NoReturn


def show(text: str) -> NoReturn:
    """Write *text*, and end the program: with status 1 if nobody wanted to read all of it."""
    try:
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()
    except BrokenPipeError:
        close()
        sys.exit(1)
    sys.exit(0)


def close() -> None:
    """Write nothing more, not at the exit either, where Python would complain."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
