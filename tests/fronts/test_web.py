"""The web door: a page over HTTP, and the chat in the messages of a WebSocket."""

from __future__ import annotations

from ipaddress import ip_network
from typing import Any

import pytest
from wsproto.frame_protocol import Opcode

from chatroom.wire.http.origins import Origin, Origins
from chatroom.wire.http.proxies import Proxies
from tests.fronts.browser import PAGE, UPGRADE, Browser, WebHouse
from tests.fronts.house import GREETING, frame, logged
from tests.fronts.test_outbox import ClosedGate

CREATE = {"type": "create", "room": "tea"}
JOIN = {"type": "join", "room": "tea"}
SAY = {"type": "say", "room": "tea", "text": "お茶?"}


def test_who_asks_for_the_page_gets_it_and_may_ask_for_more() -> None:
    browser = Browser(house := WebHouse(), house.connect("tcp"))
    status, fields, body = browser.get("/")
    assert (status, body, fields["Content-Type"]) == (200, PAGE, "text/html; charset=utf-8")
    assert int(fields["Content-Length"]) == len(PAGE)
    assert browser.get("/", "HEAD")[::2] == (200, b"")
    assert browser.get("/nothing")[0] == 404
    assert not browser.peer.closed


def test_a_page_and_netcat_talk_with_each_other() -> None:
    house = WebHouse()
    page = house.page("pia")
    person = house.person("bob")
    assert [it["type"] for it in page.ask(CREATE)] == ["entered", "level"]
    person.type("join tea")
    assert [it["type"] for it in page.frames()] == ["joined"]
    assert [it["type"] for it in page.ask(SAY)] == ["said"]
    assert person.lines()[-1].endswith("<pia> お茶?")
    person.type("yes")
    assert [it["text"] for it in page.frames()] == ["yes"]


def test_pages_share_what_is_written_and_a_turn_is_one_message() -> None:
    house = WebHouse()
    pages = [house.page(name) for name in ("pia", "mia")]
    for page in pages:
        page.ask(CREATE, JOIN)
        page.messages()
    bob = house.program("bob")
    bob.ask(JOIN)
    for page in pages:
        page.messages()
    bob.send(b"".join(frame(**SAY) for _ in range(3)))
    first, second = (page.messages() for page in pages)
    assert first == second
    assert [text.count("\n") for text in first] == [3]


def test_many_requests_in_one_read_are_answered_in_order_and_not_all_in_one_turn() -> None:
    house = WebHouse()
    browser = Browser(house, house.connect("tcp"))
    browser.peer.send(b"".join(b"GET /%d HTTP/1.1\r\nHost: localhost\r\n\r\n" % number for number in range(100)))
    house.settle()
    house.lobby.turn.end()
    written = browser.peer.wire.value()
    assert written.count(b"HTTP/1.1 404 ") == 100
    assert written.count(b"Connection: close") == 1
    house.settle(1)
    assert browser.peer.closed


def test_a_request_may_come_in_pieces() -> None:
    request = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
    for cut in range(1, len(request)):
        house = WebHouse()
        browser = Browser(house, house.connect("tcp"))
        assert browser.send(request[:cut], request[cut:])[0] == 200, cut
    browser = Browser(house, house.connect("tcp"))
    assert browser.send(*(request[at : at + 1] for at in range(len(request))))[0] == 200


def test_messages_behind_the_request_are_heard_however_all_is_cut() -> None:
    house = WebHouse()
    shown = Browser(house, house.connect("tcp"))
    login = {"type": "login", "username": "pia"}
    lines = ["GET /ws HTTP/1.1", "Host: localhost", *(f"{name}: {value}" for name, value in UPGRADE.items()), "", ""]
    sent = "\r\n".join(lines).encode() + shown.says(login, {"type": "ping"})
    for cut in range(1, len(sent)):
        house = WebHouse()
        browser = Browser(house, house.connect("tcp"))
        status, _, rest = browser.send(sent[:cut], sent[cut:])
        assert (status, rest.count(b'"welcome"'), rest.count(b'"pong"')) == (101, 1, 1), cut


def test_a_websocket_may_follow_answers_for_which_the_browser_had_to_wait() -> None:
    house = WebHouse()
    browser = Browser(house, house.connect("tcp"))
    lines = ["GET /ws HTTP/1.1", "Host: localhost", *(f"{name}: {value}" for name, value in UPGRADE.items()), "", ""]
    ask = b"GET /no HTTP/1.1\r\nHost: localhost\r\n\r\n"
    browser.peer.wire.narrow = True
    browser.peer.send(ask)
    house.settle()
    browser.peer.wire.narrow = False
    browser.peer.send(ask + "\r\n".join(lines).encode())
    assert browser.peer.wire.producerState == "paused"
    browser.peer.wire.drain()
    house.settle()
    assert browser.peer.wire.value().count(b"HTTP/1.1 404 ") == 2
    assert browser.peer.wire.value().endswith(b"=\r\n\r\n")
    browser.peer.wire.clear()
    assert [it["type"] for it in browser.ask({"type": "login", "username": "pia"})] == ["welcome"]


