"""Names that a stranger may lead to this machine, and names that nobody can."""

from __future__ import annotations

import pytest
from twisted.internet.address import IPv4Address, IPv6Address, UNIXAddress
from twisted.internet.interfaces import IAddress

from chatroom.services.operations.dns_rebinding import can_be_rebound, is_private

MACHINE = "Chat.example.org"

OURS = (
    *("localhost", "LOCALHOST", "localhost.", "prometheus.localhost", "chatroom", "chat.local", "chat.local."),
    *("127.0.0.1", "192.0.2.1", "::1", "2001:db8::1", "chat.example.org", "CHAT.EXAMPLE.ORG", "chat.example.org.", ""),
)
STRANGERS = (
    "evil.example",
    "127.0.0.1.evil.example",
    "chat.example.org.evil.example",
    "localhost.evil.example",
    "a.b.",
)


@pytest.mark.parametrize("name", OURS)
def test_names_that_nobody_can_lead_here(name: str) -> None:
    assert not can_be_rebound(name, MACHINE)


@pytest.mark.parametrize("name", STRANGERS)
def test_names_that_a_stranger_can_lead_here(name: str) -> None:
    assert can_be_rebound(name, MACHINE)


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
