"""Endpoints: what people write for one, and what they are told."""

from __future__ import annotations

import pytest
from twisted.internet.testing import MemoryReactorClock

from chatroom.services.listening.endpoints import mistake
from chatroom.services.listening.listen_address import ListenAddress

MEANT = {
    "127.0.0.1:8080": "tcp:8080:interface=127.0.0.1",
    "0.0.0.0:9000": "tcp:9000:interface=0.0.0.0",
    "localhost:8080": "tcp:8080:interface=127.0.0.1",
    "tcp:localhost:8080": "tcp:8080:interface=127.0.0.1",
    "tcp:127.0.0.1:8080": "tcp:8080:interface=127.0.0.1",
    "haproxy:127.0.0.1:8080": "haproxy:tcp:8080:interface=127.0.0.1",
    "[::1]:8080": r"tcp6:8080:interface=\:\:1",
    "::1:8080": r"tcp6:8080:interface=\:\:1",
    "tcp6:[::1]:8080": r"tcp6:8080:interface=\:\:1",
    "2001:db8::1": r"tcp6:8080:interface=2001\:db8\:\:1",
    "127.0.0.1": "tcp:8080:interface=127.0.0.1",
    "LOCALHOST": "tcp:8080:interface=127.0.0.1",
    "*:8080": "8080",
    ":8080": "8080",
    "tcp6:8080:interface=::1": r"tcp6:8080:interface=\:\:1",
    "tcp:8080:interface=[::1]": r"tcp:8080:interface=\:\:1",
    "tcp6:8080:interface=::1:backlog=5": r"tcp6:8080:interface=\:\:1:backlog=5",
    "haproxy:tcp6:8080:interface=::": r"haproxy:tcp6:8080:interface=\:\:",
    "/run/chatroom/socket": "unix:/run/chatroom/socket",
}
"""What people write, and what they mean."""

TO_BE_CHOSEN = "tcp:8080:interface=ADDRESS, with an address of this machine"

UNKNOWN = {
    "tcp:8080:iface=127.0.0.1": "iface is no parameter of tcp; did you mean interface?",
    "haproxy:tcp:8080:iface=127.0.0.1": "iface is no parameter of tcp; did you mean interface?",
    "tcp:8080:tea=1": "tea is no parameter of tcp; there are port, interface, backlog",
    "unix:/run/chat:mod=660": "mod is no parameter of unix; did you mean mode?",
    "systemd:domain=INET:idx=0": "idx is no parameter of systemd; did you mean index?",
}

RIGHT = (
    "8080",
    "tcp:8080:interface=127.0.0.1",
    r"tcp6:8080:interface=\:\:1",
    "tcp:port=8080",
    "unix:chat",
    "unix:/run/chat.sock:mode=660",
    "unix:address=/run/chat",
    "haproxy:tcp:8080:interface=127.0.0.1",
)

SENSELESS = (
    "tcp",
    "tcp:tea",
    "tcp:tea:interface=127.0.0.1",
    "udp:8080",
    "tea",
    "tea:8080",
    "localhost:99999",
    "",
    "-1",
)


def told(description: str) -> str:
    with pytest.raises(ValueError, match=r"\A.*\Z") as refused:
        ListenAddress(MemoryReactorClock(), description)
    return str(refused.value)


@pytest.mark.parametrize(("written", "meant"), MEANT.items())
def test_who_knows_addresses_is_told_the_endpoint_for_it(written: str, meant: str) -> None:
    assert told(written) == f"{written} is no endpoint; write {meant}"
    assert mistake(meant) is None
    if not meant.startswith("unix:"):
        ListenAddress(MemoryReactorClock(), meant)


@pytest.mark.parametrize("written", ["chat.example.org", "chat.example.org:8080"])
def test_who_names_a_machine_has_to_choose_one_of_its_addresses(written: str) -> None:
    assert told(written) == f"{written} is no endpoint; write {TO_BE_CHOSEN}"


@pytest.mark.parametrize(("written", "why"), UNKNOWN.items())
def test_a_parameter_that_there_is_not_is_named(written: str, why: str) -> None:
    assert told(written) == f"{written} is no endpoint: {why}"


@pytest.mark.parametrize("written", RIGHT)
def test_what_is_right_is_no_mistake(written: str) -> None:
    assert mistake(written) is None
    ListenAddress(MemoryReactorClock(), written)


@pytest.mark.parametrize("written", SENSELESS)
def test_what_means_nothing_is_refused_without_a_word_of_python(written: str) -> None:
    assert told(written).startswith(f"{written} is no endpoint")
    assert told(written).endswith("; write 8080 or tcp:8080:interface=127.0.0.1")
    assert not {"argument", "literal", "_parse"} & set(told(written).replace("(", " ").split())