def test_half_a_request_and_half_a_message_are_nothing() -> None:
    house = WebHouse()
    browser = Browser(house, house.connect("tcp"))
    browser.peer.send(b"GET / HTTP/1.1\r\nHost:")
    browser.peer.finish()
    house.settle(1)
    assert browser.peer.closed
    page = house.page("pia")
    page.peer.send(page.says(CREATE)[:-1])
    page.peer.finish()
    house.settle(1)
    assert page.peer.closed
    assert not house.lobby.rooms


def test_a_page_that_says_goodbye_is_answered_first_and_closed_once() -> None:
    house = WebHouse()
    page = house.page("pia")
    page.peer.send(page.says(CREATE) + page.closes(1001))
    assert [it["type"] for it in page.frames()] == ["entered", "level"]
    house.settle(1)
    page.messages()
    assert (page.closed_by, page.opcodes.count(Opcode.CLOSE)) == ((1001, ""), 1)
    assert page.peer.closed
    assert house.factory.closes["finished"] == 1


def test_a_page_is_told_why_it_is_closed() -> None:
    house = WebHouse()
    page = house.page("pia")
    assert [it["type"] for it in page.ask({"type": "quit"})] == ["bye"]
    page.messages()
    assert page.closed_by == (1000, "")
    page = house.page("pia")
    house.factory.stop()
    assert [it.get("reason") for it in page.frames()] == ["stopping"]
    assert page.closed_by == (1000, "")


@pytest.mark.parametrize(
    ("sent", "code"),
    [(b"\x81\x01a", 1002), (b"\xc1\x81\0\0\0\0a", 1002), (b"\x81\x81\0\0\0\0\xff", 1007), (b"\x82\x81\0\0\0\0a", 1003)],
)
def test_what_is_no_text_is_closed_with_the_code_for_it(sent: bytes, code: int) -> None:
    house = WebHouse()
    page = house.page("pia")
    page.peer.send(page.says(CREATE) + sent)
    assert [it["type"] for it in page.frames()] == ["entered", "level"]
    house.settle(1)
    page.messages()
    assert page.closed_by == (code, "")
    assert page.peer.closed


def test_a_line_that_is_too_long_is_told_and_closed() -> None:
    house = WebHouse(max_line=1000)
    page = house.page("pia")
    assert [it["code"] for it in page.ask({**SAY, "text": "x" * 1000})] == ["line-too-long"]
    house.settle(1)
    assert page.closed_by == (1000, "")


def test_a_ping_is_answered_and_what_makes_no_line_is_paid_for() -> None:
    house = WebHouse(burst=5, rate=1)
    page = house.page("pia")
    page.peer.send(bytes(page._frames.ping(b"tea?")))
    page.messages()
    assert page.opcodes == [Opcode.TEXT, Opcode.PONG]
    page.peer.send(*[bytes(page._frames.ping(b"x" * 100)) * 100] * 10)
    house.settle()
    assert page.peer.unread


def test_a_silent_page_is_asked_for_a_sign_of_life_before_a_proxy_gives_it_up() -> None:
    house = WebHouse()
    page = house.page("pia")
    assert house.web.limits.heartbeat == 25
    house.wait(35)
    assert [it["type"] for it in page.frames()] == ["ping"]
    house.wait(35)
    assert [it.get("reason") for it in page.frames()] == ["silent"]


def test_a_page_that_reads_nothing_gets_all_when_it_reads_again() -> None:
    house = WebHouse(burst=1000)
    page, bob = house.page("pia"), house.program("bob")
    page.ask(CREATE)
    bob.ask(JOIN)
    page.messages()
    page.peer.wire.block()
    for number in range(200):
        bob.ask({**SAY, "text": f"{number} " + "x" * 200})
    page.peer.wire.drain()
    for _ in range(10):
        house.settle(1)
    said = [it["text"].split()[0] for it in page.frames() if it["type"] == "said"]
    assert said == [str(number) for number in range(200)]


