"""What the log says of connections."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from twisted.internet.address import HostnameAddress, IPv4Address, IPv6Address, UNIXAddress
from twisted.logger import ILogObserver, LogEvent, formatEvent, globalLogPublisher
from zope.interface import provider

from chatroom.core.values.errors import LoginTimeout
from chatroom.fronts.guard.access_log import AccessLog, peer
from tests.fronts.house import House

PLACES = {
    "IPv4": (IPv4Address("TCP", "192.0.2.1", 5000), "192.0.2.1:5000"),
    "IPv6": (IPv6Address("TCP", "2001:db8::1", 5000), "[2001:db8::1]:5000"),
    "IPv4 in the clothes of IPv6": (IPv6Address("TCP", "::ffff:192.0.2.1", 5000), "192.0.2.1:5000"),
    "the same by a proxy": (IPv6Address("TCP", "0:0:0:0:0:ffff:c000:201", 5000), "192.0.2.1:5000"),
    "IPv6 at length": (IPv6Address("TCP", "2001:DB8:0:0:0:0:0:1", 5000), "[2001:db8::1]:5000"),
    "a zone": (IPv6Address("TCP", "fe80::1%\x1b[31m\n", 5000), "[fe80::1%\ufffd[31m\ufffd]:5000"),
    "Unix": (UNIXAddress(None), "a Unix socket"),
    "something new": (HostnameAddress(b"example.org", 5000), "somewhere"),
}


@pytest.fixture
def written() -> Iterator[list[str]]:
    """Return what the log says of connections."""
    lines: list[str] = []

    @provider(ILogObserver)
    def observe(event: LogEvent) -> None:
        if event.get("log_namespace") == AccessLog.log.namespace:
            lines.append(formatEvent(event))

    globalLogPublisher.addObserver(observe)
    yield lines
    globalLogPublisher.removeObserver(observe)


@pytest.mark.parametrize(("address", "shown"), PLACES.values(), ids=PLACES)
def test_where_somebody_comes_from_is_written_in_one_way(address: object, shown: str) -> None:
    assert peer(address) == shown  # type: ignore[arg-type]


def test_the_lines_of_a_connection_have_one_number_and_name_whose_it_is(written: list[str]) -> None:
    house = House(heartbeat=0)
    person = house.connect(host="192.0.2.1")
    program = house.program("bob", host="2001:db8::1", session="s" * 22)
    person.type("alice")
    house.wait(3)
    person.type("quit")
    house.settle(1)
    program.vanish()
    assert written == [
        "connection 1 from 192.0.2.1:1",
        "connection 2 from [2001:db8::1]:1",
        "connection 2 from [2001:db8::1]:1 is bob (frames)",
        "connection 1 from 192.0.2.1:1 is alice (text)",
        "connection 1 from 192.0.2.1:1 ended after 3.0 s: quit (alice, text)",
        "connection 2 from [2001:db8::1]:1 ended after 4.0 s: lost (bob, frames)",
    ]


def test_who_is_called_otherwise_can_be_followed(written: list[str]) -> None:
    house = House()
    person, program = house.connect(host="192.0.2.1"), house.program("bob", host="192.0.2.2")
    person.type("alice", "create tea", "/nick alicia", "/nick bob", "/leave", "nick Alicia", "nick Alicia")
    program.ask({"type": "rename", "username": "robert"}, {"type": "rename", "username": "ALICIA"})
    assert written[4:] == [
        "connection 1 from 192.0.2.1:1: alice is now alicia",
        "connection 1 from 192.0.2.1:1: alicia is now Alicia",
        "connection 2 from 192.0.2.2:1: bob is now robert",
    ]


def test_who_comes_back_in_a_session_is_told_from_who_comes_anew(written: list[str]) -> None:
    house = House()
    before = house.program("bob", host="192.0.2.1", session="s" * 22)
    taker = house.program("robert", host="192.0.2.2", session="s" * 22)
    house.settle(1)
    assert before.closed
    taker.vanish()
    house.program("anybody", host="192.0.2.3", session="s" * 22)
    assert written == [
        "connection 1 from 192.0.2.1:1",
        "connection 1 from 192.0.2.1:1 is bob (frames)",
        "connection 2 from 192.0.2.2:1",
        "connection 2 from 192.0.2.2:1 is bob (frames), back in its session",
        "connection 1 from 192.0.2.1:1 ended after 0.0 s: replaced (bob, frames)",
        "connection 2 from 192.0.2.2:1 ended after 1.0 s: lost (bob, frames)",
        "connection 3 from 192.0.2.3:1",
        "connection 3 from 192.0.2.3:1 is bob (frames), back in its session",
    ]


def test_who_says_nothing_has_neither_name_nor_dialect(written: list[str]) -> None:
    house = House(first_line_timeout=2)
    house.connect(host="192.0.2.1")
    house.wait(5)
    assert written[1:] == [f"connection 1 from 192.0.2.1:1 ended after 2.0 s: {LoginTimeout.code} (-, unknown)"]


def test_those_who_are_refused_have_no_lines(written: list[str]) -> None:
    house = House(per_host=1)
    house.connect(host="192.0.2.1")
    house.turned_away("192.0.2.1")
    assert written == ["connection 1 from 192.0.2.1:1"]


def test_nothing_is_written_of_what_people_say(written: list[str]) -> None:
    house = House()
    alice = house.connect(host="192.0.2.1")
    alice.type("alice", "create tea for two", "the secret is out", "/tell bob hush", "/quit")
    house.settle(1)
    assert len(written) == 3
    assert not {"tea", "secret", "hush", "bob"} & {word for line in written for word in line.split()}
