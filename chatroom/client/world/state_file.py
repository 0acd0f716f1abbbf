"""What is kept in files from one time to the next: preferences, where the user was, tokens, sessions."""

from __future__ import annotations

import fcntl
import os
import re
import secrets
from hashlib import sha256
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Generic, TypeVar
from urllib.parse import quote

import msgspec

from chatroom.client.model.memory import PlaceStore, SavedView
from chatroom.client.model.preferences import NotRemembered, PreferenceStore, Remembered
from chatroom.client.model.sessions import SessionStore
from chatroom.client.model.tokens import TokenStore

T = TypeVar("T")

_TOKEN = re.compile(rb"([!-~]{22,128})\n")
"""The contents of a file with a token, or the secret of a session, at which a server would look."""

_LONGEST = 200
"""Bytes in the name of a file or folder: the most that there may be are 255, and something comes behind it."""

_MOST_READ = 200
"""Bytes of such a file that are read; more is none."""


class _Files(Generic[T]):
    """A file in *folder* for each name on *server* with a value of some *kind*, written whole.

    So of two clients by the same name the last to write wins. *what* it holds is named in sentences, in the plural;
    to wait until it is *safe* takes as long as the disk does.
    """

    def __init__(self, folder: Path, server: str, kind: type[T], suffix: str, what: str, *, safe: bool = True) -> None:
        self._folder = folder / _file_name(server)
        self._kind = kind
        self._suffix = suffix
        self._what = what
        self._safe = safe
        self._path: Path | None = None

    def recall(self, username: str) -> T:
        """Return what *username* had kept; :exc:`NotRemembered` if that can't be read.

        A file that is damaged is set aside, and another one begun.
        """
        path = self._folder / f"{_file_name(username)}{self._suffix}"
        try:
            remembered = msgspec.json.decode(path.read_bytes(), type=self._kind)
        except FileNotFoundError:
            remembered = self._kind()
        except OSError as error:
            raise NotRemembered(f"{self._what} can't be read from {path}: {error.strerror}.") from error
        except (msgspec.DecodeError, RecursionError) as error:
            raise self._damaged(path, error) from error
        self._path = path
        return remembered

    def keep(self, remembered: T) -> None:
        """Write it for the one whose file was read; :exc:`NotRemembered` if that fails."""
        if self._path is None:
            raise NotRemembered(f"{self._what[:1].lower()}{self._what[1:]} could not be read")
        try:
            _write(self._path, msgspec.json.format(msgspec.json.encode(remembered)) + b"\n", safe=self._safe)
        except OSError as error:
            raise NotRemembered(f"{self._path} can't be written: {error.strerror}") from error

    def _damaged(self, path: Path, error: Exception) -> NotRemembered:
        aside = path.with_name(f"{path.name}.damaged")
        try:
            path.replace(aside)
        except OSError as failed:
            return NotRemembered(f"{self._what} in {path} are damaged ({error}), and stay there: {failed.strerror}.")
        self._path = path
        return NotRemembered(
            f"{self._what} were damaged ({error}) and are begun anew; the old ones are kept as {aside}."
        )


class StateFile(_Files[Remembered]):
    """A file in *folder* for each name on *server*: it holds names of rooms and people, and nothing that was said."""

    def __init__(self, folder: Path, server: str) -> None:
        super().__init__(folder, server, Remembered, ".json", "Your settings")


class PlaceFile(_Files[SavedView]):
    """A file in *folder* for each name on *server*: where the user was, and what they had begun to write."""

    def __init__(self, folder: Path, server: str) -> None:
        # It is written each second while somebody types, who must not feel it.
        super().__init__(folder, server, SavedView, ".place", "Your rooms and drafts of the last time", safe=False)


