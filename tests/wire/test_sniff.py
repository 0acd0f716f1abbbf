"""The beginning of a connection: what may come before the bytes that mean something, and where those lead."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatroom.wire.sniff import Way, is_request_line, skip, way
from tests.wire.framing.test_telnet import COMMANDS, CUTS, cut, filtered


def decided(*pieces: bytes) -> bytes:
    """Return what is left of *pieces* once the dialect can be told, or nothing if it can't."""
    rest, known = b"", False
    for piece in pieces:
        if known:
            rest += piece
        else:
            rest, known = skip(rest + piece)
    return rest if known else b""


NOTHING = st.lists(st.sampled_from([b"\r\n", b"\n", b" ", b"\xef\xbb\xbf"]) | COMMANDS, max_size=6).map(b"".join)


@given(NOTHING, st.sampled_from([b"{", b"alice", b"\t", b"\xc3\xa9", b"\xff\xff", b"\xef\xbb\xbe", b"\x00"]), CUTS)
def test_the_first_byte_that_means_something_is_found(nothing: bytes, something: bytes, cuts: list[int]) -> None:
    assert decided(*cut(nothing + something, cuts)) == something


@given(NOTHING)
def test_until_then_nothing_is_decided_and_next_to_nothing_kept(nothing: bytes) -> None:
    for end in range(len(nothing) + 1):
        rest, known = skip(nothing[:end])
        assert not known
        assert len(rest) <= 22
    assert skip(nothing) == (b"", False)


@given(st.lists(st.binary(max_size=3) | st.sampled_from([b"\xff", b"\xfa", b"\xef", b"\xbb"])).map(b"".join), CUTS)
def test_however_the_opening_is_cut_the_same_is_found(data: bytes, cuts: list[int]) -> None:
    assert decided(*cut(data, cuts)) == decided(data)


def test_a_subnegotiation_of_a_client_is_skipped_and_an_endless_one_is_not_kept() -> None:
    assert skip(b"\xff\xfa" + b"a" * 1000 + b"\xff\xf0{") == (b"{", True)
    rest, known = skip(b"\xff\xfa" + b"a" * 5000)
    assert known
    assert filtered(rest) == b""


@pytest.mark.parametrize(
    ("line", "asks"),
    [
        (b"GET / HTTP/1.1", True),
        (b"BREW /a?b HTTP/1.0", True),
        (b"BREW / HTTP/2.0", True),
        (b"BREW / HTTP/3", True),
        (b"alice OPTION HTTP/", False),
        (b"GET / HTTP/1.1 ", False),
        (b"HTTP/1.1 rules", False),
        (b"GET /", False),
        (b"alice", False),
        (b'{"GET / HTTP/1.1', False),
        (b"", False),
    ],
)
def test_a_request_of_whatever_method_is_told_by_the_end_of_its_first_line(line: bytes, asks: bool) -> None:
    assert is_request_line(line) is asks


@pytest.mark.parametrize(
    "start", [b"GET /", b"HEAD * HTTP/1.1", b"POST http://x", b"CONNECT host:1 HTTP/1.1", b"PUT /\n", b"PRI * HTTP/2.0"]
)
def test_a_method_and_the_beginning_of_a_target_lead_to_http(start: bytes) -> None:
    decided = next(size for size in range(1, len(start) + 1) if way(start[:size]))
    assert decided == start.index(b" ") + 2
    assert way(start) is way(start[:decided]) is Way.HTTP


@pytest.mark.parametrize("start", [b"GET", b"GET ", b"H", b"OPTIONS"])
def test_a_word_that_may_become_a_method_decides_nothing_and_one_byte_more_does(start: bytes) -> None:
    assert way(start) is None
    for more in (b"\n", b"\r\n", b" \n", b"z"):
        assert way(start + more) is Way.LINES


@pytest.mark.parametrize("start", [b"get /", b"GETTY /", b" GET /", b"{", b"alice", b"\xff\xfd\x03GET /", b"\r\nGET /"])
def test_anything_else_leads_to_lines_at_once(start: bytes) -> None:
    assert way(start) is Way.LINES


@pytest.mark.parametrize("start", [b"SSH-2.0-OpenSSH_9.2\r\n", b"SSH-1.99-x\r\n"])
def test_the_version_of_ssh_is_told_by_its_dot(start: bytes) -> None:
    decided = next(size for size in range(1, len(start) + 1) if way(start[:size]))
    assert decided == len(b"SSH-2.")
    assert way(start) is way(start[:decided]) is Way.SSH
    for name in (b"S\n", b"SSH\n", b"SSH-2\n", b"SSH-3.0-x", b"ssh-2.0-x"):
        assert way(name) is Way.LINES


def test_the_greeting_of_tls_is_told_by_its_first_byte() -> None:
    assert way(b"\x16") is way(b"\x16\x03\x01GET / HTTP/1.1\n") is Way.TLS
    assert way(b"a\x16\x03\x01") is Way.LINES
