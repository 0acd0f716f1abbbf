"""Telnet commands, which come between the bytes that a person types."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatroom.wire.framing.telnet import TelnetFilter

COMMANDS = st.one_of(
    st.sampled_from([b"\xff\xf0", b"\xff\xf1", b"\xff\xf4", b"\xff\xf9"]),
    st.builds(bytes, st.tuples(st.just(255), st.integers(251, 254), st.integers(0, 255))),
    # A byte 255 inside of a subnegotiation is doubled, so that its end can be told.
    st.binary(max_size=9).map(lambda inside: b"\xff\xfa" + inside.replace(b"\xff", b"\xff\xff") + b"\xff\xf0"),
)
TYPED = st.binary(max_size=9)
CUTS = st.lists(st.integers(0, 1000), max_size=9)


def filtered(*pieces: bytes) -> bytes:
    telnet = TelnetFilter()
    return b"".join(telnet.feed(piece) for piece in pieces)


def cut(data: bytes, cuts: list[int]) -> list[bytes]:
    places = sorted({0, len(data), *(place % (len(data) + 1) for place in cuts)})
    return [data[start:end] for start, end in pairwise(places)]


@pytest.mark.parametrize(
    ("sent", "typed"),
    [
        (b"", b""),
        (b"alice\r\n", b"alice\r\n"),
        (b"\xff\xfb\x01alice", b"alice"),
        (b"al\xff\xf1ice", b"alice"),
        (b"alice\xff\xfd\xff", b"alice"),
        (b"a\xff\xfa\x1f\x00\x50\xff\xff\x18\xff\xf0b", b"ab"),
        (b"a\xff\xfa\xff\xffb\xff\xf0c", b"ac"),
        (b"a\xff\xfab\xffc\xff\xf0d", b"ad"),
        (b"a\xff\xffb", b"a\xffb"),
        (b"\xff\xff\xff\xff\xff\xf1", b"\xff\xff"),
        (b"a\xff", b"a"),
        (b"a\xff\xfb", b"a"),
        (b"a\xff\xfabc\n", b"a"),
        ("né\n".encode(), "né\n".encode()),
    ],
)
def test_telnet_commands_are_taken_out(sent: bytes, typed: bytes) -> None:
    assert filtered(sent) == typed
    assert filtered(*[sent[at : at + 1] for at in range(len(sent))]) == typed


@given(st.lists(st.tuples(TYPED, COMMANDS)), CUTS)
def test_what_is_typed_comes_through_and_nothing_else(pairs: list[tuple[bytes, bytes]], cuts: list[int]) -> None:
    sent = b"".join(typed.replace(b"\xff", b"\xff\xff") + command for typed, command in pairs)
    assert filtered(*cut(sent, cuts)) == b"".join(typed for typed, _ in pairs)


@given(st.lists(TYPED | st.sampled_from([b"\xff", b"\xfa", b"\xf0", b"\xfb"]), max_size=30).map(b"".join), CUTS)
def test_however_it_is_cut_the_same_comes_through(sent: bytes, cuts: list[int]) -> None:
    assert filtered(*cut(sent, cuts)) == filtered(sent)


def test_a_client_that_asks_for_a_mark_is_noticed_however_it_asks() -> None:
    for sent, asked in (
        (b"a\xff\xf4\xff\xfd\x06b", True),
        (b"\xff\xfd\x01", False),
        (b"\xff\xfb\x06", False),
        (b"\x06", False),
    ):
        for pieces in ([sent], [sent[at : at + 1] for at in range(len(sent))]):
            telnet = TelnetFilter()
            for piece in pieces:
                telnet.feed(piece)
            assert telnet.asked_for_mark is asked
