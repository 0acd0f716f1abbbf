"""What a web page is told, and what its browser adds to what it says."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Any

import pytest

from chatroom.core.values.commands import Login, Request
from chatroom.core.values.limits import Limits
from chatroom.core.values.names import Username
from chatroom.core.values.replies import AccountRights, Authenticated, Stored, Welcome
from chatroom.wire.dialect import Standpoint
from chatroom.wire.frames.frames import Frames
from chatroom.wire.frames.web import WebFrames
from chatroom.wire.framing.web_frames import message
from chatroom.wire.http.cookies import RememberedBrowser

SECRET, TOKEN, SESSION = "0123456789abcdefghi_-A", "T" * 43, "s" * 22


class Tickets:
    """Tickets, which are kept."""

    def __init__(self) -> None:
        self.issued: list[RememberedBrowser] = []

    def issue(self, device: RememberedBrowser) -> str:
        self.issued.append(device)
        return "ticket"


def dialect(secret: str = "", device: RememberedBrowser | None = None, tickets: Tickets | None = None) -> WebFrames:
    return WebFrames(Frames("chatroom", Limits()), secret, device, (tickets or Tickets()).issue)


def login(dialect: WebFrames, **fields: Any) -> Login:
    line = json.dumps({"type": "login", "id": 7, "username": "alice"} | fields).encode()
    [request] = dialect.read(line, Standpoint())
    assert isinstance(request, Request)
    assert request.id == 7
    assert isinstance(request.command, Login)
    return request.command


def digest(text: str) -> bytes:
    return sha256(text.encode()).digest()


def test_a_session_is_one_of_this_browser_alone() -> None:
    first, second = (login(dialect(secret), session=SESSION).session for secret in (SECRET, SECRET[::-1]))
    assert first == sha256(SECRET.encode() + digest(SESSION)).digest()
    assert first != second
    assert login(dialect(SECRET)).session is None
    assert login(dialect(), session=SESSION).session == digest(SESSION)


def test_a_browser_that_is_remembered_needs_no_password() -> None:
    known = dialect(SECRET, RememberedBrowser("Alice", TOKEN))
    assert login(known).token == digest(TOKEN)
    assert login(known, username="bob").token is None
    assert login(known, password="correct horse").token is None
    assert login(known, token="t" * 22).token == digest("t" * 22)


@pytest.mark.parametrize("reply", ["welcome", "ok"])
def test_a_page_gets_a_ticket_in_place_of_a_token(reply: str) -> None:
    tickets = Tickets()
    admission = AccountRights("member", (), 3, TOKEN)
    answer: Any = (
        Welcome(Username("alice"), None, account=admission)
        if reply == "welcome"
        else Authenticated(Username("alice"), admission, None)
    )
    written = dialect(SECRET, tickets=tickets).reply(Request(None, 1), answer)
    assert TOKEN.encode() not in written
    assert b'"ticket":"ticket"' in written
    assert tickets.issued == [RememberedBrowser("alice", TOKEN)]


def test_who_has_no_new_token_gets_no_ticket() -> None:
    tickets = Tickets()
    written = dialect(tickets=tickets).reply(Request(None, 1), Welcome(Username("alice"), None))
    assert b"ticket" not in written
    assert not tickets.issued


def test_what_programs_are_not_told_a_page_is_not_either() -> None:
    stored: Any = Stored("tea", 1, 0, None)  # type: ignore[arg-type]
    assert dialect().reply(Request(None, None), stored) == b""
    assert dialect().reply(Request(None, 1), stored) != b""


def test_a_line_that_is_no_request_is_misread() -> None:
    line = b'{"type":"login"'
    [misread], [frames] = dialect().read(line, Standpoint()), Frames("", Limits()).read(line, Standpoint())
    assert str(misread) == str(frames)


def test_all_that_is_written_is_messages() -> None:
    assert dialect().ping == message(Frames.ping)
