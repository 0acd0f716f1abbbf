"""Checkers of ``twisted.cred``, which know passwords in place of the server: made so that they can know any."""

from __future__ import annotations

import os
from codecs import BOM_UTF8
from importlib.util import find_spec
from pathlib import Path

from twisted.application.service import Service
from twisted.cred.checkers import ICredentialsChecker
from twisted.cred.credentials import IUsernamePassword
from twisted.cred.strcred import InvalidAuthType, findCheckerFactories, makeChecker
from typing_extensions import override

from chatroom.programs.cannot_start import CannotStart
from chatroom.services.secret_files import warn_of_readers

UNIX = "crypt", "spwd"
"""The modules by which ``unix`` reads passwords; Python has them up to 3.12."""


class CheckerUnusable(ValueError):
    """There is no such checker, or it could let nobody in; the message is for a person."""


class PasswordFile(Service):
    """A service that ends the server if it may not read the file at *path* as the user that it has become."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @override
    def startService(self) -> None:
        """Look at the file, once all privileges are given up."""
        super().startService()
        if not os.access(self._path, os.R_OK):
            raise CannotStart(
                f"chatroom can't read {self._path} as the user that it runs as; make the file that user's."
            )


def checker(description: str) -> tuple[ICredentialsChecker, PasswordFile | None]:
    """Return the checker of passwords that *description* names, and the file that it reads them from, if it does.

    :raises CheckerUnusable: if there is none, or it knows no passwords.
    """
    kind, _, argument = description.partition(":")
    file = None
    if kind == "file" and argument.strip():
        # It stays that of the start, wherever the server goes to work.
        path = Path(argument).absolute()
        _check_lines(path)
        warn_of_readers(path)
        description, file = f"{kind}:{path}", PasswordFile(path)
    elif kind == "unix":
        _check_shadow()
    try:
        found: ICredentialsChecker = makeChecker(description)
    except InvalidAuthType:
        raise CheckerUnusable(f"there is no such checker; there are {', '.join(_names())}") from None
    except Exception as error:
        # Any plugin may have made it.
        raise CheckerUnusable(str(error)) from error
    if IUsernamePassword not in found.credentialInterfaces:
        raise CheckerUnusable(f"it checks no passwords; there are {', '.join(_names())}")
    return found, file


def _names() -> list[str]:
    """Return the names of all that check passwords."""
    return sorted({each.authType for each in findCheckerFactories() if IUsernamePassword in each.credentialInterfaces})


def _check_lines(path: Path) -> None:
    """Let the file at *path* have the password of somebody."""
    try:
        text = path.read_bytes()
    except OSError as error:
        raise CheckerUnusable(
            f"{path} can't be read ({error.strerror}); write a line name:password there for each of your people"
        ) from error
    if text.startswith(BOM_UTF8):
        raise CheckerUnusable(f"{path} begins with a byte order mark, which would be part of a name; take it away")
    if b":" not in text:
        raise CheckerUnusable(f"{path} has no line name:password, so that nobody could come in")


def _check_shadow() -> None:
    """Let the passwords of the machine be known to this process."""
    if not all(map(find_spec, UNIX)):
        raise CheckerUnusable(f"this Python has no {' and no '.join(UNIX)}, by which it would read them; 3.12 has")
    if os.geteuid():
        raise CheckerUnusable("only root can read the passwords of the machine; start the server as root")
