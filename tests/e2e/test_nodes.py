"""Servers over one database are one chat, whatever becomes of one of them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from chatroom.admin.control_client import ControlClient
from tests.e2e.peers import Bot, Frame
from tests.e2e.processes import UNLIMITED, Server, running
from tests.engine import Engine

pytestmark = pytest.mark.engines

LEASE = "1.5"
SESSION = "s" * 32
DEAD = r"node \d+ has shown no sign of life"


class Chat:
    """Two servers, and those who come to one or the other."""

    def __init__(self, where: str, folder: Path, stack: ExitStack, lease: str = LEASE) -> None:
        self.where, self.folder = where, folder
        self._stack = stack
        options = (*UNLIMITED, "--store", where, "--lease", lease, "--grace", "20", "--room", "tea")
        self.servers = [
            stack.enter_context(running(folder, *options, "--control", f"{number}.control", control=True))
            for number in range(2)
        ]
        for server in self.servers:
            server.logs("for its operator")
        self.operators = [
            stack.enter_context(ControlClient(folder / f"{number}.control")) for number, _ in enumerate(self.servers)
        ]

    def enter(self, server: Server, name: str, **fields: object) -> tuple[Bot, Frame]:
        """Let somebody come to *server*, as soon as it knows that it is a node; return them with their welcome.

        It may still have to hear from the others who is there no longer.
        """
        bot = self._stack.enter_context(Bot(server.address))
        while (reply := bot.ask("login", username=name, **fields))["type"] != "welcome":
            assert reply["code"] in ("unavailable", "username-taken")
        return bot, reply

    def come(self, server: Server, name: str, session: str | None = None, **fields: object) -> Bot:
        """Let somebody come to *server* likewise, and into the room."""
        bot, _ = self.enter(server, name, **({"session": session} if session else {}), **fields)
        assert bot.ask("join", room="tea")["type"] == "entered"
        bot.wait(of("level"))
        return bot


def of(type: str, **fields: object) -> Callable[[Frame], bool]:
    """Return what tells a frame of that *type* with such *fields*."""
    return lambda frame: frame["type"] == type and all(frame.get(name) == value for name, value in fields.items())


@pytest.fixture
def chat(postgresql: Engine, tmp_path: Path) -> Iterator[Chat]:
    with ExitStack() as stack:
        yield Chat(postgresql.database(), tmp_path, stack)


def test_who_is_at_another_server_hears_and_is_heard(chat: Chat) -> None:
    one, other = chat.servers
    alice, bob = chat.come(one, "alice"), chat.come(other, "bob")
    alice.wait(of("joined", username="bob"))
    assert bob.ask("login", username="alice")["code"] == "already-logged-in"
    with Bot(other.address) as carol:
        assert carol.ask("login", username="Alice")["code"] == "username-taken"
    said = bob.ask("say", room="tea", text="hello")
    assert alice.wait(of("said", text="hello"))["seq"] == said["seq"] == 1
    assert bob.ask("tell", to="alice", text="psst")["type"] == "ok"
    assert alice.wait(of("told"))["text"] == "psst"
    assert alice.ask("who")["usernames"] == ["alice", "bob"]
    assert alice.ask("rename", username="zoe")["type"] == "ok"
    assert bob.wait(of("renamed"))["to"] == "zoe"
    assert bob.ask("who", room="tea")["usernames"] == ["bob", "zoe"]


def test_what_holds_at_the_whole_server_holds_at_all(chat: Chat) -> None:
    one, other = chat.servers
    operator, another = chat.operators
    alice, bob = chat.come(one, "alice"), chat.come(other, "bob")
    operator.ask("ban", username="bob", reason="enough")
    bye = bob.wait(of("bye"))
    assert (bye["reason"], bye["note"]) == ("banned", "enough")
    alice.wait(of("left", username="bob"))
    for server in chat.servers:
        with Bot(server.address) as again:
            assert again.ask("login", username="bob")["code"] == "banned"
    [sanction] = another.ask("sanctions")["sanctions"]
    another.ask("unban", sanction=sanction["sanction"])
    bob = chat.come(other, "bob")
    another.ask("mute", username="alice")
    assert "room" not in alice.wait(of("sanctioned"))
    assert alice.ask("say", room="tea", text="hi")["code"] == "muted"
    operator.ask("unmute", username="alice")
    alice.wait(of("lifted"))
    assert alice.ask("say", room="tea", text="psst")["seq"] == 1
    assert bob.wait(of("said"))["text"] == "psst"
    assert operator.ask("redact", room="tea", username="alice", seconds=60)["count"] == 1
    assert bob.wait(of("redacted"))["seq"] == 1
    assert bob.ask("history", room="tea")["entries"][0]["redacted"]
    acts = [act["action"] for act in another.ask("audit")["audit"]]
    assert acts == ["redact", "unmute", "mute", "unban", "ban"]


def test_what_holds_for_somebody_is_lifted_by_the_name_that_they_have_taken_at_another_server(chat: Chat) -> None:
    one, other = chat.servers
    alice, bob = chat.come(one, "alice"), chat.enter(other, "bob")[0]
    assert alice.ask("create", room="pond")["type"] == "entered"
    assert alice.ask("ban", room="pond", username="bob")["type"] == "ok"
    assert bob.ask("rename", username="ben")["type"] == "ok"
    assert bob.ask("join", room="pond")["code"] == "banned"
    assert alice.ask("unban", room="pond", username="ben")["type"] == "ok"
    assert alice.ask("sanctions", room="pond")["sanctions"] == []


def test_what_is_reported_at_one_server_is_told_and_seen_to_at_another(chat: Chat) -> None:
    one, other = chat.servers
    operator, another = chat.operators
    alice, bob, carol = chat.come(one, "alice"), chat.come(other, "bob"), chat.come(other, "carol")
    operator.ask("appoint", room="tea", username="alice", role="moderator")
    assert alice.wait(of("appointed"))
    for text in ("one", "two"):
        assert bob.ask("say", room="tea", text=text)["type"] == "ok"
    assert carol.ask("report", room="tea", seq=2, reason="rude")["type"] == "ok"
    report = alice.wait(of("reported"))
    assert (report["room"], report["seq"], report["by"], report["reason"]) == ("tea", 2, "carol", "rude")
    assert operator.ask("redact", room="tea", username="bob", seconds=60)["count"] == 2
    for reader in (alice, another):
        [found] = reader.ask("reports", room="tea")["reports"]
        assert (found["text"], [each["text"] for each in found["context"]]) == ("two", [""])
    assert alice.ask("resolve", report=report["report"])["type"] == "ok"
    assert another.ask("reports")["reports"] == []
    [resolved] = another.ask("reports", all=True)["reports"]
    assert resolved["resolver"] == "alice"
    another.ask("mute", room="tea", username="bob")
    [mute] = operator.ask("sanctions")["sanctions"]
    assert mute["room"] == "tea"
    assert alice.ask("unmute", sanction=mute["sanction"])["type"] == "ok"
    assert bob.wait(of("lifted"))["room"] == "tea"


def test_a_private_room_is_hidden_at_all_and_open_to_who_was_in_by_any(chat: Chat) -> None:
    one, other = chat.servers
    operator, _ = chat.operators
    alice, bob = chat.come(one, "alice"), chat.come(other, "bob", SESSION)
    with Bot(other.address) as carol, Bot(one.address) as dora:
        for stranger, name in ((carol, "carol"), (dora, "dora")):
            stranger.ask("login", username=name)
            assert [room["room"] for room in stranger.ask("list", watch=True)["rooms"]] == ["tea"]
        assert operator.ask("configure", room="tea", private=True)["type"] == "ok"
        for insider in (alice, bob):
            insider.wait(of("configured", private=True))
        for stranger in (carol, dora):
            assert stranger.wait(of("rooms-changed", closed=["tea"]))["rooms"] == []
            for request in ("join", "who", "history", "sanctions"):
                assert stranger.ask(request, room="Tea")["code"] == "no-such-room"
            assert stranger.ask("create", room="Tea")["code"] == "room-exists"
            assert stranger.ask("list")["rooms"] == []
        assert [room["room"] for room in bob.ask("list")["rooms"]] == ["tea"]
        assert bob.ask("who", room="tea")["usernames"] == ["alice", "bob"]
        # Who was in at one server comes back at the other.
        assert bob.ask("leave", room="tea")["type"] == "ok"
        with Bot(one.address) as again:
            assert again.ask("login", username="bob", session=SESSION)["type"] == "welcome"
            assert again.ask("join", room="tea")["private"]
            assert alice.wait(of("left", username="bob"))["reason"] == "left"
            alice.wait(of("joined", username="bob"))
            # A kick there ends it everywhere.
            assert operator.ask("kick", room="tea", username="bob")["type"] == "ok"
            assert again.ask("join", room="tea")["code"] == "no-such-room"
            assert again.ask("list")["rooms"] == []
        operator.ask("configure", room="tea", private=False)
        carol.wait(lambda frame: frame["type"] == "rooms-changed" and frame["rooms"])
        assert carol.ask("join", room="tea")["type"] == "entered"


def test_a_session_is_taken_over_at_another_server_at_once(chat: Chat) -> None:
    one, other = chat.servers
    alice, bob = chat.come(one, "alice", SESSION), chat.come(other, "bob")
    bob.ask("say", room="tea", text="one")
    again = Bot(other.address)
    with again:
        welcome = again.ask("login", username="alice", session=SESSION)
        assert (welcome["resumed"], welcome["rooms"]) == (True, ["tea"])
        assert alice.wait(of("bye"))["reason"] == "replaced"
        entered = again.ask("join", room="tea", after=0)
        assert (entered["members"], entered["seq"]) == (2, 1)
        assert again.ask("say", room="tea", text="two")["seq"] == 2
        bob.wait(of("said", text="two"))
    # Nobody was told that she had gone and come.
    assert not [frame for frame in bob.seen if frame["type"] in {"left", "joined"}]


def test_who_was_at_a_server_that_is_killed_is_lost_or_comes_back_at_another(chat: Chat) -> None:
    one, other = chat.servers
    chat.come(one, "alice", SESSION)
    chat.come(one, "carol")
    bob = chat.come(other, "bob")
    one.kill()
    again = chat.come(other, "alice", SESSION)
    assert again.ask("who", room="tea")["usernames"] == ["alice", "bob", "carol"]
    assert bob.wait(of("left"))["username"] == "carol"
    assert bob.ask("who", room="tea")["usernames"] == ["alice", "bob"]
    assert bob.ask("who")["usernames"] == ["alice", "bob"]
    other.meant.append(DEAD)
    other.logs(DEAD)


def test_a_server_that_slept_for_too_long_says_nothing_of_it_and_begins_anew(chat: Chat) -> None:
    one, other = chat.servers
    alice, bob = chat.come(one, "alice"), chat.come(other, "bob")
    os.kill(one.process.pid, signal.SIGSTOP)
    alice.begin("say", room="tea", text="half asleep")
    assert bob.wait(of("left", username="alice"))["reason"] == "lost"
    bob.ask("say", room="tea", text="gone")
    seen = len(alice.seen)
    os.kill(one.process.pid, signal.SIGCONT)
    assert alice.wait(of("bye"))["reason"] == "stopping"
    # Somebody had come while it was awake; of what was asked since then nothing is said.
    assert {frame.get("code", frame["type"]) for frame in alice.seen[seen:]} <= {"bye", "joined", "unavailable"}
    back = chat.come(one, "alice")
    assert back.ask("say", room="tea", text="awake")["seq"] == 2
    bob.wait(of("said", text="awake"))
    one.meant.append("takes this server for dead")
    other.meant.append(DEAD)


def test_when_a_server_stops_who_has_a_session_keeps_the_seat(chat: Chat) -> None:
    one, other = chat.servers
    alice, carol = chat.come(one, "alice", SESSION), chat.come(one, "carol")
    bob = chat.come(other, "bob")
    one.stop()
    assert alice.wait(of("bye")) == carol.wait(of("bye")) == {"type": "bye", "reason": "stopping", "retry_after": 1}
    assert bob.wait(of("left"))["username"] == "carol"
    assert bob.ask("who", room="tea")["usernames"] == ["alice", "bob"]
    assert chat.come(other, "alice", SESSION).ask("who", room="tea")["usernames"] == ["alice", "bob"]


PASSWORD = "correct horse"


def test_an_account_is_the_same_at_all_servers(chat: Chat) -> None:
    one, other = chat.servers
    alice, bob = chat.come(one, "alice", SESSION), chat.come(other, "bob")
    assert alice.ask("register", password=PASSWORD)["account"] == "alice"
    with Bot(other.address) as stranger:
        assert stranger.ask("login", username="alice")["code"] == "password-required"
    again, welcome = chat.enter(other, "alice", password=PASSWORD, remember=True)
    assert (welcome["account"], welcome["memberships"]) == ("alice", ["tea"])
    assert chat.enter(one, "whoever", token=welcome["token"])[1]["username"] == "alice"
    assert bob.ask("who")["usernames"] == ["alice", "bob"]
    assert bob.ask("who", room="tea")["accounts"] == ["alice"]

    # What is told reaches all connections, wherever they are; so does what one does.
    assert bob.ask("tell", to="alice", text="psst")["type"] == "ok"
    for connection in (alice, again):
        assert connection.wait(of("told"))["text"] == "psst"
    assert again.ask("tell", to="bob", text="hush")["type"] == "ok"
    assert alice.wait(of("told", text="hush"))["to"] == "bob"
    assert again.ask("create", room="pond")["type"] == "entered"
    assert set(alice.wait(of("memberships"))["rooms"]) == {"tea", "pond"}
    assert again.ask("join", room="tea")["members"] == 2
    assert alice.ask("leave", room="tea")["type"] == "ok"
    assert again.ask("leave", room="pond")["type"] == "ok"
    assert alice.wait(of("memberships", rooms=["tea"]))
    assert alice.ask("leave", room="tea", everywhere=True)["type"] == "ok"
    assert again.wait(of("memberships", rooms=[]))
    assert [frame["username"] for frame in bob.seen if frame["type"] in ("joined", "left")] == []
    bob.wait(of("left", username="alice"))


def test_what_accounts_tell_each_other_is_kept_and_shown_at_all_servers(chat: Chat) -> None:
    one, other = chat.servers
    alice, bob, carol = chat.come(one, "alice"), chat.come(other, "bob"), chat.come(other, "carol")
    for person in (alice, bob, carol):
        assert person.ask("register", password=PASSWORD)["type"] == "ok"
    hers, _ = chat.enter(other, "alice", password=PASSWORD)
    his, _ = chat.enter(one, "bob", password=PASSWORD)
    for number, (speaker, to) in enumerate(((alice, "bob"), (hers, "bob"), (bob, "alice"), (his, "alice")), 1):
        told = speaker.ask("tell", to=to, text=f"text {number}", cid=f"{number}")
        assert (told["type"], told["seq"], told["cid"]) == ("ok", number, f"{number}")
    # Sent again over another server, it is what it was.
    assert hers.ask("tell", to="bob", text="text 1", cid="1")["seq"] == 1
    assert alice.ask("tell", to="carol", text="and you?")["seq"] == 1
    assert alice.ask("redact", **{"with": "bob"}, seq=1, reason="oops")["type"] == "ok"
    # All of it comes to the others in its order, once; and of who speaks not to the connection that does.
    for reader, spoken in ((alice, 1), (hers, 2), (bob, 3), (his, 4)):
        others = [seq for seq in (1, 2, 3, 4) if seq != spoken]
        shown = [reader.wait(of("told")) for _ in others]
        assert [frame["seq"] for frame in shown] == others
        assert {frame["with"] for frame in shown} == {"bob" if reader in (alice, hers) else "alice"}
        if reader is not alice:
            taken_back = reader.wait(of("redacted"))
            assert (taken_back["with"], taken_back["seq"]) == (shown[0]["with"], 1)
    assert carol.wait(of("told"))["with"] == "alice"
    assert hers.wait(of("told", text="and you?"))["with"] == "carol"

    # Who is away finds it at any server.
    assert bob.ask("quit")["type"] == "bye"
    assert his.ask("quit")["type"] == "bye"
    assert hers.ask("tell", to="bob", text="are you there?")["seq"] == 5
    again, _ = chat.enter(one, "bob", password=PASSWORD)
    [talk] = again.ask("talks")["talks"]
    assert (talk["with"], talk["seq"], talk["from"], talk["text"]) == ("alice", 5, "alice", "are you there?")
    entries = again.ask("history", **{"with": "alice"})["entries"]
    assert [entry["text"] for entry in entries] == ["", "text 2", "text 3", "text 4", "are you there?"]
    assert [entry["seq"] for entry in carol.ask("history", **{"with": "alice"})["entries"]] == [1]
    assert carol.ask("history", **{"with": "bob"})["entries"] == []


def test_talks_are_marked_answered_and_withheld_alike_at_all_servers(chat: Chat) -> None:
    one, other = chat.servers
    alice, bob = chat.come(one, "alice"), chat.come(other, "bob")
    for person in (alice, bob):
        assert person.ask("register", password=PASSWORD)["type"] == "ok"
    his, _ = chat.enter(one, "bob", password=PASSWORD)
    hers = {"with": "alice"}
    assert alice.ask("tell", to="bob", text="tea, bob?")["seq"] == 1
    assert his.wait(of("told"))["seq"] == 1
    assert bob.ask("mark", **hers, seq=1)["seq"] == 1
    marked = his.wait(of("marked"))
    assert (marked["with"], marked["seq"], "room" in marked) == ("alice", 1, False)
    # What he says when he has read all he has read, wherever he is.
    assert his.ask("tell", to="alice", text="yes", re=1)["seq"] == 2
    assert bob.wait(of("told", text="yes"))["re"] == 1
    assert bob.wait(of("marked"))["seq"] == 2
    assert alice.wait(of("told", text="yes"))["re"] == 1

    assert bob.ask("ignore", username="alice")["type"] == "ok"
    # All servers know of it within a moment, at once by a hint.
    while his.ask("ignored")["usernames"] != ["alice"]:
        pass
    assert alice.ask("tell", to="bob", text="hello, bob")["seq"] == 3
    assert bob.ask("unignore", username="alice")["type"] == "ok"
    while his.ask("ignored")["usernames"]:
        pass
    assert alice.ask("tell", to="bob", text="good night")["seq"] == 4
    for connection in (bob, his):
        assert connection.wait(of("told", text="good night"))["seq"] == 4
        assert [entry["seq"] for entry in connection.ask("history", **hers)["entries"]] == [1, 2, 4]
        assert [entry["seq"] for entry in connection.ask("search", query="bob")["entries"]] == [1]
        [row] = connection.ask("unread")["unread"]
        assert (row["with"], row["marked"], row["first"], row["unread"], row["mentions"]) == ("alice", 2, 4, 1, 0)
        [talk] = connection.ask("talks")["talks"]
        assert (talk["seq"], talk["marked"], talk["unread"]) == (4, 2, 1)


def test_who_has_an_account_is_renamed_at_all_servers(chat: Chat) -> None:
    one, other = chat.servers
    alice, bob = chat.come(one, "alice"), chat.come(one, "bob")
    assert alice.ask("register", password=PASSWORD)["account"] == "alice"
    again, _ = chat.enter(other, "alice", password=PASSWORD)
    assert again.ask("create", room="pond")["type"] == "entered"
    carol = chat.come(other, "carol")
    assert carol.ask("join", room="pond")["members"] == 2
    assert alice.ask("rename", username="zoe")["type"] == "ok"
    assert "room" not in again.wait(lambda frame: frame["type"] == "renamed" and "room" not in frame)
    assert carol.wait(of("renamed", room="tea"))["to"] == bob.wait(of("renamed"))["to"] == "zoe"
    assert carol.wait(of("renamed", room="pond"))["to"] == "zoe"
    for guest in (bob, carol):
        assert guest.ask("rename", username="alice")["code"] == "username-taken"
    assert chat.enter(other, "zoe", password=PASSWORD)[1]["username"] == "zoe"


def test_what_is_revoked_at_one_server_ends_at_all(chat: Chat) -> None:
    one, other = chat.servers
    operator, another = chat.operators
    alice = chat.come(one, "alice")
    assert alice.ask("register", password=PASSWORD)["account"] == "alice"
    again, welcome = chat.enter(other, "alice", password=PASSWORD, remember=True)
    assert alice.ask("revoke", device=welcome["device"])["type"] == "ok"
    assert again.wait(of("bye"))["reason"] == "revoked"
    with Bot(other.address) as thief:
        assert thief.ask("login", username="alice", token=welcome["token"])["code"] == "password-wrong"
    again, _ = chat.enter(other, "alice", password=PASSWORD)
    assert alice.ask("password", old=PASSWORD, new="battery staple")["type"] == "ok"
    assert again.wait(of("bye"))["reason"] == "revoked"
    again, _ = chat.enter(other, "alice", password="battery staple")
    another.ask("account", action="role", username="alice", role="operator")
    while alice.ask("connections")["type"] != "connections":
        # It is heard of within a moment.
        continue
    operator.ask("account", action="remove", username="alice")
    for connection in (alice, again):
        assert connection.wait(of("bye"))["reason"] == "revoked"


def test_a_guest_who_has_the_name_at_another_server_makes_way(chat: Chat) -> None:
    alice = chat.come(chat.servers[1], "alice", SESSION)
    chat.operators[0].ask("account", action="add", username="alice", password=PASSWORD)
    assert alice.wait(of("bye"))["reason"] == "revoked"


def test_an_operator_looks_after_accounts_in_the_database(chat: Chat) -> None:
    def admin(*arguments: str, typed: str = "") -> str:
        command = [sys.executable, "-m", "chatroom.admin.main", "--store", chat.where, "--control", "none", "account"]
        done = subprocess.run(
            [*command, *arguments], input=typed, capture_output=True, text=True, timeout=60, check=False
        )
        return (done.stdout or done.stderr).strip()

    bob = chat.come(chat.servers[1], "bob")
    assert admin("add", "bob", typed=PASSWORD) == "bob has an account."
    assert bob.wait(of("bye"))["reason"] == "revoked"
    bob, _ = chat.enter(chat.servers[0], "bob", password=PASSWORD)
    assert admin("role", "bob", "operator") == "bob is an operator."
    while bob.ask("connections")["type"] != "connections":
        continue
    assert admin("password", "bob", typed="battery staple") == "bob has another password, and is logged out everywhere."
    assert bob.wait(of("bye"))["reason"] == "revoked"
    assert admin("list").splitlines()[1].split()[-1] == "bob"
    assert admin("remove", "bob") == "bob has no account."
    assert chat.enter(chat.servers[0], "bob")[1]["username"] == "bob"


def test_connections_of_an_account_are_counted_at_all_servers(chat: Chat) -> None:
    alice = chat.come(chat.servers[0], "alice")
    assert alice.ask("register", password=PASSWORD)["account"] == "alice"
    for number in range(1, 8):
        chat.enter(chat.servers[number % 2], "alice", password=PASSWORD)
    for server in chat.servers:
        with Bot(server.address) as more:
            assert more.ask("login", username="alice", password=PASSWORD)["code"] == "too-many-connections"


def test_who_was_at_a_server_that_is_killed_stays_by_the_connection_at_another(chat: Chat) -> None:
    one, other = chat.servers
    alice, bob = chat.come(one, "alice", SESSION), chat.come(other, "bob")
    assert alice.ask("register", password=PASSWORD)["account"] == "alice"
    chat.come(other, "alice", password=PASSWORD)
    carol = chat.come(one, "carol")
    one.kill()
    del alice, carol
    assert bob.wait(of("left"))["username"] == "carol"
    # Her seat is held, and the session is still good for it.
    _, welcome = chat.enter(other, "whoever", session=SESSION)
    assert (welcome["username"], welcome["resumed"], welcome["rooms"]) == ("alice", True, ["tea"])
    assert bob.ask("who", room="tea")["usernames"] == ["alice", "bob"]
    assert [frame["username"] for frame in bob.seen if frame["type"] == "joined"] == ["carol"]
    other.meant.append(DEAD)
    other.logs(DEAD)


def test_a_guest_becomes_a_connection_of_an_account_that_is_at_another_server_too(chat: Chat) -> None:
    one, other = chat.servers
    alice = chat.come(other, "alice")
    assert alice.ask("register", password=PASSWORD)["account"] == "alice"
    bob, ann = chat.come(other, "bob"), chat.come(one, "ann", SESSION)
    assert ann.ask("create", room="pond")["type"] == "entered"
    assert bob.ask("join", room="pond")["members"] == 2
    reply = ann.ask("authenticate", username="alice", password=PASSWORD)
    assert (reply["account"], reply["memberships"], reply["follows"]) == ("alice", ["tea", "pond"], ["tea", "pond"])
    assert bob.wait(of("renamed"))["room"] == "pond"
    for somebody in (bob, alice):
        assert somebody.wait(of("left", room="tea", username="ann"))["reason"] == "moved"
    assert alice.wait(of("memberships"))["rooms"] == ["tea", "pond"]
    assert ann.ask("say", room="tea", text="hi")["seq"] == 1
    assert bob.wait(of("said"))["from"] == "alice"
    assert bob.ask("who")["usernames"] == ["alice", "bob"]
    assert alice.ask("who", room="pond")["roles"] == {"alice": "owner"}
    # What she made as a guest is hers, wherever she is.
    assert alice.ask("join", room="pond")["members"] == 2
    assert alice.ask("kick", room="pond", username="bob")["type"] == "ok"
    assert bob.wait(of("removed"))["by"] == "alice"
    assert alice.ask("leave", room="tea")["type"] == ann.ask("leave", room="tea")["type"] == "ok"
    assert bob.wait(of("left", room="tea", username="alice"))
    # Her session is as good as the password, at any server.
    ann.close()
    assert chat.enter(other, "whoever", session=SESSION)[1]["account"] == "alice"
    assert chat.enter(one, "ann")[1]["username"] == "ann"


def test_who_was_muted_as_a_guest_is_so_with_an_account_at_all_servers(chat: Chat) -> None:
    one, other = chat.servers
    operator, another = chat.operators
    alice = chat.come(other, "alice")
    assert alice.ask("register", password=PASSWORD)["account"] == "alice"
    bob = chat.come(other, "bob")
    ann = chat.come(one, "ann")
    assert bob.ask("create", room="pond")["type"] == "entered"
    assert bob.ask("ban", room="pond", username="ann")["type"] == "ok"
    assert bob.ask("create", room="garden")["type"] == "entered"
    assert bob.ask("appoint", room="garden", username="ann", role="moderator")["type"] == "ok"
    another.ask("mute", username="ann", room="tea")
    ann.wait(of("sanctioned", room="tea"))
    assert ann.ask("authenticate", username="alice", password=PASSWORD)["account"] == "alice"
    assert ann.ask("say", room="tea", text="hi")["code"] == "muted"
    assert ann.ask("join", room="pond")["code"] == "banned"
    assert ann.ask("configure", room="garden", locked=True)["type"] == "ok"
    assert alice.ask("join", room="pond")["code"] == "banned"
    again = chat.come(other, "alice", password=PASSWORD)
    assert again.ask("say", room="tea", text="hi")["code"] == "muted"
    assert alice.ask("say", room="tea", text="hi")["code"] == "muted"
    # It is lifted by the name that it was imposed on.
    another.ask("unmute", username="ann", room="tea")
    assert again.ask("say", room="tea", text="hi")["type"] == "ok"
    guest = chat.come(one, "guest")
    operator.ask("mute", username="guest")
    guest.wait(of("sanctioned"))
    assert guest.ask("authenticate", username="alice", password=PASSWORD)["account"] == "alice"
    assert guest.ask("say", room="tea", text="hi")["code"] == "muted"
    for connection in (ann, again):
        while connection.ask("say", room="tea", text="hi")["type"] == "ok":
            # It is heard of within a moment.
            continue
        assert connection.ask("say", room="tea", text="hi")["code"] == "muted"


def test_who_somebody_is_at_another_server_is_known_there_and_asked_for(chat: Chat) -> None:
    one, other = chat.servers
    alice, bob = chat.come(one, "alice"), chat.come(other, "bob")
    assert bob.ask("create", room="den")["type"] == "entered"
    assert bob.ask("profile", realname="Bob", away="lunch")["type"] == "ok"
    assert alice.wait(of("profile", username="bob"))["away"] == "lunch"
    [person] = alice.ask("whois", username="Bob")["people"]
    assert (person["username"], person["realname"], person["away"]) == ("bob", "Bob", "lunch")
    assert [each["room"] for each in person["rooms"]] == ["den", "tea"]
    assert [person] == bob.ask("whois", username="bob")["people"]
    assert alice.ask("whois", username="carol")["code"] == "no-such-user"
    # The secret behind it is the same at both.
    assert person["host"] == alice.ask("whois", username="alice")["people"][0]["host"]