def test_who_asks_for_nothing_is_closed_in_time() -> None:
    house = WebHouse(first_line_timeout=5)
    peer = house.connect("tcp")
    peer.send(b"GET / HTTP/1.1\r\nHo")
    house.wait(6)
    assert peer.closed
    browser = Browser(house, house.connect("tcp"))
    browser.get("/")
    house.wait(14)
    assert not browser.peer.closed
    assert browser.get("/")[0] == 200
    house.wait(16)
    assert browser.peer.closed


def test_where_a_browser_came_from_the_silent_are_not_greeted_at_once() -> None:
    house = WebHouse()
    Browser(house, house.connect("tcp", host="192.0.2.1")).get("/")
    ahead, other = house.connect("tcp", host="192.0.2.1"), house.connect("tcp", host="192.0.2.2")
    house.settle(1)
    assert (ahead.lines(), other.lines()) == ([], [GREETING])
    late = Browser(house, ahead)
    house.wait(5)
    assert late.get("/")[0] == 200
    patient = house.connect("tcp", host="192.0.2.1")
    house.wait(11)
    assert patient.lines() == [GREETING]
    house.wait(86_400)
    forgotten = house.connect("tcp", host="192.0.2.1")
    house.settle(1)
    assert forgotten.lines() == [GREETING]


def test_a_place_is_taken_once_and_given_back() -> None:
    house = WebHouse(per_host=1)
    browser = Browser(house, house.connect("tcp", host="192.0.2.1"))
    assert browser.get("/")[0] == 200
    assert house.factory.admission.taken == 1
    assert browser.get("/ws", **UPGRADE)[0] == 101
    assert (house.factory.admission.taken, len(house.factory.connections)) == (1, 1)
    assert "too-many" in house.turned_away("192.0.2.1")
    browser.peer.vanish()
    assert (house.factory.admission.taken, len(house.factory.connections)) == (0, 0)


def test_the_port_of_a_room_leads_a_page_into_it() -> None:
    house = WebHouse()
    house.person("bob").type("create tea")
    browser = Browser(house, house.connect("tcp", room="tea"))  # type: ignore[arg-type]
    browser.get("/ws", **UPGRADE)
    answers = browser.ask({"type": "login", "username": "pia"})
    assert [it["type"] for it in answers] == ["welcome", "entered", "level"]


class TestBehindAProxy:
    """A proxy that is trusted says for whom it asks."""

    def house(self, **limits: Any) -> WebHouse:
        house = WebHouse(**limits)
        house.factory.proxies = Proxies([ip_network("10.0.0.0/8")])
        return house

    def test_the_address_is_that_of_the_browser(self) -> None:
        house = self.house()
        page = house.browse(host="10.1.1.1", X_Forwarded_For="1.2.3.4, 192.0.2.7, 10.2.2.2")
        [connection] = house.factory.connections
        assert connection.peer == "192.0.2.7"
        assert dict(house.factory.admission.hosts) == {b"\xc0\x00\x02\x07": 1}
        page.peer.vanish()
        assert (house.factory.admission.taken, house.factory.admission.hosts) == (0, {})

    def test_of_anybody_else_nothing_is_believed(self) -> None:
        house = self.house()
        house.browse(host="192.0.2.1", X_Forwarded_For="192.0.2.7", X_Forwarded_Proto="https")
        [connection] = house.factory.connections
        assert connection.peer == "192.0.2.1:1"
        assert not connection.is_secure  # type: ignore[attr-defined]

    def test_the_most_of_a_host_are_of_the_browsers_host(self) -> None:
        house = self.house(per_host=2)
        for _ in range(2):
            house.browse(host="10.1.1.1", X_Forwarded_For="192.0.2.7")
        browser = Browser(house, house.connect("tcp", host="10.1.1.1"))
        status, _, body = browser.get("/ws", **UPGRADE, X_Forwarded_For="192.0.2.7")
        assert (status, b"close one first" in body) == (503, True)
        house.browse(host="10.1.1.1", X_Forwarded_For="192.0.2.8")

    def test_the_last_place_is_good_for_who_has_it_already(self) -> None:
        house = self.house(max_connections=1)
        page = house.browse(host="10.1.1.1", X_Forwarded_For="192.0.2.7")
        page.peer.vanish()
        assert (house.factory.admission.taken, house.factory.admission.hosts) == (0, {})

    def test_who_gets_no_place_gives_back_the_one_of_the_proxy(self) -> None:
        house = self.house(per_host=1)
        page = house.browse(host="10.1.1.1", X_Forwarded_For="192.0.2.7")
        other = Browser(house, house.connect("tcp", host="10.1.1.1"))
        assert other.get("/ws", **UPGRADE, X_Forwarded_For="192.0.2.7")[0] == 503
        house.settle(1)
        assert other.peer.closed
        assert (house.factory.admission.taken, list(house.factory.admission.hosts.values())) == (1, [1])
        page.peer.vanish()
        assert house.factory.admission.taken == 0

    @pytest.mark.parametrize(
        ("client", "peer"), [("192.0.2.7", "192.0.2.7"), ("2001:db8::7", "[2001:db8::7]"), ("unknown", "10.1.1.1")]
    )
    def test_people_are_told_where_their_browser_is_and_passwords_do_not_come_in_secret(
        self, client: str, peer: str
    ) -> None:
        house = self.house()
        house.browse(host="10.1.1.1", X_Forwarded_For=client).ask({"type": "login", "username": "pia"})
        [connection] = house.factory.connections
        origin = connection.visitor().origin  # type: ignore[attr-defined]
        assert (origin.peer, origin.private) == (peer, False)

    def test_where_the_proxy_does_not_say_who_asks_all_are_one_host(self) -> None:
        house = self.house(per_host=1)
        house.browse(host="10.1.1.1")
        assert dict(house.factory.admission.hosts) == {b"\x0a\1\1\1": 1}
        assert Browser(house, house.connect("tcp", host="10.1.1.1")).get("/ws", **UPGRADE)[0] == 503

    def test_lines_that_it_passes_on_are_no_secret_either(self) -> None:
        house = self.house()
        person = house.connect("tcp", host="10.1.1.1")
        person.type("pia")
        assert not person.front.visitor().origin.private

    def test_where_it_has_come_through_tls_the_page_is_one_of_https(self) -> None:
        house = self.house()
        proxy = {"host": "10.1.1.1", "X_Forwarded_Proto": "https", "Origin": "https://localhost:8080"}
        house.browse(**proxy)
        [connection] = house.factory.connections
        assert connection.is_secure  # type: ignore[attr-defined]

    def test_where_every_page_does_it_need_not_say_so(self) -> None:
        house = WebHouse(Origins("myself", origins=[Origin("https", "chat.example.org", 443)]))
        house.browse(host="192.0.2.1", Host="chat.example.org", Origin="https://chat.example.org")
        [connection] = house.factory.connections
        assert connection.is_secure  # type: ignore[attr-defined]


