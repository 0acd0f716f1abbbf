"""What each request is answered with: the page for who may have it, and nothing for pages of somebody else's."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Sequence
from typing import Any

import pytest

from chatroom.wire.http.cookies import RememberedBrowser
from chatroom.wire.http.origins import Origin, Origins
from chatroom.wire.http.requests import Head, HTTPResponse
from chatroom.wire.http.site import SAFE, WHOLE, Asset, Site, Upgrade
from chatroom.wire.http.tickets import SECONDS, Tickets
from tests.fronts.browser import UPGRADE

INDEX, SCRIPT = Asset(b"<title>", "text/html", '"1"'), Asset(b"let it;", "text/javascript", '"2"')
SECRET = "0123456789abcdefghi_-A"
TOKEN = "T" * 43


class House:
    """A site, and what is asked of it."""

    def __init__(self, **origins: Any) -> None:
        self.now = 0.0
        self.revoked: list[str] = []
        self.tickets = Tickets(lambda: self.now)
        ours = Origins("myself.example.org", **origins)
        self.site = Site({"index.html": INDEX, "app.js": SCRIPT}, ours, self.tickets, self.revoked.append)

    def ask(
        self, target: str = "/", method: str = "GET", /, *, secure: bool = False, body: bool = False, **fields: Any
    ) -> HTTPResponse | Upgrade:
        named = {"host": "localhost:8080"} | {name.replace("_", "-").lower(): value for name, value in fields.items()}
        return self.site.answer(Head(method, target, list(named.items()), body), secure=secure)

    def status(self, *asked: str, **fields: Any) -> int:
        answer = self.ask(*asked, **fields)
        return 101 if isinstance(answer, Upgrade) else answer.status

    def upgrade(self, target: str = "/ws", **fields: Any) -> int:
        return self.status(target, **{**UPGRADE, **fields})


def got(answer: HTTPResponse | Upgrade, name: str) -> Sequence[str]:
    """Return the fields *name* of *answer*."""
    return [value for field, value in answer.fields if field == name]


def test_each_file_is_there_and_comes_again_only_when_it_is_another_one() -> None:
    house = House()
    page, script = house.ask("/"), house.ask("/app.js?1")
    assert isinstance(page, HTTPResponse)
    assert isinstance(script, HTTPResponse)
    assert (page.status, page.body, got(page, "Content-Type")) == (200, INDEX.body, ["text/html"])
    assert (script.status, script.body, got(script, "Cache-Control")) == (200, SCRIPT.body, ["no-cache"])
    assert got(page, "Cache-Control") == ["private, no-cache"]
    assert house.status("/app.js", if_none_match='"1", "2"') == 304
    assert house.status("/app.js", if_none_match='"1"') == 200
    assert [house.status(path) for path in ("/app", "/../app.js", "//app.js", "/nothing", "http://[", "*")] == [404] * 6


def test_a_file_comes_packed_to_who_can_unpack_it() -> None:
    house = House()
    house.site.assets = {"app.js": SCRIPT._replace(packed=b"gz")}
    for accepted, body, encoding in (
        ("gzip, deflate, br", b"gz", ["gzip"]),
        ("br", SCRIPT.body, []),
        ("gzip;q=0", SCRIPT.body, []),
        ("", SCRIPT.body, []),
    ):
        answer = house.ask("/app.js", accept_encoding=accepted)
        assert isinstance(answer, HTTPResponse)
        assert (answer.body, got(answer, "Content-Encoding")) == (body, encoding)
        assert got(answer, "Vary") == ["Accept-Encoding"]
    assert house.status("/app.js", if_none_match='"2"', accept_encoding="gzip") == 304


def test_whatever_is_answered_says_what_a_page_may_do() -> None:
    house = House()
    for answer in (house.ask("/"), house.ask("/no"), house.ask(host="evil.example"), house.ask("/", "POST")):
        assert {*SAFE, *WHOLE} <= set(answer.fields)
        assert len(got(answer, "Cache-Control")) == 1
    # It is never a page of its own.
    script = house.ask("/app.js")
    assert set(SAFE) <= set(script.fields)
    assert got(script, "Content-Security-Policy") == []


def test_the_page_opens_nothing_where_browsers_would_know_that() -> None:
    field = "Cross-Origin-Opener-Policy"
    for host, secure, sent in (
        ("localhost:1", False, 1),
        ("127.0.0.9", False, 1),
        ("[::1]:8080", False, 1),
        ("a.localhost", False, 1),
        ("192.0.2.1", False, 0),
        ("192.0.2.1", True, 1),
    ):
        assert len(got(House().ask(host=host, secure=secure), field)) == sent, host


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "CONNECT"])
def test_no_other_method_is_taken_and_the_connection_ends(method: str) -> None:
    answer = House().ask("/", method)
    assert isinstance(answer, HTTPResponse)
    assert (answer.status, answer.last) == (405, True)


def test_whoever_announces_a_body_is_heard_no_further() -> None:
    answer = House().ask("/", body=True)
    assert isinstance(answer, HTTPResponse)
    assert (answer.status, answer.last) == (200, True)


OURS = ["localhost", "LOCALHOST:8080", "127.0.0.1:8080", "[::1]", "[2001:db8::1]:1", "chat", "chat.local", ""]
OURS += ["MySelf.example.org", "myself.example.org.", "certified.example", "a.wild.example"]
STRANGERS = ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example:80", "a.b.wild.example", "wild.example"]


@pytest.mark.parametrize("host", OURS)
def test_who_asks_for_us_is_answered(host: str) -> None:
    assert House(certified=lambda: ["certified.example", "*.wild.example"]).status(host=host) == 200


@pytest.mark.parametrize("host", [*STRANGERS, "a b", "user@localhost", "localhost:x", "[::1", "localhost/"])
def test_who_asks_for_somebody_else_is_told_what_an_operator_may_do(host: str) -> None:
    answer = House(certified=lambda: ["certified.example", "*.wild.example"]).ask(host=host)
    assert isinstance(answer, HTTPResponse)
    assert (answer.status, answer.last, b"--web-host" in answer.body) == (421, True, True)


def test_an_operator_may_name_the_server() -> None:
    assert House(names=["evil.example"]).status(host="EVIL.example.:80") == 200
    assert House(origins=[Origin("https", "evil.example", 443)]).status(host="evil.example") == 200


class TestWebSocket:
    """A WebSocket begins for pages of ours, and for programs."""

    def test_it_begins_at_both_doors(self) -> None:
        house = House()
        assert [house.upgrade(path) for path in ("/ws", "/", "/ws?x", "/chat", "/app.js")] == [101, 101, 101, 404, 404]

    def test_the_key_is_answered(self) -> None:
        key = {"Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="}
        [accepted] = got(House().ask("/ws", **{**UPGRADE, **key}), "Sec-WebSocket-Accept")
        assert accepted == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="

    @pytest.mark.parametrize(
        ("fields", "status"),
        [
            ({"Sec-WebSocket-Key": ""}, 400),
            ({"Sec-WebSocket-Key": "short"}, 400),
            ({"Sec-WebSocket-Key": "x" * 24}, 400),
            ({"Sec-WebSocket-Version": "8"}, 426),
            ({"Sec-WebSocket-Version": ""}, 426),
            ({"Upgrade": "h2c"}, 200),
            ({"Connection": "keep-alive"}, 200),
        ],
    )
    def test_what_is_missing_is_told(self, fields: dict[str, str], status: int) -> None:
        assert House().upgrade("/", **fields) == status

    @pytest.mark.parametrize(
        ("origin", "host", "secure"),
        [
            ("http://localhost:8080", "localhost:8080", False),
            ("http://LOCALHOST:8080", "localhost:8080", False),
            ("http://localhost", "localhost:80", False),
            ("https://myself.example.org", "myself.example.org", True),
            ("https://myself.example.org:443", "MYSELF.example.org", True),
            ("http://[::1]:8080", "[::1]:8080", False),
        ],
    )
    def test_a_page_of_ours_may(self, origin: str, host: str, *, secure: bool) -> None:
        assert isinstance(House().ask("/ws", **{**UPGRADE, "Origin": origin, "host": host}, secure=secure), Upgrade)

    @pytest.mark.parametrize(
        ("origin", "host", "secure"),
        [
            ("http://localhost:8081", "localhost:8080", False),
            ("https://localhost:8080", "localhost:8080", False),
            ("http://localhost:8080", "localhost:8080", True),
            ("http://127.0.0.1:8080", "localhost:8080", False),
            ("https://evil.example", "localhost:8080", False),
            ("null", "localhost:8080", False),
            ("file://", "localhost:8080", False),
            ("http://localhost:8080.evil.example", "localhost:8080", False),
            ("http://evil@localhost:8080", "localhost:8080", False),
            ("http://localhost:8080/path", "localhost:8080", False),
            ("http://localhost:99999", "localhost:8080", False),
            ("nonsense", "localhost:8080", False),
        ],
    )
    def test_no_other_page_may(self, origin: str, host: str, *, secure: bool) -> None:
        answer = House().ask("/ws", **{**UPGRADE, "Origin": origin, "host": host}, secure=secure)
        assert isinstance(answer, HTTPResponse)
        assert (answer.status, answer.last, b"--web-origin" in answer.body) == (403, True, True)

    def test_a_browser_that_says_that_the_page_is_from_elsewhere_is_believed(self) -> None:
        assert House().upgrade(Sec_Fetch_Site="cross-site") == 403
        assert House().upgrade(Sec_Fetch_Site="same-origin", Origin="http://localhost:8080") == 101

    def test_where_origins_are_named_no_other_counts(self) -> None:
        house = House(origins=[Origin("https", "chat.example.org", 443)])
        assert house.upgrade(Origin="https://chat.example.org", host="localhost:8080") == 101
        assert house.upgrade(Origin="http://localhost:8080") == 403
        assert house.upgrade() == 101

    def test_it_is_no_older_http_s(self) -> None:
        fields = [("host", "localhost"), *((name.lower(), value) for name, value in UPGRADE.items())]
        answer = House().site.answer(Head("GET", "/ws", fields, switchable=False), secure=False)
        assert isinstance(answer, HTTPResponse)
        assert (answer.status, answer.last) == (400, True)

    def test_it_is_no_other_method_s(self) -> None:
        assert House().status("/ws", "HEAD", **UPGRADE) == 400
        assert House().status("/ws", "POST", **UPGRADE) == 405


class TestCookies:
    """The browser knows what the page does not."""

    def test_a_browser_gets_a_secret_once(self) -> None:
        house = House()
        [cookie] = got(house.ask("/"), "Set-Cookie")
        secret = cookie.removeprefix("chat-8080=").partition(";")[0]
        assert len(secret) == 22
        assert cookie == f"chat-8080={secret}; Path=/; HttpOnly; SameSite=Lax"
        assert got(house.ask("/", cookie=f"a=b; chat-8080={secret}"), "Set-Cookie") == []
        assert len(got(house.ask("/", cookie="chat-8080=short"), "Set-Cookie")) == 1
        assert got(house.ask("/app.js"), "Set-Cookie") == []

    def test_servers_on_one_machine_keep_theirs_apart(self) -> None:
        for host, secure, name in (
            ("localhost:1", False, "chat-1="),
            ("localhost", False, "chat-80="),
            ("localhost", True, "__Host-chat-443="),
            ("[::1]:9", False, "chat-9="),
        ):
            [cookie] = got(House().ask("/", host=host, secure=secure), "Set-Cookie")
            assert cookie.startswith(name)
            assert ("; Secure" in cookie) is secure

    def test_a_websocket_knows_by_whom_it_comes(self) -> None:
        house = House()
        found = house.ask("/ws", **UPGRADE, cookie=f"chat-8080={SECRET}; chat-8080-device=YmrDtnJu.{TOKEN}")
        assert isinstance(found, Upgrade)
        assert (found.secret, found.device) == (SECRET, RememberedBrowser("björn", TOKEN))
        for cookie in ("", "chat-8080=; chat-8080-device=x", f"chat-8080-device=!.{TOKEN}", "chat-8080-device=_w.x"):
            found = house.ask("/ws", **UPGRADE, cookie=cookie)
            assert isinstance(found, Upgrade)
            assert (found.secret, found.device) == ("", None)
        for name in (b"\xff", "☃é".encode(), b"a b", b"a\0"):
            cookie = f"chat-8080-device={urlsafe_b64encode(name).decode()}.{TOKEN}"
            found = house.ask("/ws", **UPGRADE, cookie=cookie)
            assert isinstance(found, Upgrade)
            assert found.device is None

    def test_a_ticket_becomes_a_cookie_once_and_in_time(self) -> None:
        house = House()
        device = RememberedBrowser("björn", TOKEN)
        ticket = house.tickets.issue(device)
        answer = house.ask("/remember", Chat_Ticket=ticket)
        assert isinstance(answer, HTTPResponse)
        assert answer.status == 204
        [cookie] = got(answer, "Set-Cookie")
        assert "; HttpOnly; SameSite=Lax; Max-Age=34560000" in cookie
        found = house.ask("/ws", **UPGRADE, cookie=cookie.partition(";")[0])
        assert isinstance(found, Upgrade)
        assert found.device == device
        assert [house.status("/remember", Chat_Ticket=word) for word in (ticket, "", "x")] == [403] * 3
        late = house.tickets.issue(device)
        house.now += SECONDS
        assert house.status("/remember", Chat_Ticket=late) == 403

    def test_there_are_not_ever_more_tickets(self) -> None:
        house = House()
        tickets = [house.tickets.issue(RememberedBrowser("a", TOKEN)) for _ in range(1001)]
        assert [house.status("/remember", Chat_Ticket=tickets[at]) for at in (0, 1, 1000)] == [403, 204, 204]

    def test_what_is_forgotten_is_worth_nothing_any_more(self) -> None:
        house = House()
        answer = house.ask("/forget", Chat_Forget="1", cookie=f"chat-8080-device=YQ==.{TOKEN}")
        assert isinstance(answer, HTTPResponse)
        assert (answer.status, house.revoked) == (204, [TOKEN])
        gone = "Path=/; HttpOnly; SameSite=Lax; Max-Age=0"
        assert got(answer, "Set-Cookie") == [f"chat-8080=; {gone}", f"chat-8080-device=; {gone}"]
        assert house.status("/forget", Chat_Forget="1") == 204
        assert house.status("/forget", cookie=f"chat-8080-device=YQ==.{TOKEN}") == 403
        assert house.revoked == [TOKEN]
