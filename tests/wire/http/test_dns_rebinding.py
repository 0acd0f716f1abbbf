"""Names that a stranger may lead to this machine, and names that nobody can."""

from __future__ import annotations

import pytest

from chatroom.wire.http.dns_rebinding import can_be_rebound

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