def test_a_page_of_somebody_elses_is_refused_and_the_log_says_what_an_operator_may_do() -> None:
    house = WebHouse()
    browser = Browser(house, house.connect("tcp"))
    with logged("connection 1 from somewhere: Origin https://evil.example ") as lines:
        status, _, body = browser.get("/ws", **UPGRADE, Origin="https://evil.example")
    assert (status, b"--web-origin" in body) == (403, True)
    assert ["--web-origin" in line for line in lines] == [True]
    house.settle(1)
    assert browser.peer.closed


def test_what_a_request_says_is_harmless_and_short_in_the_log() -> None:
    house = WebHouse()
    for origin in ("http://\x1b[2J\x9b31mevil", "http://" + "x" * 4000):
        browser = Browser(house, house.connect("tcp"))
        with logged("connection ") as lines:
            browser.peer.send(
                b"GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nOrigin: "
                + origin.encode("latin-1")
                + b"\r\n\r\n"
            )
        [line] = [line for line in lines if "--web-origin" in line]
        assert line.isprintable()
        assert len(line) < 500


def test_a_connection_is_refused_once() -> None:
    house = WebHouse()
    browser = Browser(house, house.connect("tcp"))
    with logged("connection ") as lines:
        browser.peer.send(b"GET /remember HTTP/1.1\r\nHost: localhost\r\n\r\n" * 90)
        house.settle()
        house.settle(1)
    assert browser.peer.closed
    assert ["ticket" in line for line in lines].count(True) == 1


def test_what_has_not_left_when_a_websocket_begins_is_sent_before_it() -> None:
    house = WebHouse()
    gate = house.lobby.turn.gate = ClosedGate()
    browser = Browser(house, house.connect("tcp"))
    assert browser.get("/ws", **UPGRADE) == (0, {}, b"")
    gate.open()
    house.settle()
    assert browser.peer.wire.value().startswith(b"HTTP/1.1 101 ")


@pytest.mark.parametrize("start", [b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", b"GET / "])
def test_who_comes_to_another_way_while_all_begins_anew_is_hung_up_on_without_a_word(start: bytes) -> None:
    house = WebHouse()
    peer = house.connect("tcp")
    house.factory.begin_anew()
    peer.send(start)
    house.settle(1)
    assert peer.closed
    assert b"bye" not in peer.wire.value()
    assert b"Welcome" not in peer.wire.value()
    assert (house.factory.admission.taken, len(house.factory.connections)) == (0, 0)
