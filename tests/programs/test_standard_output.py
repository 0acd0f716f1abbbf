"""What programs print where it can't be written: they say so, and end with status 1."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.logs.scribe import sqlite

LIMIT = 60
"""Seconds in which the slowest of machines starts a program."""

pytestmark = pytest.mark.e2e

PRINTED = [
    ("chatroom", "--version"),
    ("chatroom", "--help"),
    ("chatroom", "--show-limits"),
    ("chatroom-admin", "--version"),
    ("chatroom-admin", "who", "--help"),
    ("chatroom-urwid", "--help"),
    ("chatroom-urwid", "--print-config"),
]


def ended(command: tuple[str, ...], output: int) -> tuple[int, str]:
    """Run *command*, which writes to *output*; return its status, and what it complains of."""
    program = Path(sys.executable).with_name(command[0])
    # Python writes at the end what waits for that, as it does unless somebody wishes otherwise.
    environment = {**os.environ, "PYTHONUNBUFFERED": ""}
    run = subprocess.run(
        [program, *command[1:]],
        stdout=output,
        stderr=subprocess.PIPE,
        env=environment,
        encoding="utf-8",
        timeout=LIMIT,
        check=False,
    )
    return run.returncode, run.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="here is no disk that is always full")
@pytest.mark.parametrize("command", PRINTED)
def test_what_has_no_place_is_told(command: tuple[str, ...]) -> None:
    with Path("/dev/full").open("wb") as full:
        status, told = ended(command, full.fileno())
    name = " ".join(word for word in command if not word.startswith("-"))
    assert (status, told) == (1, f"{name}: it can't write what it has to say: No space left on device\n")


@pytest.mark.parametrize("command", PRINTED)
def test_a_reader_who_has_seen_enough_is_told_nothing(command: tuple[str, ...]) -> None:
    read, write = os.pipe()
    os.close(read)
    try:
        assert ended(command, write) == (1, "")
    finally:
        os.close(write)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="here is no disk that is always full")
def test_an_answer_that_has_no_place_is_told(tmp_path: Path) -> None:
    store = str(tmp_path / "chat.sqlite")
    with sqlite(tmp_path / "chat.sqlite"):
        pass
    with Path("/dev/full").open("wb") as full:
        status, told = ended(("chatroom-admin", "--store", store, "check"), full.fileno())
    assert (status, told) == (1, "chatroom-admin: it can't write what it has to say: No space left on device\n")
