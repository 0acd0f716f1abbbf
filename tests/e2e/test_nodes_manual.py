"""What the manual has to try on one machine leads where it says, word for word but for the ports."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from tempfile import mkdtemp

import pytest

from tests.e2e.peers import Bot
from tests.e2e.processes import LIMIT, free_port
from tests.engine import programs, required, unprivileged

MANUAL = (Path(__file__).parents[2] / "docs" / "nodes.md").read_text(encoding="utf-8")
SECTION = MANUAL.partition("## Try it on one machine\n")[2].partition("\n## ")[0]
DATABASES, SERVERS, FAILOVER, ABSENCE, RENEWAL, END = re.findall(
    r"^```sh\n(.*?)^```$", SECTION, re.MULTILINE | re.DOTALL
)
LOOKS = re.findall(r"^```console\n\$ (.*?)\n(.*?)^```$", SECTION, re.MULTILINE | re.DOTALL)
"""What is looked at, and what is to be seen then: for whom the primary waits."""

MISSED = 4
"""Segments of WAL, of 16 MiB each, that a standby misses: without more ado a primary keeps one."""

STARTING = ("initdb", "pg_ctl", "pg_basebackup")
"""Programs of the manual that refuse to be run by root, as which tests may run."""

pytestmark = pytest.mark.engines


class Shell:
    """A shell in *folder*, in which the commands of the manual are entered."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        path = f"{folder / 'bin'}:{Path(sys.executable).parent}:{os.environ['PATH']}"
        self._bash = subprocess.Popen(
            ["bash"],
            cwd=folder,
            env=os.environ | {"PATH": path, "HOME": str(folder)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.ports = {5441 + number: free_port() for number in range(3)}
        # Three in a row, of which the manual tells the last digit apart.
        self.first = free_port() // 10

    def enter(self, commands: str) -> str:
        """Enter *commands*, see that each succeeds, and return what they print."""
        assert self._bash.stdin
        assert self._bash.stdout
        for written, port in self.ports.items():
            commands = commands.replace(str(written), str(port))
        commands = commands.replace("808$number", f"{self.first}$number")
        self._bash.stdin.write(f"set -e\n{commands}\nset +e; echo; echo done\n")
        self._bash.stdin.flush()
        printed = ""
        for line in iter(self._bash.stdout.readline, "done\n"):
            assert line, printed
            printed += line
        return printed

    def look(self, command: str, seen: str) -> None:
        """Enter *command* of the manual until all that it says is *seen*."""
        wanted = [line.rstrip() for line in seen.splitlines()]
        since = time.monotonic()
        while (found := [line.rstrip() for line in self.enter(command).splitlines() if line.strip()]) != wanted:
            assert time.monotonic() - since < LIMIT, found

    def end(self) -> None:
        """End the shell, and what it has started and not ended."""
        self._bash.kill()
        self._bash.communicate()
        for file in self.folder.glob("chat*.pid"):
            with suppress(ProcessLookupError):
                os.kill(int(file.read_text()), signal.SIGKILL)
        for file in self.folder.glob("*/postmaster.pid"):
            with suppress(ProcessLookupError):
                os.kill(int(file.read_text().split()[0]), signal.SIGQUIT)


@pytest.fixture
def shell() -> Iterator[Shell]:
    found = required(programs())
    # Where everybody may be, and the path of which is short.
    folder = Path(mkdtemp(prefix="pg", dir="/tmp"))
    folder.chmod(0o777)
    (folder / "bin").mkdir()
    for program in STARTING if unprivileged() else ():
        shim = folder / "bin" / program
        shim.write_text(f'#!/bin/sh\nexec {" ".join(unprivileged())} {found / program} "$@"\n')
        shim.chmod(0o755)
    shell = Shell(folder)
    try:
        yield shell
    finally:
        shell.end()
        shutil.rmtree(folder)


def test_what_is_to_be_tried_on_one_machine_leads_there(shell: Shell) -> None:
    at_first, promoted, renewed = LOOKS
    shell.enter(DATABASES)
    shell.look(*at_first)
    listed = shell.enter(SERVERS)
    assert len(re.findall(r"^ *\d+ +0 +yes +\S+:\d+$", listed, re.MULTILINE)) == 3, listed
    one, other = (("127.0.0.1", int(f"{shell.first}{number}")) for number in (1, 2))
    with Bot(one, "alice") as alice, Bot(other, "bob") as bob:
        assert alice.ask("create", room="tea")["type"] == "entered"
        assert bob.ask("join", room="tea")["type"] == "entered"
        says(alice, "one", 1)
        shell.enter(FAILOVER)
        shell.look(*promoted)
        says(bob, "two", 2)
        away, back = ABSENCE.splitlines()
        shell.enter(away)
        for _ in range(MISSED):
            shell.enter(
                "psql --port=5442 --command=\"SELECT pg_logical_emit_message(false, '', ''), pg_switch_wal()\" postgres"
            )
        shell.enter("psql --port=5442 --command=CHECKPOINT postgres")
        shell.enter(back)
        shell.look(*promoted)
        says(bob, "three", 3)
        shell.enter(RENEWAL)
        shell.look(*renewed)
        says(alice, "four", 4)
        for bot in (alice, bob):
            bot.wait(lambda frame: frame["type"] == "said" and frame["text"] == "four")
            assert [frame["text"] for frame in bot.seen if frame["type"] == "said"] == ["one", "two", "three", "four"]
    shell.enter(END)
    assert not list(shell.folder.glob("*/postmaster.pid"))


def says(bot: Bot, text: str, seq: int) -> None:
    """Let *bot* say *text*, again until it is stored."""
    while (reply := bot.ask("say", room="tea", text=text, cid=text))["type"] != "ok":
        assert reply["code"] == "unavailable"
    assert reply["seq"] == seq
