"""Links, and the addresses that are handed on to other programs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatroom.client.text.links import MAX_ADDRESS, SCHEMES, address, addresses


@pytest.mark.parametrize(
    ("link", "to"),
    [
        ("https://example.org/tea?cups=2#top", "https://example.org/tea?cups=2#top"),
        ("HTTP://example.org", "http://example.org"),
        ("www.example.org/tea", "https://www.example.org/tea"),
        ("mailto:bob@example.org", "mailto:bob@example.org"),
        ("gemini://example.org/", "gemini://example.org/"),
        ("https://[::1]:8080/x", "https://[::1]:8080/x"),
        ("https://example.org/Tee für zwei", "https://example.org/Tee%20f%C3%BCr%20zwei"),
        ("https://example.org/%20a", "https://example.org/%20a"),
        ("https://bücher.example/ä", "https://xn--bcher-kva.example/%C3%A4"),
        # As browsers and the page write them: no letter becomes another one.
        ("https://faß.de", "https://xn--fa-hia.de"),
        ("https://FASS.de/ß", "https://FASS.de/%C3%9F"),
        ("https://βόλος.com", "https://xn--nxasmm1c.com"),
        ("https://\uff22ücher.example:8080", "https://xn--bcher-kva.example:8080"),
        ("https://bob:a@bücher.example.", "https://bob:a@xn--bcher-kva.example."),
        ("https://i❤.ws", "https://xn--i-7iq.ws"),
        ("https://a_b.bücher.example", "https://a_b.xn--bcher-kva.example"),
        ("https://\u0646\u0627\u0645\u0647\u200c\u0627\u06cc.com", "https://xn--mgba3gch31f060k.com"),
        ("https://example.org/a\x1b]8;;b", "https://example.org/a%1B]8;;b"),
    ],
)
def test_an_address_is_of_printable_characters(link: str, to: str) -> None:
    assert address(link) == to


@pytest.mark.parametrize(
    "link",
    [
        "javascript:alert(1)",
        "file:///etc/passwd",
        "data:text/html,tea",
        "tea",
        "https://",
        "https://[::1",
        "https://" + "ä" * 70 + ".example",
        "https://" + "ä." * 70 + "example",
        "https://ä\u200cb.example",
        "https://\u0301ä.example",
        "https://aא.example",
        "https://example.com\\@example.org",
        "https://a\u2260\u0338.example\ufffd",
        "https://example.org/" + "x" * MAX_ADDRESS,
    ],
)
def test_all_else_is_none(link: str) -> None:
    assert address(link) is None


@given(st.text() | st.text().map("https://{}".format) | st.text().map("www.{}".format))
def test_no_text_at_all_makes_another_one(link: str) -> None:
    to = address(link)
    assert to is None or (to.isascii() and to.isprintable() and " " not in to and to.partition(":")[0] in SCHEMES)


def test_the_links_of_a_text_are_found_in_order() -> None:
    text = "see https://b.example (or www.a.example) and mailto:bob@example.org, not ssh://c.example"
    assert [*addresses(text)] == ["https://b.example", "https://www.a.example", "mailto:bob@example.org"]
