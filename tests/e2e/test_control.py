"""The operator's hand: a socket that only its owner can open, and chatroom-admin that uses it."""

from __future__ import annotations

import getpass
import json
import os
import re
import socket
import stat
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from chatroom.admin.control_client import ControlClient, ControlRefused, NoServer
from chatroom.admin.main import main
from tests.e2e.peers import Bot, Peer
from tests.e2e.processes import LOOPBACK, Server, complaints, running

OWNERS = stat.S_IRUSR | stat.S_IWUSR


class Desk:
    """A server with a room for ever, its *operator*, and the people who come to it."""

    def __init__(self, stack: ExitStack, folder: Path) -> None:
        self.folder = folder
        self.server = stack.enter_context(running(folder, "--room", "tea", control=True))
        self.server.logs("listens on chatroom.control for its operator")
        self._stack = stack
        self.path = folder / "chatroom.control"
        self.operator = stack.enter_context(ControlClient(self.path))

    def come(self, username: str) -> Bot:
        """Let a program come."""
        return self._stack.enter_context(Bot(self.server.address, username))

    def admin(self, *arguments: str) -> int:
        """Let chatroom-admin do something, and return its status."""
        return main(["--store", str(self.folder / "chatroom.sqlite"), *arguments])

    def refused(self, type: str, **fields: object) -> str:
        """Return the sentence by which the operator is refused."""
        with pytest.raises(ControlRefused) as refused:
            self.operator.ask(type, **fields)
        return str(refused.value)

    def names(self, **fields: object) -> list[Any]:
        """Return who is connected."""
        return [info.get("username") for info in self.operator.ask("connections", **fields)["connections"]]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with ExitStack() as stack:
        yield Desk(stack, tmp_path)


def test_only_its_owner_can_open_the_socket_which_goes_with_the_server(desk: Desk) -> None:
    status = desk.path.stat()
    assert (stat.S_IMODE(status.st_mode), status.st_uid) == (OWNERS, os.getuid())
    assert desk.operator.ask("ping")["type"] == "pong"
    desk.server.stop()
    assert not desk.path.exists()


def test_the_connections_are_listed(desk: Desk) -> None:
    alice, bob = desk.come("alice"), desk.come("bob")
    assert alice.ask("join", room="tea")["type"] == "entered"
    assert bob.ask("ping")["type"] == "pong"
    listed = desk.operator.ask("connections")
    assert listed["more"] is False
    one, other = listed["connections"]
    assert one | {"peer": "", "since": ""} == {
        "connection": one["connection"],
        "peer": "",
        "door": "frames",
        "since": "",
        "rooms": ["tea"],
        "behind": 0,
        "waiting": 0,
        "username": "alice",
    }
    assert one["peer"].startswith("127.0.0.1:")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", one["since"])
    assert (other["rooms"], other["username"]) == ([], "bob")
    assert "account" not in one
    assert bob.ask("register", password="correct horse")["type"] == "ok"
    [bobs] = desk.operator.ask("connections", match="bob")["connections"]
    [device] = bob.ask("devices")["devices"]
    assert (bobs["account"], bobs["device"]) == ("bob", device["device"])
    assert desk.names(match="ALI") == ["alice"]
    assert desk.names(match="127.0.0.1") == ["alice", "bob"]
    assert desk.names(after=one["connection"]) == ["bob"]
    assert desk.names(match="carol") == []


def test_who_is_disconnected_is_told_why_and_may_come_back(desk: Desk) -> None:
    alice, bob = desk.come("alice"), desk.come("bob")
    desk.operator.ask("disconnect", username="ALICE", reason="this is the third time")
    farewell = alice.wait(lambda frame: frame["type"] == "bye")
    assert farewell == {"type": "bye", "reason": "kicked", "note": "this is the third time"}
    number = desk.operator.ask("connections", match="bob")["connections"][0]["connection"]
    desk.operator.ask("disconnect", connection=number)
    assert bob.wait(lambda frame: frame["type"] == "bye") == {"type": "bye", "reason": "kicked"}
    assert desk.refused("disconnect", username="alice") == "Nobody called alice is here."
    assert desk.refused("disconnect", connection=number) == f"There is no connection {number}."
    assert "one of both" in desk.refused("disconnect")
    assert desk.come("alice").ask("ping")["type"] == "pong"


