"""Requests, however they come, and answers that end where they should."""

from __future__ import annotations

import pytest

from chatroom.wire.http.requests import MOST, HTTPResponse, Requests, Unreadable, said

ASK = b"GET /a HTTP/1.1\r\nHost: x\r\n"


def requests(*pieces: bytes) -> Requests:
    found = Requests()
    for piece in pieces:
        found.feed(piece)
    return found


def test_a_head_is_popped_when_it_is_there_and_the_next_when_it_is_answered() -> None:
    found = requests(ASK)
    assert found.pop() is None
    found.feed(b"Accept: a\r\nAccept:  B , c \r\n\r\n" + ASK + b"\r\n")
    head = found.pop()
    assert head is not None
    assert (head.method, head.target, head.get("accept"), head.words("accept")) == (
        "GET",
        "/a",
        "a, B , c",
        ["a", "b", "c"],
    )
    assert found.pop() is None
    assert found.answer(HTTPResponse(200, body=b"tea"), 0).endswith(b"\r\n\r\ntea")
    assert found.pop() is not None


def test_by_http_1_0_nothing_else_can_be_spoken() -> None:
    for version, switchable in ((b"1.0", False), (b"1.1", True), (b"1.2", True)):
        head = requests(b"GET /ws HTTP/%s\r\nHost: localhost\r\n\r\n" % version).pop()
        assert head is not None
        assert head.switchable is switchable


def test_an_answer_has_a_date_a_length_and_its_fields() -> None:
    found = requests(ASK + b"\r\n")
    found.pop()
    assert found.answer(said(404, "No tea."), 784111777) == (
        b"HTTP/1.1 404 Not Found\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Length: 8\r\n"
        b"Content-Type: text/plain; charset=utf-8\r\n\r\nNo tea.\n"
    )


def test_an_answer_to_head_has_the_length_and_no_body() -> None:
    found = requests(ASK.replace(b"GET", b"HEAD") + b"\r\n")
    found.pop()
    written = found.answer(HTTPResponse(200, body=b"tea"), 0, bodiless=True)
    assert b"Content-Length: 3\r\n" in written
    assert written.endswith(b"\r\n\r\n")


@pytest.mark.parametrize("status", [204, 304])
def test_where_there_is_no_body_there_is_no_length(status: int) -> None:
    found = requests(ASK + b"\r\n")
    found.pop()
    assert b"Content-Length" not in found.answer(HTTPResponse(status), 0)
    assert found.goes_on


def test_after_the_last_answer_nothing_goes_on() -> None:
    for request, last in (
        (ASK + b"\r\n", True),
        (ASK + b"Connection: close\r\n\r\n", False),
        (b"GET / HTTP/1.0\r\n\r\n", False),
    ):
        found = requests(request)
        found.pop()
        assert found.goes_on
        assert b"Connection: close\r\n" in found.answer(HTTPResponse(200, last=last), 0)
        assert not found.goes_on


@pytest.mark.parametrize(
    ("field", "body"),
    [
        (b"Content-Length: 3", True),
        (b"Transfer-Encoding: chunked", True),
        (b"Content-Length: 0", False),
        (b"Content-Type: x", False),
    ],
)
def test_a_body_that_is_announced_is_told(field: bytes, body: bool) -> None:
    head = requests(ASK + field + b"\r\n\r\n").pop()
    assert head is not None
    assert head.body is body


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"GET / HTTP/1.1\r\n\r\n", 400),
        (b"GET /\r\n\r\n", 400),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
        (b"GET / HTTP/3.0\r\nHost: localhost\r\n\r\n", 505),
        (b"GET / HTTP/0.9\r\nHost: localhost\r\n\r\n", 505),
        (b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
        (ASK + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n", 400),
        (ASK + b"No colon\r\n\r\n", 400),
        (ASK + b"A: \x00\r\n\r\n", 400),
        (ASK + b"A: " + b"x" * MOST, 431),
        (b"GET /" + b"x" * MOST, 431),
        (ASK + b"A: " + b"x" * MOST + b"\r\n\r\n", 431),
        (ASK + b"A:" + b" " * 60_000 + b"x\r\n\r\n" + ASK + b"\r\n", 431),
    ],
)
def test_what_is_no_request_is_told_and_the_connection_ends(sent: bytes, status: int) -> None:
    found = requests(sent)
    with pytest.raises(Unreadable) as raised:
        found.pop()
    assert (raised.value.answer.status, raised.value.answer.last) == (status, True)
    assert found.answer(raised.value.answer, 0).startswith(f"HTTP/1.1 {status} ".encode())
    assert not found.goes_on
