"""The file of a log on disk: for its owner alone, and never somewhere else than its path says."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

from chatroom.client.model.logs import LogFailed, LogFile

_FLAGS = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
"""To wait for nobody who would read a pipe, and to follow no link that somebody else may have put there."""


class DiskLog:
    """The file *path*, which only its owner may read if it was not there."""

    def __init__(self, path: str) -> None:
        try:
            self._file = os.open(Path(path).expanduser(), _FLAGS, mode=0o600)
        except (OSError, ValueError, RuntimeError) as error:
            raise LogFailed(_why(error)) from error
        if not stat.S_ISREG(os.fstat(self._file).st_mode):
            self.close()
            raise LogFailed("it is no file")

    def write(self, text: str) -> None:
        """Put *text* behind all that is there, at once."""
        rest = text.encode(errors="replace")
        try:
            while rest:
                rest = rest[os.write(self._file, rest) :]
        except OSError as error:
            raise LogFailed(_why(error)) from error

    def close(self) -> None:
        """Write no more."""
        os.close(self._file)


def _why(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return "it is a link" if error.errno == errno.ELOOP else error.strerror
    return str(error)


_: type[LogFile] = DiskLog
