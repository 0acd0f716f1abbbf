"""Passwords that people type at netcat and telnet, and that programs send."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace
from twisted.trial.unittest import SynchronousTestCase
from typing_extensions import override

from tests.fakes import FakePasswords, LateLog
from tests.fronts.house import House, Peer, logged

SECRET = "correct horse"
HELLO = "* Hello alice. You are in the lobby; no room is open. HELP lists the commands."
NO_ROOM = "* CREATE room opens one."
ASKED = "* alice is registered. Password:"
WRONG = "! password-wrong: That is not right; try again."
WILL_ECHO, WONT_ECHO = b"\xff\xfb\x01", b"\xff\xfc\x01"


class TypedTests(SynchronousTestCase):
    @override
    def setUp(self) -> None:
        self.passwords = FakePasswords()
        self.house = House(passwords=self.passwords)

    def registered(self) -> None:
        """Let alice have an account, and go."""
        alice = self.house.person("alice")
        assert alice.type(f"/register {SECRET}") == [
            "* alice is yours now; nobody else can have that name. Keep the password safe."
        ]
        alice.type("quit")

    def asked(self, **more: Any) -> Peer:
        """Return somebody who is asked for alice's password."""
        peer = self.house.connect(**more)
        assert peer.type("alice")[1:] == [ASKED]
        return peer

    def test_a_name_that_is_somebody_s_asks_for_the_password(self) -> None:
        self.registered()
        peer = self.asked()
        assert peer.type("wrong") == [WRONG, "* Password:"]
        assert peer.type(SECRET) == [HELLO, NO_ROOM]

    def test_where_all_need_an_account_every_name_asks_for_it(self) -> None:
        self.registered()
        assert self.house.accounts
        self.house.accounts.required = True
        peer = self.house.connect()
        assert peer.type("bob")[1:] == ["* Only people with an account come in here. Password:"]
        assert peer.type(SECRET) == [WRONG, "* Password:"]
        peer.type("")
        assert peer.type("alice", SECRET)[-2:] == [HELLO, NO_ROOM]

    def test_a_guest_becomes_who_has_the_account(self) -> None:
        self.registered()
        ann = self.house.person("ann")
        bob = self.house.person("bob")
        ann.type("create tea")
        bob.type("join tea")
        ann.type()
        assert ann.type("/login Alice") == ["* Password:"]
        assert ann.type("wrong") == [WRONG]
        assert ann.type("/login", "/login alice now") == [
            "! bad-command: Write it as /login user.",
            "* Password:",
        ]
        assert ann.type("") == ["* Never mind."]
        assert ann.type("/login alice", SECRET) == [
            "* Password:",
            "* You are logged in as alice.",
            "* ann is now alice.",
        ]
        assert bob.type()[-1] == "* ann is now alice."
        assert self.house.person("ann").type("/login alice", SECRET)[-1] == "* You are logged in as alice."
        assert ann.type("/login alice", SECRET)[-1].startswith("! account-exists: ")

    def test_somebody_acts_as_an_operator(self) -> None:
        self.registered()
        bob = self.house.person("bob")
        assert bob.type("oper alice") == ["* Password:"]
        assert bob.type(SECRET) == [WRONG]
        operator = self.house.lobby.accounts
        assert operator is not None
        [alice] = operator.after(None, "alice")
        operator.heard([replace(alice, role="operator")])
        assert bob.type("oper alice", SECRET) == ["* Password:", "* You act as an operator now, until you go."]

    def test_an_empty_line_goes_back_to_the_name(self) -> None:
        self.registered()
        peer = self.asked()
        assert peer.type("") == ["* Type the username you want."]
        assert peer.type("", "bob")[0] == HELLO.replace("alice", "bob")

    def test_spaces_of_a_password_are_kept(self) -> None:
        alice = self.house.person("alice")
        alice.type("/register", " a pass word ")
        assert alice.type(" a pass word ")[0].startswith("* alice is yours now")
        alice.type("quit")
        peer = self.asked()
        assert peer.type("a pass word") == [WRONG, "* Password:"]
        assert peer.type(" a pass word ") == [HELLO, NO_ROOM]

    def test_what_is_typed_ahead_is_taken_once_it_is_asked_for(self) -> None:
        self.registered()
        peer = self.house.connect()
        assert peer.type("alice", SECRET)[1:] == [ASKED, HELLO, NO_ROOM]

    def test_commands_ask_in_lines_of_their_own(self) -> None:
        alice = self.house.person("alice")
        assert alice.type("register") == ["* A new password:"]
        assert alice.type(SECRET) == ["* The same again:"]
        assert alice.type("another") == ["! password-invalid: These were two different ones; begin again."]
        assert alice.type("register", SECRET, SECRET)[-1].startswith("* alice is yours now")
        assert alice.type("password", SECRET, "battery staple") == [
            "* Your password:",
            "* A new password:",
            "* The same again:",
        ]
        assert alice.type("battery staple") == ["* Your password is changed; all your other devices are logged out."]
        assert alice.type("/unregister") == ["* Your password:"]
        assert alice.type("") == ["* Never mind."]
        assert alice.type("unregister", "battery staple")[-1] == "* You have no account any more; you are a guest."
        assert alice.type("devices") == ["! password-required: You have no account; register makes your name yours."]

    def test_no_password_is_asked_for_that_would_help_nothing(self) -> None:
        self.registered()
        bob = self.house.person("bob")
        none = "! password-required: You have no account; register makes your name yours."
        assert bob.type("password") == [none]
        assert bob.type("unregister") == [none]
        assert self.house.accounts
        self.house.accounts.required = True
        assert bob.type("register") == ["! not-allowed: The operator makes the accounts here."]
        self.house.accounts.required = False
        self.passwords.others = {"alice": SECRET}
        assert bob.type("register") == ["! not-allowed: Passwords are not kept here."]
        assert bob.type("login alice", SECRET) == ["* Password:", "* You are logged in as alice."]
        assert bob.type("password") == ["! not-allowed: Passwords are not kept here."]
        assert bob.type("login alice")[0].startswith("! account-exists: ")
        none_here = House().person("carol")
        assert none_here.type("oper alice") == ["! not-allowed: There are no accounts here."]

    def test_in_a_room_it_is_asked_for_first_so_that_it_is_said_to_nobody_who_types_ahead(self) -> None:
        alice, bob = self.house.person("alice"), self.house.person("bob")
        alice.type("create tea")
        bob.type("join tea")
        assert self.house.accounts
        self.house.accounts.required = True
        assert alice.type("/register", SECRET, SECRET)[-1] == "! not-allowed: The operator makes the accounts here."
        assert not any(SECRET in line for line in bob.type())

    def test_what_is_typed_behind_messages_that_are_stored_late_is_an_answer_and_not_said(self) -> None:
        log = LateLog(prompt=True)
        self.house = House(log=log, passwords=FakePasswords())
        alice, bob = self.house.person("alice"), self.house.person("bob")
        alice.type("create tea")
        bob.type("join tea")
        alice.lines()
        log.prompt = False
        alice.type("hello", "/register", SECRET, SECRET, "done")
        while log.waiting:
            log.answer()
            self.house.settle()
        assert alice.lines()[-1].endswith("<alice> done")
        assert [line.partition(" ")[2] for line in bob.lines()] == ["<alice> hello", "<alice> done"]

    def test_a_question_that_was_left_begins_anew(self) -> None:
        alice = self.house.person("alice")
        alice.type("register", SECRET)
        alice.type("")
        alice.send(b"register\n\xc3(\n")
        alice.lines()
        assert alice.type("register", SECRET) == ["* A new password:", "* The same again:"]

    def test_a_password_that_was_meant_for_a_command_is_said_to_nobody(self) -> None:
        alice, bob = self.house.person("alice"), self.house.person("bob")
        alice.type("create tea")
        bob.type("join tea")
        alice.lines()
        for line in (f"register {SECRET}", f"PASSWORD {SECRET}"):
            [refused] = alice.type(line)
            assert refused.startswith("! text-invalid: That was not said")
        assert bob.lines() == []
        assert alice.type("registered mail")[0].endswith("<alice> registered mail")

    def test_telnet_is_asked_not_to_show_it(self) -> None:
        self.registered()
        peer = self.house.connect()
        # Any telnet command will do.
        peer.send(b"\xff\xfd\x03alice\r\n")
        self.house.settle()
        assert peer.wire.value().endswith(f"{ASKED}\n".encode() + WILL_ECHO)
        peer.wire.clear()
        peer.send(f"{SECRET}\r\n".encode())
        self.house.settle()
        assert peer.wire.value().startswith(f"{HELLO}\n".encode())
        assert peer.wire.value().endswith(WONT_ECHO)
        peer.wire.clear()
        assert WILL_ECHO not in peer.wire.value()

    def test_devices_are_listed_and_logged_out(self) -> None:
        self.registered()
        peer = self.asked()
        peer.type(SECRET)
        other = self.asked()
        other.type(SECRET)
        listed = [line.split() for line in peer.type("devices")]
        assert [(words[1:4], words[7:]) for words in listed] == [
            (["2", "connection", "text"], ["(this", "one)"]),
            (["3", "connection", "text"], []),
        ]
        assert peer.type("revoke 3") == ["* Device 3 is logged out."]
        assert other.lines() == ["* Bye: revoked."]
        assert peer.type("revoke 3") == ["! no-such-device: You have no device 3."]
        assert peer.type("revoke it") == ["! bad-command: Write it as REVOKE number."]

    def test_nothing_of_a_password_is_in_the_log(self) -> None:
        with logged("") as lines:
            self.registered()
            peer = self.asked(kind="tcp", host="192.0.2.1")
            peer.type("wrong password", SECRET)
            program = self.house.connect()
            program.ask({"type": "login", "id": 1, "username": "alice", "password": SECRET, "token": "x"})
            program.ask({"type": "login", "id": 1, "username": "alice", "password": 5, "secret": SECRET})
        assert lines
        assert not [line for line in lines if "wrong password" in line or SECRET in line]


class WayTests(SynchronousTestCase):
    @override
    def setUp(self) -> None:
        self.house = House(passwords=FakePasswords())
        alice = self.house.person("alice")
        alice.type(f"/register {SECRET}", "quit")

    def told(self, **where: Any) -> list[str]:
        """Return the types of what a program is told that logs in by a password."""
        login = {"type": "login", "id": 1, "username": "alice", "password": SECRET}
        return [frame.get("code", frame["type"]) for frame in self.house.connect(**where).ask(login)]

    def test_a_password_over_an_open_way_is_warned_of(self) -> None:
        for where in ({"kind": "unix"}, {"kind": "tcp", "host": "127.0.0.1"}, {"kind": "tcp", "host": "::1"}):
            assert self.told(**where) == ["welcome"]
        assert self.told(kind="tcp", host="192.0.2.1") == ["notice", "welcome"]

    def test_or_is_not_taken(self) -> None:
        assert self.house.accounts
        self.house.accounts.plain = False
        assert self.told(kind="tcp", host="127.0.0.1") == ["welcome"]
        assert self.told(kind="tcp", host="192.0.2.1") == ["not-allowed"]
