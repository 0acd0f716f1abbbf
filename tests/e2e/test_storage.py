"""A log that can't be written: who speaks is told, nobody is shown what is not stored, and it goes on afterwards."""

from __future__ import annotations

import os
import re
import resource
import signal
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from pathlib import Path

import pytest

from tests.e2e.peers import Bot, Frame, bots
from tests.e2e.processes import LIMIT, Server, complaints, running
from tests.logs import scribe

SECRET = "x" * 4000
"""What is said while it can't be stored; more than any file has room for."""

Trouble = Callable[[Server, Path], AbstractContextManager[None]]


def locked(_server: Server, folder: Path) -> AbstractContextManager[None]:
    """Let another program write the log, for longer than the server waits."""
    return scribe.locked(folder / "chatroom.sqlite")


@contextmanager
def limited(server: Server, folder: Path) -> Iterator[None]:
    """Let the file to which the server writes first grow no more."""
    size = (folder / "chatroom.sqlite-wal").stat().st_size
    before = resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
    yield
    resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, before)


@contextmanager
def full(_server: Server, folder: Path) -> Iterator[None]:
    """Fill the disk."""
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(4096))
    yield
    ballast.unlink()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Return where a disk of 2 MiB is, where the tests may have one."""
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(tmp_path)]
    if os.geteuid() or subprocess.run(mount, capture_output=True, timeout=LIMIT, check=False).returncode:
        pytest.skip("need root, to mount a disk")
    yield tmp_path
    subprocess.run(["umount", str(tmp_path)], timeout=LIMIT, check=True)


def says(frames: list[Frame]) -> list[tuple[int, str]]:
    """Return the messages that *frames* show."""
    return [(frame["seq"], frame["text"]) for frame in frames if frame["type"] == "said"]


def troubles(server: Server) -> list[str]:
    """Stop *server*; return what it complained of, and that it was over, in so many lines."""
    server.send_signal(signal.SIGTERM)
    assert server.end() == -signal.SIGTERM
    assert not re.search("Traceback|Unhandled|xxx", server.output), server.output
    # Beside storing there is the index, of which nobody here need know.
    return [line.split("] ", 1)[1] for line in server.lines if "store messages in" in line]


def see_it_through(server: Server, folder: Path, trouble: Trouble) -> None:
    """Talk in two rooms before, during and after *trouble*."""
    with bots(server.address, "alice", "bob", "carol", "dora") as (alice, bob, carol, dora):
        for speaker, listener, room in ((alice, bob, "tea"), (carol, dora, "milk")):
            speaker.ask("create", room=room)
            listener.ask("join", room=room)
            for seq in (1, 2):
                assert speaker.ask("say", room=room, text=f"{seq}")["seq"] == seq

        with trouble(server, folder):
            for speaker, room in ((alice, "tea"), (carol, "milk")):
                sent = [speaker.begin("say", room=room, text=SECRET, cid=f"{number}") for number in range(3)]
                for id in sent:
                    reply = speaker.wait(lambda frame, id=id: frame.get("id") == id)  # type: ignore[misc]
                    assert (reply["type"], reply["code"]) == ("error", "storage-failed")
            assert alice.ask("topic", room="tea", topic="None")["code"] == "storage-failed"
            assert alice.ask("create", room="sugar")["code"] == "storage-failed"
            # Nobody else has noticed, and what does not have to be stored is done.
            assert bob.ask("tell", to="dora", text="all well?")["type"] == "ok"
            assert dora.event("told")["text"] == "all well?"
            for room, reader in (("tea", bob), ("milk", dora)):
                page = reader.ask("history", room=room)["entries"]
                assert [one["text"] for one in page] == ["1", "2"]
                assert [one["seq"] for one in reader.ask("search", room=room, query="2")["entries"]] == [2]
            assert [room["room"] for room in bob.ask("list")["rooms"]] == ["milk", "tea"]

        # What failed may be sent again, under its name.
        for speaker, listener, room in ((alice, bob, "tea"), (carol, dora, "milk")):
            for number in range(3):
                assert speaker.ask("say", room=room, text=SECRET, cid=f"{number}")["seq"] == 3 + number
            assert speaker.ask("say", room=room, text="goodbye", cid="0")["code"] == "cid-reused"
            listener.wait(lambda frame: frame["type"] == "said" and frame["seq"] == 5)
            stored = [(1, "1"), (2, "2"), (3, SECRET), (4, SECRET), (5, SECRET)]
            assert says(listener.seen) == stored
            assert says(speaker.seen) == stored
            assert not [frame for frame in listener.seen if frame["type"] in {"error", "gap", "topic-changed"}]
        assert alice.ask("create", room="sugar")["seq"] == 0

    failed, recovered = troubles(server)
    store = "messages in chatroom.sqlite"
    assert failed.startswith(f"can't store {store}: ")
    assert recovered == f"can store {store} again"


@pytest.mark.parametrize("trouble", [locked, limited])
def test_a_log_that_can_not_be_written_concerns_those_who_speak(trouble: Trouble, tmp_path: Path) -> None:
    with running(tmp_path, "--busy-timeout", "0.1") as server:
        see_it_through(server, tmp_path, trouble)


def test_so_does_a_full_disk(small_disk: Path) -> None:
    with running(small_disk) as server:
        see_it_through(server, small_disk, full)


def test_who_speaks_while_the_log_is_locked_for_a_moment_only_waits(tmp_path: Path) -> None:
    with running(tmp_path, "--busy-timeout", "60") as server, bots(server.address, "alice", "bob") as (alice, bob):
        alice.ask("create", room="tea")
        bob.ask("join", room="tea")
        with locked(server, tmp_path):
            alice.begin("say", room="tea", text="patience")
            assert bob.ask("ping")["type"] == "pong"
            assert bob.ask("who", room="tea")["usernames"] == ["alice", "bob"]
        assert alice.event("ok")["seq"] == 1
        assert says([bob.event("said")]) == [(1, "patience")]


def test_what_can_not_be_stored_does_not_keep_the_server_from_its_end(tmp_path: Path) -> None:
    with running(tmp_path, "--busy-timeout", "0.1") as server, Bot(server.address, "alice") as alice:
        alice.ask("create", room="tea")
        with locked(server, tmp_path):
            assert alice.ask("say", room="tea", text=SECRET)["code"] == "storage-failed"
            alice.begin("say", room="tea", text=SECRET)
            server.send_signal(signal.SIGTERM)
            assert alice.to_the_end()[-1] == {"type": "bye", "reason": "stopping", "retry_after": 1.0}
            [failed] = troubles(server)
            assert failed.startswith("can't store messages")
    with running(tmp_path) as server, Bot(server.address, "alice") as alice:
        alice.ask("join", room="tea")
        assert alice.ask("say", room="tea", text="hello")["seq"] == 1


# What the start refuses.


def written(folder: Path) -> Path:
    """Return the log of a server that has been used, in *folder*."""
    with running(folder) as server, Bot(server.address, "alice") as alice:
        alice.ask("create", room="tea")
        for _ in range(20):
            alice.ask("say", room="tea", text="x" * 4000)
    return folder / "chatroom.sqlite"


def damage(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[4096 * 5 : 4096 * 15] = b"?" * (4096 * 10)
    file.write_bytes(content)


def scribble(file: Path) -> None:
    file.write_bytes(b"Not what was here." * 1000)


def empty(file: Path) -> None:
    file.write_bytes(b"")


def renew(file: Path) -> None:
    with closing(sqlite3.connect(file)) as other:
        other.execute("PRAGMA user_version = 99")


def refusal(folder: Path, *options: str) -> str:
    """Return the one line that says why a server can't start in *folder*."""
    lines = complaints(folder, "--port", "tcp:0:interface=127.0.0.1", *options)
    found = [line for line in lines if "can't start" in line]
    assert found == lines[-1:], lines
    return found[0]