class TokenFiles:
    """A file in *folder* for each account on *server*, with its token and nothing else; nobody else can read it."""

    def __init__(self, folder: Path, server: str) -> None:
        self._folder = folder / _file_name(server)

    def recall(self, username: str) -> str:
        """Return the token of *username*, if one was kept and the file is as it was written."""
        path = self._path(username)
        try:
            return _token(path)
        except OSError as error:
            raise NotRemembered(f"{path} can't be read: {error.strerror}") from error

    def keep(self, username: str, token: str) -> None:
        """Write down *token* for *username*."""
        path = self._path(username)
        try:
            _write(path, f"{token}\n".encode())
        except OSError as error:
            raise NotRemembered(f"{path} can't be written: {error.strerror}") from error

    def forget(self, token: str) -> None:
        """Remove *token*, from several files if the account has had several names."""
        for path in self._folder.glob("*.token"):
            try:
                if _token(path) == token:
                    path.unlink(missing_ok=True)
            except OSError as error:
                raise NotRemembered(f"{path} can't be removed: {error.strerror}") from error

    def _path(self, username: str) -> Path:
        return self._folder / f"{_file_name(username)}.token"


class SessionFiles:
    """A file in *folder* for each name on *server* with the secret of its session, locked by the client that has it."""

    def __init__(self, folder: Path, server: str) -> None:
        self._folder = folder / _file_name(server)
        self._name = self._secret = ""
        self._locked: int | None = None

    def take(self, username: str) -> str:
        """Return the secret of *username*, made up if there is none; nothing while another client has it."""
        name = _file_name(username)
        if self._locked is not None and name == self._name:
            return self._secret
        self.release()
        path = self._folder / f"{name}.session"
        try:
            _make_folders(path)
            file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
            try:
                # It lasts until the end of this client, whatever that is.
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                self._name, self._secret = name, _secret(file)
            except OSError:
                os.close(file)
                raise
        except BlockingIOError:
            return ""
        except OSError as error:
            raise NotRemembered(f"{path} can't be used: {error.strerror}") from error
        self._locked = file
        return self._secret

    def release(self) -> None:
        """Let another client have it."""
        if self._locked is not None:
            os.close(self._locked)
            self._locked = None


def _secret(file: int) -> str:
    """Return the secret in *file*, or else a new one that is in it from now on."""
    if found := _TOKEN.fullmatch(os.pread(file, _MOST_READ, 0)):
        return found[1].decode()
    secret = secrets.token_urlsafe(32)
    os.fchmod(file, 0o600)
    os.ftruncate(file, 0)
    os.pwrite(file, f"{secret}\n".encode(), 0)
    return secret


def _token(path: Path) -> str:
    """Return the token in *path*, or nothing if that holds none."""
    try:
        found = _TOKEN.fullmatch(path.read_bytes())
    except FileNotFoundError:
        return ""
    return found[1].decode() if found else ""


def _write(path: Path, data: bytes, *, safe: bool = True) -> None:
    """Put *data* in the place of what is in *path*: all of it or nothing, and for nobody else to read.

    If it is to be *safe*, that holds even when the power fails.
    """
    _make_folders(path)
    with NamedTemporaryFile(dir=path.parent, prefix=path.name, delete=False) as file:
        try:
            file.write(data)
            file.flush()
            if safe:
                os.fsync(file.fileno())
            Path(file.name).replace(path)
        except OSError:
            Path(file.name).unlink(missing_ok=True)
            raise


def _make_folders(path: Path) -> None:
    for folder in (path.parent.parent, path.parent):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def _file_name(name: str) -> str:
    """Return *name* in any case as that of a file, whatever is in it, and however long it is."""
    quoted = quote(name.casefold(), safe="", errors="replace")
    if len(quoted) <= _LONGEST:
        return quoted
    return f"{quoted[:100]}-{sha256(quoted.encode()).hexdigest()}"


_: tuple[type[PreferenceStore], type[PlaceStore], type[TokenStore], type[SessionStore]] = (
    StateFile,
    PlaceFile,
    TokenFiles,
    SessionFiles,
)
