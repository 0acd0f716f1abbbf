"""Who lets others check passwords is told at the start if nobody could come in."""

from __future__ import annotations

import os
import sys
from contextlib import chdir
from pathlib import Path

import pytest
from twisted.cred.credentials import UsernamePassword
from twisted.cred.error import UnauthorizedLogin
from twisted.logger import ILogObserver, LogEvent, globalLogPublisher
from zope.interface import provider

from chatroom.programs.cannot_start import CannotStart
from chatroom.services.checkers import CheckerUnusable, PasswordFile, checker
from chatroom.services.secret_files import warn_of_readers

ALICE = UsernamePassword(b"alice", b"correct horse")


def test_a_file_says_whose_password_is_right_wherever_the_server_works(tmp_path: Path) -> None:
    (tmp_path / "passwords").write_text("alice:correct horse\nbob:battery staple\n")
    with chdir(tmp_path):
        found, _ = checker("file:passwords")
    known: list[object] = []
    found.requestAvatarId(ALICE).addCallback(known.append)
    assert known == [b"alice"]
    found.requestAvatarId(UsernamePassword(b"bob", b"correct horse")).addErrback(lambda f: known.append(f.type))
    assert known == [b"alice", UnauthorizedLogin]


@pytest.mark.parametrize(
    ("description", "told"),
    [
        ("file:nope", "can't be read (No such file or directory); write a line name:password there"),
        ("file:folder", "can't be read (Is a directory)"),
        ("file:empty", "has no line name:password, so that nobody could come in"),
        ("file:marked", "begins with a byte order mark"),
        ("file:", "requires a filename"),
        ("web", "there is no such checker; there are file, memory, unix"),
        ("anonymous", "it checks no passwords; there are file, memory, unix"),
    ],
)
def test_what_could_let_nobody_in_is_told_with_what_to_do(description: str, told: str, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "marked").write_text("alice:correct horse\n", encoding="utf-8-sig")
    (tmp_path / "empty").write_text("\n# nobody yet\n")
    with chdir(tmp_path), pytest.raises(CheckerUnusable) as refused:
        checker(description)
    assert told in str(refused.value)


def test_the_users_of_the_machine_are_known_to_root_alone_and_up_to_python_3_12() -> None:
    told = "start the server as root" if os.geteuid() else ""
    if sys.version_info >= (3, 13):
        told = "3.12 has"
    if told:
        with pytest.raises(CheckerUnusable, match=told):
            checker("unix")
    else:
        assert checker("unix")[1] is None


def test_a_file_that_the_server_can_not_read_any_more_ends_it(tmp_path: Path) -> None:
    path = tmp_path / "passwords"
    with pytest.raises(CannotStart, match=r"can't read .*passwords as the user that it runs as"):
        PasswordFile(path).startService()
    path.write_text("alice:correct horse\n")
    PasswordFile(path).startService()


@pytest.mark.parametrize(("mode", "told"), [(0o644, 1), (0o602, 1), (0o640, 0), (0o600, 0)])
def test_secrets_that_everybody_on_the_machine_can_read_are_told(mode: int, told: int, tmp_path: Path) -> None:
    path = tmp_path / "secrets"
    path.touch()
    path.chmod(mode)
    events: list[LogEvent] = []

    @provider(ILogObserver)
    def observe(event: LogEvent) -> None:
        events.append(event)

    globalLogPublisher.addObserver(observe)
    try:
        warn_of_readers(path)
    finally:
        globalLogPublisher.removeObserver(observe)
    assert [event["path"] for event in events] == [path] * told
