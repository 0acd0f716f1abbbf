"""What is done outside of the client: in the user's editor, by their hooks, on their disk."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.client.e2e.house import client, sees, shows, typed, wait
from tests.client.terminal import ENTER, alt, ctrl
from tests.e2e.peers import bots
from tests.e2e.processes import Server

EDITOR = """
import signal, sys
# It waits for the key: a handler could run while it prints, or too late to be noticed while it reads.
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
signal.signal(signal.SIGINT, signal.SIG_DFL)
path = sys.argv[1]
print("edits", open(path).read(), flush=True)
signal.sigwait([signal.SIGINT])
print("interrupted", flush=True)
line = input()
open(path, "w").write(line)
"""

HOOK = """
import sys
open(sys.argv[1], "w").write(sys.stdin.read())
"""


def program(path: Path, text: str) -> str:
    """Write a program to *path*; return the words that run it."""
    path.write_text(text, encoding="utf-8")
    return f"{sys.executable} {path}"


def test_the_line_is_written_in_an_editor_that_has_the_terminal(server: Server, tmp_path: Path) -> None:
    editor = program(tmp_path / "editor.py", EDITOR)
    with client(server.address[1], "alice", room="editor", env={"EDITOR": editor, "VISUAL": ""}) as t:
        t.press("tea is", alt("e"))
        t.wait_for("edits tea is")
        t.press(ctrl("c"))
        t.wait_for("interrupted")
        t.press("ready", ENTER)
        typed(t, "ready")
        t.press(ENTER)
        sees(t, "alice ready")
        t.press("/quit", ENTER)
        assert t.ends() == 0
        assert t.left_changed() == []


def test_a_hook_is_told_of_a_mention_and_a_log_of_what_is_said(server: Server, tmp_path: Path) -> None:
    hook, told, log = program(tmp_path / "hook.py", HOOK), tmp_path / "told", tmp_path / "said.log"
    config = tmp_path / "client.toml"
    config.write_text(f'[hooks]\nmention = "{hook} {told}"\n', encoding="utf-8")
    options = "--config", str(config)
    with client(server.address[1], "alice", *options, room="hooks") as t, bots(server.address, "bob") as [bob]:
        t.press(f"/log {log}", ENTER)
        shows(t, "From now on, what is said in hooks is written to")
        bob.ask("join", room="hooks")
        bob.ask("say", room="hooks", text="alice: tea?")
        shows(t, "alice: tea?")
        wait(t, lambda _: told.exists() and told.read_text().endswith("\n"))
        assert told.read_text().startswith('{"event":"mention","from":"bob","text":"alice: tea?",')
        assert log.read_text().endswith("<bob> alice: tea?\n")


def test_a_hook_that_can_not_be_started_is_told_at_once(server: Server, tmp_path: Path) -> None:
    config = tmp_path / "client.toml"
    config.write_text('[hooks]\nmention = "/no/such/program"\n', encoding="utf-8")
    options = ["--config", str(config)]
    with client(server.address[1], "alice", *options, room="broken") as t, bots(server.address, "bob") as [bob]:
        bob.ask("join", room="broken")
        bob.ask("say", room="broken", text="alice: tea?")
        shows(t, "The hook mention has failed: ")
