"""The standard output of programs, whose reader may have seen enough, as ``head``, or whose disk may be full."""

from __future__ import annotations

import argparse
import errno
import os
import sys
from typing import NoReturn

from typing_extensions import override

GONE = (errno.EPIPE, errno.EIO)
"""What there is where nobody reads any more: a pipe that was closed, a terminal that is gone."""


class ArgumentParser(argparse.ArgumentParser):
    """A parser of the command line whose help and version are written, or it says that they can't be."""

    @override
    def exit(self, status: int = 0, message: str | None = None) -> NoReturn:
        if (failed := unwritten()) and not status:
            status, message = 1, None if failed.errno in GONE else f"{self.prog}: {not_written(failed)}\n"
        super().exit(status, message)


def show(text: str, program: str) -> NoReturn:
    """Write *text* for *program*, and end it: with status 1 if not all of it could be written."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except OSError as error:
        close()
        sys.exit(1 if error.errno in GONE else f"{program}: {not_written(error)}")
    sys.exit(0)


def unwritten() -> OSError | None:
    """Write what waits for that; return why it can't be, and let it not fail again when Python ends."""
    try:
        sys.stdout.flush()
    except OSError as error:
        close()
        return error
    return None


def not_written(error: OSError) -> str:
    """Say for a person that what is to be printed has no place, as on a disk that is full."""
    return f"it can't write what it has to say: {error.strerror}"


def close() -> None:
    """Write nothing more, not at the exit either, where Python would complain."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
