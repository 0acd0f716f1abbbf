"""The error that ends the server before it has begun."""

from __future__ import annotations

import sys

AGAIN = 75
"""The exit status where it may help to try again; it is ``EX_TEMPFAIL`` of sysexits(3)."""


class CannotStart(SystemExit, Exception):
    """The server lacks something; one line says why and what to do.

    As a SystemExit it ends the program with that line and a *status*; as an Exception it lets twistd clean up before,
    and tell the operator who started it in the background.
    """

    def __init__(self, why: str, status: int = 1) -> None:
        super().__init__(why)
        if status != 1:
            # Of itself Python writes the line or has the status.
            self.code = status
            sys.stderr.write(f"{why}\n")
