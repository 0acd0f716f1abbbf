"""Clocks of programs that are set while they run, by libfaketime where it is installed."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count
from pathlib import Path

PLACES = ("usr/lib/*/faketime/libfaketimeMT.so.1", "usr/lib*/faketime/libfaketimeMT.so.1")


class Clock:
    """The clock of programs with its :attr:`wrapper` before their command; a file in *folder* says what it shows."""

    _numbers = count(1)

    def __init__(self, library: Path, folder: Path) -> None:
        self._file = folder / f"clock-{next(self._numbers)}"
        self.set(0)
        self.wrapper: Sequence[str] = (
            "env",
            f"LD_PRELOAD={library}",
            f"FAKETIME_TIMESTAMP_FILE={self._file}",
            "FAKETIME_CACHE_DURATION=1",
            "FAKETIME_DONT_FAKE_MONOTONIC=1",
        )

    def set(self, seconds: float) -> None:
        """Let it show so many *seconds* more than it is."""
        new = self._file.with_suffix(".new")
        new.write_text(f"{seconds:+}", encoding="ascii")
        new.chmod(0o644)
        new.replace(self._file)


def library() -> Path | None:
    """Return where libfaketime is, if it is installed (Debian: ``apt install libfaketime``)."""
    found = [path for place in PLACES for path in Path("/").glob(place)]
    return found[0] if found else None
