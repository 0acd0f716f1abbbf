"""Networks: parts of the internet, as operators name them."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatroom.core.values.errors import BadFrame, NotAllowed
from chatroom.core.values.networks import network, parsed


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("192.0.2.7", "192.0.2.7/32"),
        ("192.0.2.7/24", "192.0.2.0/24"),
        ("10.0.0.0/8", "10.0.0.0/8"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:3::/80", "2001:db8:1:2::/64"),
        ("2001:db8::/32", "2001:db8::/32"),
        ("::ffff:192.0.2.7", "192.0.2.7/32"),
        ("::ffff:192.0.2.0/120", "192.0.2.0/24"),
    ],
)
def test_it_is_written_in_one_way(text: str, written: str) -> None:
    assert network(text) == network(written) == written


@pytest.mark.parametrize(
    "text", ["", "bob", "192.0.2", "192.0.2.0/33", "192.0.2.0/-1", "1.2.3.4/24/24", "fe80::1%eth0/64", " "]
)
def test_what_is_none_is_told_so(text: str) -> None:
    with pytest.raises(BadFrame, match="is no address, and no network"):
        network(text)


@pytest.mark.parametrize("text", ["0.0.0.0/0", "10.0.0.0/7", "::/0", "2001:db8::/31", "::ffff:0.0.0.0/96"])
def test_one_that_holds_almost_everybody_is_too_wide(text: str) -> None:
    with pytest.raises(NotAllowed, match="is too wide"):
        network(text)


@given(st.ip_addresses(v=4), st.ip_addresses(v=4), st.integers(8, 32))
def test_of_ipv4_it_holds_those_that_begin_alike(one: object, two: object, prefix: int) -> None:
    found = ip_network(f"{one}/{prefix}", strict=False)
    assert parsed(network(str(found))).holds(ip_address(str(two)).packed) == (two in found)
    assert parsed(network(str(found))).holds(ip_address(str(one)).packed)


@given(st.ip_addresses(v=6), st.ip_addresses(v=6), st.integers(32, 64))
def test_of_ipv6_too(one: object, two: object, prefix: int) -> None:
    found = ip_network(f"{one}/{prefix}", strict=False)
    if not found.network_address.ipv4_mapped:  # type: ignore[union-attr]
        assert parsed(network(str(found))).holds(ip_address(str(two)).packed[:8]) == (two in found)
        assert parsed(network(str(found))).holds(ip_address(str(one)).packed[:8])
        assert not parsed(network(str(found))).holds(bytes(4))
        assert not parsed(network(str(found))).holds(None)
