"""What a server reads again while it runs, and what its log shows: by signal, and by the operator's hand."""

from __future__ import annotations

import json
import re
import signal
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from chatroom.admin.control_client import ControlClient, ControlRefused
from chatroom.admin.main import main
from tests.e2e.peers import Bot, Peer
from tests.e2e.processes import LOOPBACK, TWISTD, running, started


class Desk:
    """A server with a file of settings and a message of the day, and who runs it."""

    def __init__(self, stack: ExitStack, folder: Path, *options: str) -> None:
        self.folder = folder
        self.motd = folder / "motd.txt"
        self.settings = folder / "chatroom.toml"
        self.motd.write_text("Tea is at five.\n")
        self.settings.write_text("per-host = 2\n")
        files = ("--config", "chatroom.toml", "--motd", "motd.txt")
        self.server = stack.enter_context(running(folder, *files, "--page", "7", *options, control=True))
        self.server.logs("listens on chatroom.control")
        self.stack = stack

    def come(self, username: str) -> Bot:
        """Let a program come."""
        return self.stack.enter_context(Bot(self.server.address, username))

    def operator(self) -> ControlClient:
        """Take the hand."""
        return self.stack.enter_context(ControlClient(self.folder / "chatroom.control"))

    def admin(self, *arguments: str) -> int:
        """Let chatroom-admin do something, and return its status."""
        return main(["--store", str(self.folder / "chatroom.sqlite"), *arguments])


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def test_limits_of_the_file_hold_once_it_is_read_again(stack: ExitStack, tmp_path: Path) -> None:
    desk = Desk(stack, tmp_path)
    for name in ("alice", "bob"):
        desk.come(name)
    with Peer(desk.server.address) as carol:
        assert (carol.receive() or "").startswith("! too-many-connections: ")
    operator = desk.operator()
    desk.settings.write_text("per-host = 3\npage = 9\nname = 'Tea'\n")
    desk.motd.write_text("Tea is at six.\n")
    late = f"{desk.settings}, line 3: name changes only when the server is started again"
    desk.server.meant.append("name changes only")
    assert operator.ask("reload") == {
        "type": "ok",
        "id": 1,
        "changed": [f"read the message of the day in {desk.motd} again", "per-host is 3 now, and was 2"],
        "failed": [late],
    }
    with desk.come("carol") as carol:
        assert carol.ask("ping")["type"] == "pong"
    # The command line goes before the file.
    desk.settings.write_text("per-host = 2\npage = 10\n")
    desk.server.send_signal(signal.SIGHUP)
    desk.server.logs("#info] per-host is 2 now, and was 3")
    desk.server.meant.append("keeping the old")
    desk.settings.write_text("per-host = 5\nper-hose = 6\n")
    desk.server.send_signal(signal.SIGHUP)
    desk.server.logs(
        "#error] keeping the old settings: .*chatroom.toml, line 2: there is no option 'per-hose'; did you"
    )
    assert operator.ask("reload")["changed"] == [f"read the message of the day in {desk.motd} again"]


def test_chatroom_admin_reloads(stack: ExitStack, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    desk = Desk(stack, tmp_path)
    desk.server.meant.append("keeping the old")
    desk.settings.write_text("burst = 3\n")
    assert desk.admin("reload") == 0
    rows = sorted(capsys.readouterr().out.splitlines())
    assert rows == [
        "changed  burst is 3 now, and was 30",
        "changed  per-host is 64 now, and was 2",
        f"changed  read the message of the day in {desk.motd} again",
    ]
    desk.motd.write_bytes(b"\xff\n")
    assert desk.admin("reload", "--json") == 1
    out, err = capsys.readouterr()
    failed = f"keeping the old message of the day: {desk.motd} is not UTF-8"
    assert json.loads(out) == {"outcome": "failed", "sentence": failed}
    assert err == "chatroom-admin: what failed is as it was before\n"
    desk.server.stop()
    for command in (["reload"], ["log-level", "warn"]):
        assert desk.admin(*command) == 1
        assert "no server listens on" in capsys.readouterr().err


def test_where_there_is_nothing_to_read_again_nothing_has_changed(
    stack: ExitStack, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stack.enter_context(running(tmp_path, control=True)).logs("listens on chatroom.control")
    assert main(["--control", str(tmp_path / "chatroom.control"), "reload"]) == 0
    assert capsys.readouterr().out == "Nothing has changed.\n"


@pytest.mark.parametrize("options", [(), ("--log-json",)], ids=["text", "json"])
def test_the_log_shows_what_the_operator_wants(
    options: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    motd = tmp_path / "motd.txt"
    motd.write_text("Tea is at five.\n")
    command: list[str | Path] = [
        TWISTD,
        "-n",
        "--pidfile=",
        "chatroom",
        "--port",
        LOOPBACK,
        "--motd",
        "motd.txt",
        *options,
    ]

    def admin(*arguments: str) -> int:
        return main(["--control", str(tmp_path / "chatroom.control"), *arguments])

    with started(*command, cwd=tmp_path) as server:
        while "for its operator" not in (server.receive() or "it has ended"):
            assert server.process.poll() is None
        assert admin("log-level", "warn") == admin("reload") == 0
        motd.unlink()
        assert admin("reload") == 1
        assert admin("log-level", "info") == 0
        motd.touch()
        assert admin("reload") == 0
        with ControlClient(tmp_path / "chatroom.control") as operator:
            with pytest.raises(ControlRefused, match="This is not a frame: "):
                operator.ask("log-level", level="critical")
            operator.ask("log-level", level="error")
        server.process.send_signal(signal.SIGTERM)
        assert server.end() == -signal.SIGTERM
    assert "The log shows warn and above.\n" in capsys.readouterr().out
    said = re.compile("shows (?:warn|info|error) and above|keeping the old|read the message|Received SIGTERM")
    assert [found[0] for line in server.lines if (found := said.search(line))] == [
        "shows warn and above",
        "keeping the old",
        "shows info and above",
        "read the message",
        "shows error and above",
    ]


def test_who_makes_the_log_otherwise_sets_its_level_otherwise(tmp_path: Path) -> None:
    (tmp_path / "journal.py").write_text(
        "import sys\nfrom twisted.logger import textFileLogObserver\n"
        "def journal():\n    return textFileLogObserver(sys.stdout)\n"
    )
    twistd = ("env", f"PYTHONPATH={tmp_path}", TWISTD, "--logger", "journal.journal")
    with running(tmp_path, twistd=twistd, control=True) as server:
        server.logs("listens on chatroom.control")
        with (
            ControlClient(tmp_path / "chatroom.control") as operator,
            pytest.raises(ControlRefused, match="The log is made by what --logger names"),
        ):
            operator.ask("log-level", level="warn")
