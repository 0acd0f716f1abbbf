"""The first connection: a server that is not there yet is waited for, and one that is something else is named."""

from __future__ import annotations

import pytest
from twisted.internet.error import ConnectionRefusedError, DNSLookupError, TimeoutError  # noqa: A004
from twisted.internet.task import Clock
from typing_extensions import override

from chatroom.client.connection import Connecting, Connection, Disconnected, Offline, Online, Refused, Waiting
from chatroom.client.reasons import NO_WORD
from tests.client.cables import WELCOME, FakeEndpoint
from tests.client.caller import ConnectionCase, error

SSH = b"SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n"


class FirstCase(ConnectionCase):
    """A test of a connection that is *patient*."""

    patient = True

    @override
    def setUp(self) -> None:
        super().setUp()
        self.connection = Connection(
            self.clock,
            self.endpoint,
            heard=self.hear,
            changed=self.change,
            server="chat.example.org 8080",
            patient=self.patient,
            random=lambda _, most: most,
        )
        self.welcome = self.connection.login("alice")

    def welcomed(self) -> None:
        self.cable.answer(WELCOME | {"type": "welcome"})
        assert self.connection.state == Online(self.successResultOf(self.welcome))


class WaitingTests(FirstCase):
    @override
    def setUp(self) -> None:
        super().setUp()
        self.endpoint.refuses = True
        self.clock.advance(0)

    def test_a_server_that_is_not_there_yet_is_waited_for(self) -> None:
        assert self.connection.state == Waiting(1, "nothing listens on chat.example.org 8080")
        self.clock.pump([1, 0])
        assert self.connection.state == Waiting(3, "nothing listens on chat.example.org 8080")
        self.endpoint.refuses = False
        self.clock.pump([2, 0])
        self.welcomed()

    def test_one_need_not_wait_so_long(self) -> None:
        self.clock.pump([1, 0, 2, 0, 4, 0])
        assert self.connection.state == Waiting(15, "nothing listens on chat.example.org 8080")
        self.endpoint.refuses = False
        assert self.connection.hurry()
        assert self.states[-1] == Connecting()
        assert not self.connection.hurry()
        self.clock.advance(0)
        self.welcomed()
        assert not self.connection.hurry()
        assert len(self.endpoint.cables) == 1

    def test_a_login_by_another_name_does_not_wait_either(self) -> None:
        self.endpoint.refuses = False
        again = self.connection.login("bob")
        self.clock.advance(0)
        [login] = self.cable.answer(WELCOME | {"type": "welcome", "username": "bob"})
        assert login["username"] == "bob"
        self.successResultOf(again)
        self.successResultOf(self.welcome)

    def test_it_can_be_ended(self) -> None:
        self.connection.quit()
        assert self.connection.state == Offline()
        self.failureResultOf(self.welcome, Disconnected)
        assert not self.clock.getDelayedCalls()


class NoAnswerTests(FirstCase):
    def test_one_is_told_for_how_long_there_is_no_answer_to_a_connection(self) -> None:
        self.endpoint.hangs = True
        self.clock.pump([0, 12])
        assert (self.connection.state, self.connection.silence) == (Connecting(), 12)

    def test_one_is_told_for_how_long_there_is_no_answer_to_the_name(self) -> None:
        self.clock.pump([0, 12])
        assert (self.connection.state, self.connection.silence) == (Connecting(), 12)
        self.clock.pump([18, 0])
        assert self.connection.state == Waiting(31, "no answer for 30 s")

    def test_a_server_without_a_place_is_waited_for(self) -> None:
        self.clock.advance(0)
        self.cable.give(b"! too-many-connections: there is no place\r\n")
        self.cable.lose()
        assert self.connection.state == Waiting(1, "too-many-connections: there is no place")

    def test_a_server_that_says_nothing_before_it_closes_is_waited_for(self) -> None:
        self.clock.advance(0)
        self.cable.lose()
        assert self.connection.state == Waiting(1, NO_WORD)

    def test_who_was_greeted_as_a_person_waits_for_what_is_to_be_read(self) -> None:
        self.clock.advance(0)
        self.cable.give(b"* Welcome to chatroom. Type the username you want.\r\n")
        self.welcomed()


STRANGERS = {
    SSH: "this is no chatroom: it says SSH-2.0-OpenSSH_9.2p1 Debian-2",
    b"HTTP/1.1 400 Bad Request\r\nServer: x\r\n": "this is no chatroom: it says HTTP/1.1 400 Bad Request",
    b"220 mail.example.org ESMTP\n": "this is no chatroom: it says 220 mail.example.org ESMTP",
    b"\x1b]0;owned\x07\x1b[2J\n": "this is no chatroom: it says \ufffd]0;owned\ufffd\ufffd[2J",
    b"x" * 5_000 + b"\n": f"this is no chatroom: it says {'x' * 80}",
    b"x" * 200_000: f"this is no chatroom: it says {'x' * 80}",
    b"\x15\x03\x01\x00\x02\x02\n": "this port speaks TLS (--tls)",
}

LATE = {
    b"\xff\xfd\x18login: ": "this is no chatroom: it says \ufffd\ufffd\ufffdlogin:",
    b"\x15\x03\x01\x00\x02\x02\x46": "this port speaks TLS (--tls)",
    b'{"error":"what?"}\n': 'this is no chatroom: it says {"error":"what?"}',
    b'{"type":"login" BAD no such command\n': 'this is no chatroom: it says {"type":"login" BAD no such command',
}
"""What may still become a frame, until it has ended or nothing more has come."""


