"""The error that ends the server before it has begun."""

from __future__ import annotations


class CannotStart(SystemExit, Exception):
    """The server lacks something; one line says why and what to do.

    As a SystemExit it ends the program with that line and status 1; as an Exception it lets twistd clean up before, and
    tell the operator who started it in the background.
    """
