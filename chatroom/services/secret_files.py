"""Files with secrets in them, which only the server and its operator are to read."""

from __future__ import annotations

from pathlib import Path
from stat import S_IRWXO

from twisted.logger import Logger

log = Logger()


def warn_of_readers(path: Path) -> None:
    """Warn, in the log, if everybody on this machine may open the secrets in the file at *path*."""
    if path.stat().st_mode & S_IRWXO:
        log.warn("everybody on this machine can open {path}, which has secrets in it; chmod o= {path}", path=path)
