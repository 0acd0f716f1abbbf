"""What an operator's programs are answered over HTTP."""

from __future__ import annotations

import re

import pytest
from twisted.internet.address import IPv4Address, IPv6Address, UNIXAddress
from twisted.internet.interfaces import IAddress, IProtocol
from twisted.internet.protocol import connectionDone
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransport
from twisted.python.failure import Failure

from chatroom.core.tools.stats import Histogram
from chatroom.services.operations.metrics import Metrics
from chatroom.services.operations.metrics_http import Capped, MetricsSite, is_private
from tests.fakes import World
from tests.fronts.house import logged
from tests.services.operations.test_metrics import FakeConnections

NEARBY, PUBLIC = "127.0.0.1", "192.0.2.1"


class Wire(StringTransport):
    """The server's end of a connection to the address *here*."""

    closed = False

    def __init__(self, protocol: IProtocol, here: str) -> None:
        super().__init__(hostAddress=IPv4Address("TCP", here, 9100))
        self.protocol = protocol
        protocol.makeConnection(self)

    def end(self) -> None:
        self.protocol.connectionLost(connectionDone)

    def connectionLost(self, reason: Failure) -> None:  # noqa: N802
        self.closed = True


class House:
    """MetricsSite that programs ask for, where *most* connections are taken."""

    def __init__(self, most: int = 3) -> None:
        self.world = World()
        metrics = Metrics(self.world.lobby, FakeConnections(), None, Histogram([1]))
        self.factory = Capped(MetricsSite(Clock(), metrics, "chat.example.org"), most)

    def connect(self, here: str = NEARBY) -> Wire:
        """Return the server's end of a new connection to the address *here*."""
        return Wire(self.factory.buildProtocol(None), here)

    def ask(self, request: str, *headers: str, here: str = NEARBY) -> str:
        """Return all that *request* is answered with."""
        wire = self.connect(here)
        lines = (f"{request} HTTP/1.1", *headers, "Connection: close", "", "")
        wire.protocol.dataReceived("\r\n".join(lines).encode())
        wire.end()
        answer: bytes = wire.value()
        return answer.decode()


@pytest.mark.parametrize("host", ["localhost:9100", "127.0.0.1:9100", "[::1]:9100", "chatroom", "chat.example.org"])
def test_who_asks_for_this_machine_is_answered(host: str) -> None:
    assert House().ask("GET /healthz", f"Host: {host}").startswith("HTTP/1.1 200 OK\r\n")


@pytest.mark.parametrize("path", ["/healthz", "/metrics", "/"])
def test_a_web_page_that_has_let_its_name_lead_here_is_told_nothing(path: str) -> None:
    answer = House().ask(f"GET {path}", "Host: evil.example:9100")
    assert answer.startswith("HTTP/1.1 421 Misdirected Request\r\n")
    assert answer.endswith(
        "ask for localhost, an address, or the machine's own name: a web page may have made up this one\n"
    )


def test_where_others_can_reach_it_any_name_will_do() -> None:
    house = House()
    for host in ("prometheus.example.org:9100", "192.0.2.1"):
        assert house.ask("GET /healthz", f"Host: {host}", here=PUBLIC).startswith("HTTP/1.1 200 OK\r\n")


def test_a_program_may_ask_for_the_headers_alone_and_no_line_of_the_log_tells() -> None:
    house = House()
    with logged("") as lines:
        for path, kind in (("/metrics", "text/plain; version="), ("/healthz", "text/plain; charset=utf-8")):
            answer = house.ask(f"HEAD {path}", "Host: localhost")
            assert answer.startswith("HTTP/1.1 200 OK\r\n")
            assert re.search(rf"\r\ncontent-type: {kind}", answer, re.IGNORECASE)
            assert answer.endswith("\r\n\r\n")
        house.world.lobby.stopping = True
        assert house.ask("HEAD /healthz", "Host: localhost").startswith("HTTP/1.1 503 ")
        assert house.ask("HEAD /healthz", "Host: evil.example").startswith("HTTP/1.1 421 ")
    assert lines == []


def test_more_connections_than_an_operator_has_use_for_are_closed() -> None:
    house = House(most=3)
    first, *_ = (house.connect() for _ in range(3))
    assert house.connect().closed
    first.end()
    assert not house.connect().closed
    assert house.connect().closed


@pytest.mark.parametrize(
    ("address", "private"),
    [
        (IPv4Address("TCP", "127.0.0.1", 1), True),
        (IPv4Address("TCP", "127.9.9.9", 1), True),
        (IPv6Address("TCP", "::1", 1), True),
        (IPv6Address("TCP", "::ffff:127.0.0.1", 1), True),
        (IPv4Address("TCP", "192.0.2.1", 1), False),
        (IPv6Address("TCP", "2001:db8::1", 1), False),
        (UNIXAddress(b"/run/chatroom"), False),
    ],
    ids=str,
)
def test_an_address_is_of_this_machine_alone_or_not(address: IAddress, *, private: bool) -> None:
    assert is_private(address) == private