def test_all_are_told_what_the_operator_has_to_say(desk: Desk) -> None:
    alice = desk.come("alice")
    with Peer(desk.server.address) as person:
        person.send("bob")
        while not (person.receive() or "").startswith("* Hello bob"):
            pass
        desk.operator.ask("notice", text="We stop at six.\nCome back at seven.")
        notice = alice.wait(lambda frame: frame["type"] == "notice")
        assert notice == {
            "type": "notice",
            "text": "We stop at six.\nCome back at seven.",
            "by": f"/{getpass.getuser()}",
        }
        person.send("PING")
        shown = [line for line in iter(person.receive, "* Notice: Come back at seven.") if line]
        assert shown[-1] == "* Notice: We stop at six."


def test_rooms_are_listed_and_deleted_the_operators_own_too(desk: Desk) -> None:
    alice = desk.come("alice")
    assert alice.ask("join", room="tea")["type"] == "entered"
    assert desk.operator.ask("who", room="tea")["usernames"] == ["alice"]
    assert [room["room"] for room in desk.operator.ask("list")["rooms"]] == ["tea"]
    desk.operator.ask("delete", room="TEA")
    assert alice.wait(lambda frame: frame["type"] == "deleted")["by"] == f"/{getpass.getuser()}"
    assert desk.refused("delete", room="tea") == "There is no room called tea."


def test_what_needs_a_name_is_not_for_the_operator_and_the_hand_for_nobody_else(desk: Desk) -> None:
    alice = desk.come("alice")
    for sentence in (desk.refused("say", room="tea", text="one"), desk.refused("login", username="root")):
        assert sentence.startswith("That is for somebody with a name")
    assert desk.refused("list", watch=True) == "Rooms are watched by those who have a name."
    for fields in (
        {"type": "connections"},
        {"type": "disconnect", "username": "alice"},
        {"type": "notice", "text": "x"},
    ):
        refusal = alice.ask(**fields)
        assert (refusal["code"], refusal["message"]) == ("not-allowed", "Only operators may do that.")


