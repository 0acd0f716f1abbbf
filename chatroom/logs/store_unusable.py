"""The error about a store with which the server can't start, which says what is wrong and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from typing_extensions import override


@dataclass(eq=False)
class StoreUnusable(Exception):
    """The *store*, a file or a database, can't be used; *remedy* says what to do, unless it is *passing*."""

    store: Path | str
    reason: str
    remedy: str
    passing: bool = False

    @override
    def __str__(self) -> str:
        return f"{self.store} {self.reason}; {self.remedy}."
