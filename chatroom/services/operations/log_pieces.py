"""The file of the server's own log, and the pieces of it that are kept."""

from __future__ import annotations

import os
from pathlib import Path

from twisted.python.logfile import LogFile

PIECE = 1_000_000
"""Bytes of a piece of the log; then another one begins."""

PIECES = 100
"""Pieces that are kept beside the one that is written."""

OWNERS = 0o600
"""The rights to a new file, for names and addresses are in it; one that is there keeps its own."""


class LogPieces(LogFile):
    """The log in the file called *name*, which only its owner can read unless it was there."""

    def __init__(self, name: str) -> None:
        path = Path(name).absolute()
        super().__init__(path.name, str(path.parent), PIECE, None if path.exists() else OWNERS, PIECES)

    def begin_another(self) -> None:
        """Go on in another file: the next piece, or where this one was before somebody moved it away."""
        there = Path(self.path)
        if there.exists() and os.path.samestat(there.stat(), os.fstat(self._file.fileno())):
            self.rotate()
        elif os.access(there if there.exists() else self.directory, os.W_OK):
            # Not otherwise: to write on is better than to write nowhere.
            self.reopen()