class StrangerTests(FirstCase):
    def test_a_server_that_is_something_else_is_named_at_once(self) -> None:
        for said, reason in STRANGERS.items():
            with self.subTest(said=said[:20]):
                self.setUp()
                self.clock.advance(0)
                self.cable.give(said)
                assert self.cable.aborted
                self.clock.advance(0)
                assert str(self.failureResultOf(self.welcome, Disconnected).value) == reason
                assert self.connection.state == Offline()
                assert not self.clock.getDelayedCalls()

    def test_one_that_may_be_anything_is_named_when_it_closes(self) -> None:
        for said, reason in LATE.items():
            with self.subTest(said=said[:20]):
                self.setUp()
                self.clock.advance(0)
                self.cable.give(said)
                assert not self.cable.aborted
                self.cable.lose()
                assert str(self.failureResultOf(self.welcome, Disconnected).value) == reason

    def test_or_when_nothing_more_comes(self) -> None:
        for said, reason in LATE.items():
            with self.subTest(said=said[:20]):
                self.setUp()
                self.clock.advance(0)
                self.cable.give(said)
                self.clock.pump([30, 0])
                assert str(self.failureResultOf(self.welcome, Disconnected).value) == reason

    def test_a_chatroom_whose_first_words_are_cut_short_is_waited_for(self) -> None:
        for said in (b'{"type":"welcome","user', b"* Wel", b"! too-many"):
            for ends, reason in ((True, "the server closed the connection"), (False, "no answer for 30 s")):
                with self.subTest(said=said, ends=ends):
                    self.setUp()
                    self.clock.advance(0)
                    self.cable.give(said)
                    if ends:
                        self.cable.lose()
                    else:
                        self.clock.pump([30, 0])
                    assert isinstance(self.connection.state, Waiting)
                    assert self.connection.state.reason == reason

    def test_who_says_a_byte_now_and_then_and_no_frame_is_given_up(self) -> None:
        for byte, reason in (b"S", "this is no chatroom: it says SSSSSSSSSSSSSSS"), (b"{", "no answer for 30 s"):
            self.setUp()
            self.clock.advance(0)
            for _ in range(15):
                self.cable.give(byte)
                self.clock.advance(2)
            assert reason in str(self.connection.state) or reason in str(self.failureResultOf(self.welcome).value)

    def test_what_a_server_of_ours_says_besides_is_skipped(self) -> None:
        self.clock.advance(0)
        self.welcomed()
        self.cable.give(SSH, b"{\n")
        assert not self.cable.aborted
        self.cable.lose()
        assert self.connection.state == Waiting(1, "the server closed the connection")

    def test_a_name_that_is_refused_is_an_answer(self) -> None:
        self.clock.advance(0)
        self.cable.answer(error("username-taken"))
        self.failureResultOf(self.welcome, Refused)
        self.cable.give(SSH)
        assert not self.cable.aborted

    def test_who_was_there_before_waits_until_the_server_is_back_in_its_place(self) -> None:
        self.clock.advance(0)
        self.welcomed()
        self.cable.lose()
        self.clock.pump([1, 0])
        self.cable.give(b"HTTP/1.1 502 Bad Gateway\n")
        self.clock.advance(0)
        assert self.connection.state == Waiting(3, "this is no chatroom: it says HTTP/1.1 502 Bad Gateway")


class HastyTests(FirstCase):
    patient = False

    def test_who_is_not_patient_is_told_at_once(self) -> None:
        self.endpoint.refuses = True
        self.clock.advance(0)
        self.failureResultOf(self.welcome, ConnectionRefusedError)
        assert self.connection.state == Offline()

    def test_what_is_no_answer_is_told_too(self) -> None:
        self.clock.advance(0)
        self.cable.give(SSH)
        self.clock.advance(0)
        assert "SSH-2.0" in str(self.failureResultOf(self.welcome, Disconnected).value)


class BannedTests(FirstCase):
    def test_where_nobody_is_let_in_who_comes_from_here_there_is_nothing_to_wait_for(self) -> None:
        self.clock.advance(0)
        self.cable.give(b"! banned: You are banned from this server (enough).\n")
        self.cable.lose()
        failure = self.failureResultOf(self.welcome, Disconnected)
        assert str(failure.value) == "you are banned from this server (enough)"
        assert self.connection.state == Offline()


class VerificationError(Exception):
    """What service_identity raises for the certificate of somebody else."""


@pytest.mark.parametrize(
    ("failure", "waits"),
    [
        (ConnectionRefusedError(), True),
        (TimeoutError(), True),
        (DNSLookupError("no such host"), False),
        (VerificationError(), False),
        (Exception([("SSL routines", "", "certificate verify failed")]), False),
    ],
)
def test_only_what_may_pass_is_waited_for(failure: Exception, waits: bool) -> None:
    clock = Clock()
    endpoint = FakeEndpoint(clock, fails=failure)
    connection = Connection(clock, endpoint, heard=lambda _: None, patient=True)
    connection.login("alice").addErrback(lambda _: None)
    clock.advance(0)
    assert isinstance(connection.state, Waiting if waits else Offline)
    connection.close()


def test_a_certificate_that_is_refused_on_the_way_is_not_waited_for() -> None:
    clock = Clock()
    endpoint = FakeEndpoint(clock)
    connection = Connection(clock, endpoint, heard=lambda _: None, patient=True)
    connection.login("alice").addErrback(lambda _: None)
    clock.advance(0)
    [cable] = endpoint.cables
    cable.lose(Exception([("SSL routines", "", "certificate verify failed")]))
    assert connection.state == Offline()