@pytest.mark.parametrize(
    ("spoil", "what"),
    [
        (scribble, r"is no chatroom log, or damaged .*; name another file, or restore a backup\."),
        (damage, r"is damaged .*; restore a backup\."),
        (empty, r"is empty; restore a backup, or remove the file to begin anew\."),
        (renew, r"was written by a newer chatroom .*; install that one again, or restore an older backup\."),
    ],
)
def test_a_file_that_is_in_no_order_is_refused_and_left_as_it_is(
    spoil: Callable[[Path], None], what: str, tmp_path: Path
) -> None:
    file = written(tmp_path)
    spoil(file)
    before = file.read_bytes()
    assert re.search(rf"chatroom can't start: chatroom\.sqlite {what}$", refusal(tmp_path))
    assert file.read_bytes() == before


def test_a_file_that_another_server_has_is_refused(tmp_path: Path) -> None:
    with running(tmp_path) as server, Bot(server.address, "alice") as alice:
        why = f"is in use by process {server.process.pid}; stop that first, or name another file."
        assert refusal(tmp_path).endswith(f"chatroom can't start: chatroom.sqlite {why}")
        assert alice.ask("create", room="tea")["seq"] == 0
        assert alice.ask("say", room="tea", text="undisturbed")["seq"] == 1


def test_a_file_that_another_program_locks_is_refused(tmp_path: Path) -> None:
    written(tmp_path)
    with closing(sqlite3.connect(tmp_path / "chatroom.sqlite", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert re.search(
            r"chatroom\.sqlite is locked by another program .*; end that program and try again\.$",
            refusal(tmp_path, "--busy-timeout", "0.1"),
        )