def test_chatroom_admin_has_a_hand(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    alice = desk.come("alice")
    assert alice.ask("join", room="tea")["type"] == "entered"
    assert desk.admin("who") == 0
    heading, line = capsys.readouterr().out.splitlines()
    assert heading.split()[:5] == ["connection", "since", "door", "behind", "name"]
    assert line.split()[2:5] == ["frames", "0", "alice"]
    assert line.endswith(" (tea)")
    assert desk.admin("who", "--json", "alice") == 0
    assert json.loads(capsys.readouterr().out)["username"] == "alice"
    assert desk.admin("notice", "we", "stop") == 0
    assert alice.wait(lambda frame: frame["type"] == "notice")["text"] == "we stop"
    assert desk.admin("kick", "alice", "go", "home") == 0
    assert alice.wait(lambda frame: frame["type"] == "bye")["note"] == "go home"
    assert desk.admin("delete", "tea") == 0
    capsys.readouterr()
    assert desk.admin("kick", "alice") == 1
    assert capsys.readouterr().err == "chatroom-admin: Nobody called alice is here.\n"
    desk.server.stop()
    assert desk.admin("who") == 1
    assert "start one, or name its socket by --control" in capsys.readouterr().err


@contextmanager
def in_use(folder: Path) -> Iterator[Server]:
    """Have a server that uses the socket ``hand`` in *folder*."""
    with running(folder, "--store", "memory", "--control", "hand") as server:
        server.logs("listens on hand for its operator")
        yield server


def refused_start(folder: Path) -> str:
    """Return the line by which a server does not start that is to use the socket ``hand``."""
    return complaints(folder, "--port", LOOPBACK, "--store", "memory", "--control", "hand")[-1]


def test_a_socket_that_is_in_use_is_left_alone(tmp_path: Path) -> None:
    with in_use(tmp_path):
        line = refused_start(tmp_path)
        assert "chatroom can't listen on hand for its operator: it is in use already; stop the server" in line
        with ControlClient(tmp_path / "hand") as operator:
            assert operator.ask("ping")["type"] == "pong"


def test_a_default_that_is_in_use_is_done_without(tmp_path: Path) -> None:
    first = running(tmp_path, "--store", "memory", control=True)
    second = running(tmp_path, "--store", "memory", control=True)
    with first as one:
        one.logs("listens on chatroom.control for its operator")
        with second as other:
            other.meant.append("for its operator")
            other.logs(
                "can't listen on chatroom.control for its operator: it is in use already; .* or choose another path"
            )
            with Bot(other.address, "alice"):
                pass


def test_one_that_was_left_behind_is_replaced_and_a_file_never(tmp_path: Path) -> None:
    with in_use(tmp_path) as server:
        server.kill()
    assert (tmp_path / "hand").is_socket()
    with in_use(tmp_path), ControlClient(tmp_path / "hand") as operator:
        assert operator.ask("connections")["connections"] == []
    (tmp_path / "hand").write_text("mine")
    assert "it is there, but no socket" in refused_start(tmp_path)
    assert (tmp_path / "hand").read_text() == "mine"


def test_without_a_socket_there_is_no_hand(tmp_path: Path) -> None:
    with running(tmp_path, "--store", "memory", "--control", "none"), pytest.raises(NoServer):
        ControlClient(tmp_path / "chatroom.control")
    assert not list(tmp_path.glob("*.control*"))


def test_a_hand_that_can_not_be_taken_is_told_by_its_name(tmp_path: Path) -> None:
    path = tmp_path / "chatroom.control"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as other:
        other.bind(str(path))
        with pytest.raises(OSError, match=rf"\Acan't open {path} \(.*\); name its socket by --control"):
            ControlClient(path)


def test_a_folder_with_a_long_name_has_its_hand_too(tmp_path: Path) -> None:
    folder = tmp_path / ("long" * 25)
    folder.mkdir()
    with running(folder, control=True) as server:
        server.logs("listens on chatroom.control")
        with ControlClient(folder / "chatroom.control") as operator:
            assert operator.ask("ping")["type"] == "pong"
    with pytest.raises(NoServer):
        ControlClient(folder / "chatroom.control")


def test_an_operator_moderates_every_room_from_outside(desk: Desk) -> None:
    bob = desk.come("bob")
    bob.ask("join", room="tea")
    by = f"/{getpass.getuser()}"
    desk.operator.ask("appoint", room="tea", username="bob", role="moderator")
    assert bob.event("appointed")["by"] == by
    assert bob.ask("configure", room="tea", locked=True)["type"] == "ok"
    assert bob.ask("delete", room="tea")["code"] == "not-allowed"
    desk.operator.ask("kick", room="tea", username="bob", reason="why")
    assert bob.event("removed") == {"type": "removed", "room": "tea", "by": by, "why": "kicked", "note": "why"}
    assert "bob is not in tea" in desk.refused("kick", room="tea", username="bob")
    desk.operator.ask("configure", room="tea", locked=False, capacity=2)
    assert [room["capacity"] for room in bob.ask("list")["rooms"]] == [2]


def test_chatroom_admin_keeps_order_at_the_whole_server(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    bob = desk.come("bob")
    assert desk.admin("mute", "bob", "--for", "10m") == 0
    assert "room" not in bob.event("sanctioned")
    assert bob.ask("tell", to="bob2", text="hi")["code"] == "muted"
    assert desk.admin("unmute", "bob") == 0
    assert bob.event("lifted")
    assert desk.admin("ban", "192.0.2.7/24", "floods") == 0
    assert desk.admin("ban", "bob", "--for", "1d", "enough") == 0
    assert bob.event("bye")["note"] == "enough"
    assert desk.admin("bans") == 0
    assert desk.admin("unban", "bob") == 0
    assert desk.admin("unban", "192.0.2.0/24") == 0
    assert desk.come("bob").ask("ping")["type"] == "pong"
    muted, may, banned, away, _, by_name, by_network, *rest = capsys.readouterr().out.splitlines()
    assert (muted, may) == ("bob is muted for 10 minutes.", "bob may speak.")
    assert (banned, away) == ("192.0.2.0/24, with 192.0.2.7/24 in it, is banned.", "bob is banned for 1 day.")
    assert re.fullmatch(r" +3  ban   \S+Z  - +bob +/\S+ \(enough\)", by_name)
    assert re.fullmatch(r" +2  ban   - +- +192\.0\.2\.0/24 +/\S+ \(floods\)", by_network)
    assert rest == ["bob may come in.", "192.0.2.0/24 may come in."]
    assert "is no address" in desk.refused("ban", network="192.0.2")
    assert desk.admin("ban", "10.0.0.0/7") == 1
    assert "10.0.0.0/7 is too wide" in capsys.readouterr().err
    for whom in "::1", "192.0.2.9":
        assert desk.admin("ban", whom) == 0
        assert desk.admin("unban", whom) == 0
    assert capsys.readouterr().out.splitlines() == [
        "::/64, with ::1 in it, is banned.",
        "::/64, with ::1 in it, may come in.",
        "192.0.2.9/32 is banned.",
        "192.0.2.9/32 may come in.",
    ]


def test_chatroom_admin_moderates_a_room(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    bob = desk.come("bob")
    bob.ask("join", room="tea")
    assert desk.admin("mute", "bob", "--room", "tea", "--for", "10m", "too", "loud") == 0
    assert bob.event("sanctioned")["reason"] == "too loud"
    assert desk.admin("bans", "--room", "tea") == 0
    assert desk.admin("bans", "--room", "tea", "--json") == 0
    assert desk.admin("unmute", "bob", "--room", "tea") == 0
    assert bob.event("lifted")
    assert desk.admin("kick", "bob", "--room", "tea") == 0
    assert bob.event("removed")["why"] == "kicked"
    assert desk.admin("ban", "bob", "--room", "tea", "--host") == 0
    assert bob.ask("join", room="tea")["code"] == "banned"
    assert desk.admin("unban", "bob", "--room", "tea") == 0
    assert bob.ask("join", room="tea")["type"] == "entered"
    by = f"/{getpass.getuser()}"
    muted, head, row, as_json, *rest = capsys.readouterr().out.splitlines()
    assert muted == "bob is muted in tea for 10 minutes."
    assert head.split() == ["number", "kind", "until", "room", "whom", "by,", "and", "why"]
    assert re.fullmatch(rf" +1  mute  \S+Z  tea +bob +{by} \(too loud\)", row)
    assert json.loads(as_json)["username"] == "bob"
    assert rest == [
        "bob may speak in tea.",
        "bob is out of tea.",
        "bob is banned from tea.",
        "bob may enter tea.",
    ]


def test_chatroom_admin_takes_back_and_tells_who_did_what(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    alice, bob = desk.come("alice"), desk.come("bob")
    for each in (alice, bob):
        each.ask("join", room="tea")
    for text in ("one", "two", "three"):
        assert bob.ask("say", room="tea", text=text)["type"] == "ok"
    assert alice.ask("say", room="tea", text="four")["type"] == "ok"
    by = f"/{getpass.getuser()}"
    assert desk.admin("redact", "bob", "--room", "tea", "--since", "1h", "not", "here") == 0
    assert [alice.event("redacted")["seq"] for _ in range(3)]
    assert [entry["text"] for entry in alice.ask("history", room="tea")["entries"]] == ["", "", "", "four"]
    assert desk.admin("redact", "alice", "--room", "tea", "--since", "1h") == 0
    assert desk.admin("redact", "alice", "--room", "tea", "--since", "soon") == 1
    assert desk.admin("kick", "bob") == 0
    out, err = capsys.readouterr()
    assert out.splitlines() == [
        "3 messages of bob in tea are taken back.",
        "1 message of alice in tea is taken back.",
        "bob is disconnected.",
    ]
    assert "soon is no time" in err
    assert desk.admin("audit") == 0
    shown = capsys.readouterr().out
    head, newest, *_ = shown.splitlines()
    assert head.split() == ["entry", "at", "by", "what"]
    assert re.fullmatch(rf" +\d+  \S+Z  {by} +disconnect bob", newest)
    assert desk.admin("audit", "bob", "--room", "tea", "--json") == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert sorted(row["seq"] for row in rows) == [1, 2, 3]
    assert {(row["action"], row["by"], row["username"], row["reason"]) for row in rows} == {
        ("redact", by, "bob", "not here")
    }
    # The store says the same, once it is free.
    desk.server.stop()
    assert desk.admin("audit") == 0
    assert capsys.readouterr().out == shown


def test_chatroom_admin_sees_to_what_was_reported(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    bob, carol = desk.come("bob"), desk.come("carol")
    for each in (bob, carol):
        each.ask("join", room="tea")
    for text in ("one", "two\nlines", "three"):
        assert bob.ask("say", room="tea", text=text)["type"] == "ok"
    assert carol.ask("report", room="tea", seq=2, reason="not here")["type"] == "ok"
    assert carol.ask("report", room="tea", seq=3, reason="nor this")["type"] == "ok"
    assert bob.ask("redact", room="tea", seq=2)["type"] == "ok"
    assert desk.admin("resolve", "2", "it", "is", "fine") == 0
    assert desk.admin("resolve", "7") == 1
    out, err = capsys.readouterr()
    assert out == "Report 2 is seen to.\n"
    assert "There is no report 7." in err
    assert desk.admin("reports", "--all", "--json") == 0
    newest, first = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    by = f"/{getpass.getuser()}"
    assert (newest["report"], newest["resolver"], newest["note"]) == (2, by, "it is fine")
    assert [entry["text"] for entry in newest["context"]] == ["one", ""]
    assert (first["from"], first["by"], first["text"], first["reason"]) == ("bob", "carol", "two\nlines", "not here")
    assert desk.admin("reports", "--room", "tea") == 0
    shown = capsys.readouterr().out
    head, *said = shown.splitlines()
    assert re.fullmatch(r" +1  \S+Z  carol \(not here\): message 2 of bob in tea", head)
    assert [re.sub(r"\S+Z", "…", line).split() for line in said] == [
        ["1", "…", "bob:", "one"],
        [">", "2", "…", "bob:", "two"],
        [">", "2", "…", "bob:", "lines"],
    ]
    assert desk.admin("audit", "--json") == 0
    acts = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(act["action"], act["by"], act["username"], act["seq"]) for act in acts] == [
        ("resolve", by, "bob", 3),
        ("redact", "bob", "bob", 2),
    ]
    # The store says the same, once it is free.
    desk.server.stop()
    assert desk.admin("reports", "--room", "tea") == 0
    assert capsys.readouterr().out == shown
    assert desk.admin("resolve", "1") == 1


def test_chatroom_admin_lists_the_sanctions_of_all_rooms_and_lifts_them_by_number(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    bob = desk.come("bob")
    assert desk.admin("mute", "bob", "--room", "tea") == 0
    assert bob.ask("join", room="tea")["muted"]["by"] == f"/{getpass.getuser()}"
    assert desk.admin("mute", "bob") == 0
    assert desk.admin("bans", "--json") == 0
    *_, everywhere, in_tea = capsys.readouterr().out.splitlines()
    assert (json.loads(in_tea)["room"], "room" in json.loads(everywhere)) == ("tea", False)
    number = json.loads(in_tea)["sanction"]
    assert desk.admin("unban", str(number)) == 1
    assert desk.admin("unmute", str(number)) == 0
    assert capsys.readouterr().out == f"Whoever had sanction {number} may speak.\n"
    assert bob.event("lifted")["room"] == "tea"
    assert desk.admin("bans", "--json") == 0
    assert capsys.readouterr().out == f"{everywhere}\n"
    desk.server.stop()
    assert desk.admin("bans", "--json") == 0
    assert capsys.readouterr().out == f"{everywhere}\n"


def test_a_notice_is_in_the_audit(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    assert desk.admin("notice", "we", "stop", "at", "noon") == 0
    assert desk.admin("audit", "--json") == 0
    *_, row = capsys.readouterr().out.splitlines()
    act = json.loads(row)
    assert (act["action"], act["by"], act["reason"]) == ("notice", f"/{getpass.getuser()}", "we stop at noon")


@pytest.mark.parametrize(
    ("time", "why"),
    [("soon", "is no time; write one like 30s, 10m, 2h, 1d or 4w"), ("0", "is too short"), ("-1h", "is no time")],
)
def test_what_is_no_time_is_refused(desk: Desk, time: str, why: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert desk.admin("ban", "bob", "--room", "tea", f"--for={time}") == 1
    assert f"{time} {why}" in capsys.readouterr().err
