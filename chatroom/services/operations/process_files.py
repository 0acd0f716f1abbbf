"""The files of the process, which twistd writes; where it can't, it would end with a traceback."""

from __future__ import annotations

import os
from collections.abc import Mapping
from errno import EACCES, EISDIR, ENOTDIR
from pathlib import Path
from typing import Any


def obstacle(twistd: Mapping[str, Any]) -> str | None:
    """Return why *twistd*, these options of it, can't start, and the remedy; ``None`` if it can."""
    if (log := log_name(twistd)) and (reason := _unwritable(Path(log))):
        return f"can't log to {log} ({reason}); name another file by --logfile"
    if twistd["chroot"]:
        # The others are in there.
        return None
    if not Path(directory := twistd["rundir"]).is_dir():
        return f"there is no directory {directory}; make it first, or name another one by --rundir"
    if (number := twistd["pidfile"]) and (reason := _unwritable(Path(number))):
        return f"can't write {number} ({reason}); name another file by --pidfile, or none by --pidfile="
    return None


def log_name(twistd: Mapping[str, Any]) -> str | None:
    """Return the file of the log, given the options of *twistd*; ``None`` if it is none."""
    name: str | None = twistd["logfile"]
    if twistd["logger"] or twistd["syslog"] or name == "-":
        return None
    return name or (None if twistd["nodaemon"] else "twistd.log")


def _unwritable(path: Path) -> str | None:
    """Return why *path* can't be written, in the system's words; ``None`` if it can."""
    try:
        path.parent.stat()
    except OSError as error:
        return error.strerror
    if not path.parent.is_dir():
        return os.strerror(ENOTDIR)
    if path.is_dir():
        return os.strerror(EISDIR)
    if not os.access(path if path.exists() else path.parent, os.W_OK):
        return os.strerror(EACCES)
    return None
