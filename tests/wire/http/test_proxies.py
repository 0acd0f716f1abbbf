"""Proxies: the last address that none of them has is who asks."""

from __future__ import annotations

from ipaddress import ip_network

import pytest

from chatroom.wire.http.proxies import Proxies

PROXIES = Proxies([ip_network("10.0.0.0/8"), ip_network("2001:db8::/32")])


@pytest.mark.parametrize(
    ("field", "client"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("1.2.3.4, 192.0.2.1", "192.0.2.1"),
        ("1.2.3.4,192.0.2.1 ,10.0.0.1, 2001:db8::1", "192.0.2.1"),
        ("2001:DB9::1", "2001:db9::1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("192.0.2.1, unknown", None),
        ("unknown, 10.0.0.1", "10.0.0.1"),
        ("10.0.0.1", "10.0.0.1"),
        ("10.0.0.2, 10.0.0.1", "10.0.0.2"),
        ("192.0.2.1:50000, 10.0.0.1", "192.0.2.1"),
        ("[2001:DB9::1]:443", "2001:db9::1"),
        ("[2001:db9::1]", "2001:db9::1"),
        ("[]:1", None),
        ("192.0.2.1:", None),
        ("", None),
    ],
)
def test_the_client_is_who_stands_before_the_proxies(field: str, client: str | None) -> None:
    assert PROXIES.client(field) == client


@pytest.mark.parametrize(
    ("address", "trusted"),
    [
        ("10.9.9.9", True),
        ("::ffff:10.0.0.1", True),
        ("2001:db8::5", True),
        ("11.0.0.1", False),
        ("", False),
        ("x", False),
    ],
)
def test_a_proxy_is_known_by_its_address(address: str, *, trusted: bool) -> None:
    assert PROXIES.trusts(address) is trusted
    assert not Proxies().trusts(address)
