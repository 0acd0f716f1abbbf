"""The client without a screen: lines in, lines out, and an exit status for programs."""

from __future__ import annotations

import errno
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from io import StringIO
from typing import Any

from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase
from typing_extensions import override

from chatroom.client.connection import Connection
from chatroom.client.keys.bindings import NONE
from chatroom.client.line_mode.interface import MAX_WAITING, STORE_TIMEOUT, LineMode
from chatroom.client.model.chat import Chat
from chatroom.client.reasons import NO_WORD
from chatroom.client.views.view import Connectivity
from tests.client.cables import WELCOME, Cable, FakeEndpoint
from tests.client.caller import OK, entered, error, said
from tests.client.fakes import FakeLines

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


class ClosedPipe(StringIO):
    """What nobody reads any more."""

    @override
    def flush(self) -> None:
        raise BrokenPipeError(errno.EPIPE, "Broken pipe")


class FullDisk(StringIO):
    """What has no place for more."""

    @override
    def flush(self) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")


class LineModeCase(SynchronousTestCase):
    """A test of a client that a person or a program uses."""

    def begin(
        self,
        username: str = "alice",
        *,
        wanted: str = "",
        also: Sequence[str] = (),
        attended: bool,
        listens: bool = False,
        out: StringIO | None = None,
        patient: bool = False,
        refuses: bool = False,
    ) -> None:
        self.clock = Clock()
        self.endpoint = FakeEndpoint(self.clock)
        self.endpoint.refuses = refuses
        self.input = FakeLines()
        self.out, self.err = out or StringIO(), StringIO()
        self.ended: list[tuple[int, str]] = []
        self.chat = Chat("localhost", lambda: NOON, UTC, wanted, also=also, pages=False, keys=NONE)
        self.line_mode = LineMode(
            self.clock,
            self.chat,
            lambda heard, changed: Connection(
                self.clock, self.endpoint, heard=heard, changed=changed, server="localhost 8080", patient=patient
            ),
            self.input,
            self.out,
            self.err,
            attended=attended,
            listens=listens,
        )
        self.line_mode.ended.addCallback(self.ended.append)
        self.line_mode.start(username)
        self.clock.advance(0)

    @property
    def cable(self) -> Cable:
        return self.endpoint.cables[-1]

    def type(self, *lines: str) -> None:
        for line in lines:
            self.input.take(line.encode())

    def answer(self, *types: str) -> list[dict[str, Any]]:
        """Answer requests of these *types*, in this order, as a server does to which nothing is wrong."""
        asked = self.cable.take()
        assert [request["type"] for request in asked] == list(types), asked
        for request in asked:
            self.cable.give({"id": request["id"]} | REPLIES[request["type"]](request))
        return asked

    def let_in(self) -> None:
        """Let the server be there, when the next attempt comes."""
        self.endpoint.refuses = False
        while not self.endpoint.cables:
            self.clock.advance(1)

    def come_in(self, room: str = "") -> None:
        """Be online, and in *room* if one is wanted."""
        self.answer("login")
        self.answer("list", *(["join"] if room else []))

    def seen(self) -> list[str]:
        """Return what was printed since this was called last."""
        return self._read(self.out)

    def blamed(self) -> list[str]:
        """Return what was printed of what went wrong."""
        return self._read(self.err)

    def left(self) -> tuple[int, str] | None:
        """Return status and message, if it has ended."""
        self.clock.advance(3)
        return self.ended[0] if self.ended else None

    def _read(self, stream: StringIO) -> list[str]:
        text = stream.getvalue()
        stream.seek(0)
        stream.truncate()
        return text.splitlines()


REPLIES: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "login": lambda _: WELCOME | {"type": "welcome"},
    "list": lambda _: {"type": "rooms", "rooms": [], "more": False},
    "join": lambda request: entered(request["room"]),
    "leave": lambda _: {"type": "ok"},
    "say": lambda request: {"type": "ok", "room": request["room"], "seq": 1, "at": "2026-11-20T12:00:00Z"},
    "who": lambda _: {"type": "members", "room": "tea", "usernames": ["alice"], "more": False},
    "quit": lambda _: {"type": "bye", "reason": "quit"},
}


def entry(seq: int, day: str, text: str) -> dict[str, Any]:
    return {"seq": seq, "from": "bob", "text": text, "at": f"{day}T10:30:00Z"}


def found(*entries: dict[str, Any]) -> dict[str, Any]:
    return {"type": "entries", "room": "tea", "entries": list(entries), "more": False}


REDACTED = {"text": "", "redacted": True}


def redacted(seq: int, room: str = "tea", by: str = "bob", **more: str) -> dict[str, Any]:
    return {"type": "redacted", "room": room, "seq": seq, "from": "bob", "by": by, "redactions": 1} | more


class TestPrograms(LineModeCase):
    def test_what_a_program_says_is_stored_before_it_ends(self) -> None:
        self.begin(wanted="tea", attended=False)
        self.type("hello")
        self.input.end()
        self.come_in("tea")
        assert self.left() is None
        [say] = self.answer("say")
        assert say["text"] == "hello"
        assert self.left() == (0, "")
        assert self.blamed() == []

    def test_it_is_shown_nothing_of_what_was_before(self) -> None:
        self.begin(wanted="tea", attended=False)
        self.answer("login")
        assert self.answer("list", "join")[1].get("backlog", 0) == 0

    def test_of_several_rooms_it_talks_in_the_first(self) -> None:
        self.begin(wanted="tea", also=["coffee"], attended=False)
        self.come_in("tea")
        self.cable.give({"type": "level", "room": "tea", "seq": 0, "members": 1, "topic": ""})
        self.answer("who", "join")
        self.cable.give({"type": "level", "room": "coffee", "seq": 0, "members": 1, "topic": ""})
        self.answer("who")
        self.type("hello")
        [say] = self.answer("say")
        assert say["room"] == "tea"

    def test_it_is_not_told_where_it_is(self) -> None:
        self.begin(wanted="tea", attended=False)
        self.come_in("tea")
        assert self.seen() == []

    def test_a_line_waits_for_the_room_that_the_one_before_enters(self) -> None:
        self.begin(attended=False)
        self.type("/join tea", "hello")
        self.come_in()
        self.answer("join")
        self.answer("say")

    def test_a_line_that_can_not_be_done_is_told_by_the_status_and_the_next_ones_are_done(self) -> None:
        self.begin(wanted="tea", attended=False)
        self.type("/nonsense", "hello")
        self.input.take(b"\xff")
        self.input.end()
        self.come_in("tea")
        self.answer("say")
        assert self.left() == (1, "")
        assert self.blamed() == [
            "! There is no command /nonsense. /help lists them; //nonsense says /nonsense.",
            "! This line is not in UTF-8, and was not said.",
        ]

    def test_a_line_waits_for_what_the_search_before_it_finds(self) -> None:
        self.begin(wanted="tea", attended=False)
        self.type("/search biscuits", "hello")
        self.input.end()
        self.come_in("tea")
        [search] = self.cable.take()
        self.cable.give(found(entry(2, "2026-11-20", "biscuits")) | {"id": search["id"]})
        assert self.seen() == ["* Found in tea: biscuits (1 found)", "10:30 <bob> biscuits"]
        self.answer("say")
        assert self.left() == (0, "")

    def test_a_message_that_the_server_refuses_is_told_by_the_status(self) -> None:
        self.begin(wanted="tea", attended=False)
        self.type("hello")
        self.input.end()
        self.come_in("tea")
        [say] = self.cable.take()
        self.cable.give(error("storage-failed", id=say["id"]))
        assert self.left() == (1, "")
        assert self.blamed() == ["! Not sent: hello", "! That is storage-failed."]

    def test_what_is_refused_is_told_and_kept_for_no_line(self) -> None:
        self.begin(wanted="tea", attended=True)
        self.come_in("tea")
        self.type("hello")
        [say] = self.cable.take()
        self.cable.give(error("muted", id=say["id"], room="tea"))
        self.seen()
        self.cable.give({"type": "removed", "room": "tea", "by": "bob", "why": "kicked"})
        kicked, whereabouts = self.seen()
        assert kicked == "* You were kicked from tea by bob."
        assert whereabouts.startswith("* You are in the lobby; ")

    def test_a_room_that_lets_nobody_in_is_the_end(self) -> None:
        self.begin(wanted="tea", attended=False)
        self.type("meant for tea")
        self.answer("login")
        rooms, join = self.cable.take()
        self.cable.give(REPLIES["list"](rooms) | {"id": rooms["id"]}, error("no-such-room", id=join["id"]))
        assert self.left() == (1, "")
        assert self.blamed() == ["! That is no-such-room."]
        assert [request["type"] for request in self.cable.take()] == ["quit"]

    def test_a_name_that_is_taken_is_the_end(self) -> None:
        self.begin(attended=False)
        [login] = self.cable.take()
        self.cable.give(error("username-taken", id=login["id"]))
        assert self.left() == (1, "")
        assert self.blamed() == ["! That is username-taken."]

    def test_one_that_listens_goes_on_when_nothing_more_is_to_be_said(self) -> None:
        self.begin(wanted="tea", attended=False, listens=True)
        self.type("hello")
        self.input.end()
        self.come_in("tea")
        [say] = self.cable.take()
        self.cable.give(OK | {"id": say["id"], "room": "tea", "seq": 1})
        self.clock.advance(2 * STORE_TIMEOUT)
        assert self.left() is None
        self.cable.give(said(1, text="is anybody there?"))
        assert self.seen() == ["23:29 <bob> is anybody there?"]
        self.line_mode.end(143)
        assert self.left() == (143, "")

    def test_it_needs_a_name(self) -> None:
        self.begin("", attended=False)
        assert self.left() == (2, "it has to be told a name where its input is no terminal: --username NAME")

    def test_a_server_that_is_not_there_is_the_end(self) -> None:
        self.begin(attended=False)
        self.cable.lose()
        assert self.left() == (1, f"can't connect to localhost: {NO_WORD}")

    def test_a_server_that_is_something_else_is_named(self) -> None:
        self.begin(attended=False, patient=True)
        self.cable.give(b"SSH-2.0-OpenSSH_9.2\r\n")
        assert self.left() == (1, "can't connect to localhost: this is no chatroom: it says SSH-2.0-OpenSSH_9.2")

    def test_a_server_that_is_not_there_yet_is_waited_for_if_that_is_wanted(self) -> None:
        self.begin(wanted="tea", attended=False, patient=True, refuses=True)
        self.type("hello")
        self.input.end()
        self.clock.pump([10.0] * 30)
        assert self.blamed() == ["* Waiting: nothing listens on localhost 8080"]
        self.let_in()
        self.come_in("tea")
        assert self.blamed() == ["* Connected."]
        self.answer("say")
        assert self.left() == (0, "")

    def test_a_server_that_was_waited_for_is_not_trusted_for_ever(self) -> None:
        self.begin(wanted="tea", attended=False, patient=True, refuses=True)
        self.type("hello")
        self.input.end()
        self.clock.pump([10.0] * 30)
        self.let_in()
        self.come_in("tea")
        self.clock.advance(STORE_TIMEOUT)
        assert self.left() == (1, f"1 line may not be stored: the server has stored nothing for {STORE_TIMEOUT:g} s")

    def test_what_is_lost_on_its_way_is_sent_again_and_waited_for(self) -> None:
        self.begin(wanted="tea", attended=False)
        self.type("hello")
        self.input.end()
        self.come_in("tea")
        self.endpoint.refuses = True
        self.cable.lose()
        self.clock.pump([1.0] * 10)
        self.endpoint.refuses = False
        self.clock.pump([1.0] * 30)
        assert self.blamed() == ["* Connection lost, reconnecting (the server closed the connection)"]
        self.answer("login")
        self.answer("join", "say", "list")
        assert self.left() == (0, "")
        assert self.blamed() == ["* Connected again."]

    def test_it_does_not_wait_for_ever(self) -> None:
        self.begin(wanted="tea", attended=False)
        self.type("hello", "again")
        self.input.end()
        self.come_in("tea")
        self.clock.advance(STORE_TIMEOUT)
        assert self.left() == (1, f"2 lines may not be stored: the server has stored nothing for {STORE_TIMEOUT:g} s")

    def test_as_long_as_something_is_stored_it_waits(self) -> None:
        self.begin(wanted="tea", attended=False)
        self.type("one", "two")
        self.input.end()
        self.come_in("tea")
        for say in self.cable.take():
            for _ in range(4):
                self.clock.advance(STORE_TIMEOUT / 6)
                self.cable.give({"type": "ping"})
            self.cable.give({"id": say["id"]} | REPLIES["say"](say))
        assert self.left() == (0, "")

    def test_no_more_is_read_than_the_server_takes(self) -> None:
        self.begin(wanted="tea", attended=False)
        self.type(*(str(number) for number in range(MAX_WAITING)))
        assert not self.input.reading
        self.come_in("tea")
        assert self.input.reading
        self.type(*(str(number) for number in range(MAX_WAITING)))
        assert not self.input.reading
        says = [request for request in self.cable.take() if request["type"] == "say"]
        assert len(says) == MAX_WAITING
        self.cable.give({"id": says[0]["id"]} | REPLIES["say"](says[0]))
        assert self.input.reading

    def test_what_has_no_place_is_told_by_the_status_and_a_word(self) -> None:
        told = (1, "it can't write what it has to say: No space left on device")
        self.begin(wanted="tea", attended=False, out=FullDisk())
        self.come_in("tea")
        self.cable.give(said(1))
        assert self.left() == told
        # Also while it is ending for another reason.
        self.begin(wanted="tea", attended=False, out=FullDisk())
        self.input.end()
        self.come_in("tea")
        self.cable.give(said(1))
        assert self.left() == told

    def test_whoever_closes_its_output_ends_it_quietly(self) -> None:
        self.begin(wanted="tea", attended=False, out=ClosedPipe())
        self.come_in("tea")
        self.cable.give(said(1))
        assert self.left() == (141, "")
        assert self.blamed() == []


LEVEL = {"type": "level", "room": "tea", "members": 1, "topic": ""}


class TestMissed(LineModeCase):
    """What was said while nobody was there to hear it."""

    def come_back(self, newest: int, marked: int, *, backlog: int = 10, **how: Any) -> None:
        """Enter tea, of which so much is read, and be sent the last messages."""
        self.begin(wanted="tea", **({"attended": True} | how))
        self.answer("login")
        rooms, join = self.cable.take()
        self.cable.give(REPLIES["list"](rooms) | {"id": rooms["id"]})
        self.cable.give(entered("tea", id=join["id"], seq=newest, marked=marked))
        self.cable.give(*(said(seq, text=str(seq)) for seq in range(newest - backlog + 1, newest + 1)))
        self.cable.give(LEVEL | {"seq": newest})

    def page(self, *seqs: int, more: bool = False) -> dict[str, Any]:
        """Answer the request for a page of the log, and return it."""
        asked, *others = sorted(self.cable.take(), key=lambda request: str(request["type"]))
        self.cable.give(*({"id": other["id"]} | REPLIES[other["type"]](other) for other in others))
        entries = [entry(seq, "2026-11-20", str(seq)) for seq in seqs]
        self.cable.give(found(*entries) | {"id": asked["id"], "more": more})
        return asked

    def numbers(self) -> list[str]:
        """Return the messages that were printed."""
        return [line.rpartition(" ")[2] for line in self.seen() if "<bob>" in line]

    def test_it_is_printed_page_by_page_before_the_backlog(self) -> None:
        self.come_back(newest=60, marked=20)
        assert self.numbers() == []
        self.cable.give(said(61, text="61"))
        assert self.page(*range(21, 41), more=True)["after"] == 20
        assert self.page(*range(41, 61))["after"] == 40
        assert self.numbers() == [str(number) for number in range(21, 62)]

    def test_what_the_server_keeps_no_longer_is_not_waited_for(self) -> None:
        self.come_back(newest=60, marked=20)
        self.page(48, 49, 50, 51, more=True)
        assert self.numbers() == [str(number) for number in range(48, 61)]

    def test_nothing_is_asked_for_where_all_of_it_is_in_the_backlog(self) -> None:
        self.come_back(newest=60, marked=50)
        assert [request["type"] for request in self.cable.take()] == ["who"]
        assert self.numbers() == [str(number) for number in range(51, 61)]

    def test_of_too_much_it_is_told_how_much_is_not_printed(self) -> None:
        self.come_back(newest=5060, marked=50)
        told = "* 4,000 messages that you missed are not printed; in tea, /goto #51 prints from there on."
        assert self.page(*range(4051, 5061))["after"] == 4050
        printed = self.seen()
        assert printed[1] == told
        assert printed[2].endswith("<bob> 4051")

    def test_of_a_room_where_one_does_not_talk_it_is_told_how_much_it_is(self) -> None:
        self.come_back(newest=60, marked=60, also=["milk"])
        _, join = self.cable.take()
        self.cable.give(entered("milk", id=join["id"], seq=40, marked=9))
        self.seen()
        self.cable.give(*(said(seq, room="milk", text=str(seq)) for seq in range(31, 41)))
        self.cable.give(LEVEL | {"seq": 40, "room": "milk"})
        printed = self.seen()
        told = "* milk: 21 messages that you missed are not printed; in milk, /goto #10 prints from there on."
        assert printed[0] == told
        assert len(printed) == 11

    def test_it_is_told_where_it_could_not_be_read(self) -> None:
        self.come_back(newest=60, marked=20)
        self.page(*range(21, 31), more=True)
        [asked] = self.cable.take()
        self.cable.give(error("storage-failed", id=asked["id"]))
        assert self.numbers() == [str(number) for number in (*range(21, 31), *range(51, 61))]
        told = "20 messages that you missed are not printed; in tea, /goto #31 prints from there on."
        assert self.blamed() == [f"! {told} They could not be read: That is storage-failed."]

    def test_it_is_not_read_before_it_is_printed(self) -> None:
        self.come_back(newest=60, marked=20)
        self.chat.features = frozenset(["marks"])
        self.clock.advance(1)
        assert not [request for request in self.cable.take() if request["type"] == "mark"]

    def test_what_is_typed_waits_for_it(self) -> None:
        self.come_back(newest=60, marked=20)
        self.type("hello")
        self.page(*range(21, 61))
        self.answer("say")

    def test_a_program_that_listens_is_told_how_much_it_is(self) -> None:
        self.come_back(newest=60, marked=20, backlog=0, attended=False, listens=True)
        assert self.blamed() == [
            "* 40 messages that you missed are not printed; in tea, /goto #21 prints from there on."
        ]
        assert self.numbers() == []

    def test_a_program_that_only_says_something_is_told_nothing(self) -> None:
        self.come_back(newest=60, marked=20, backlog=0, attended=False)
        assert (self.blamed(), self.numbers()) == ([], [])


class TestGoing(LineModeCase):
    """/goto where there is no screen to go to a place on."""

    def go(self, *pages: list[dict[str, Any]], attended: bool = False, where: str = "#21") -> None:
        """Go to a message, of which the server gives these pages."""
        self.begin(wanted="tea", attended=attended)
        [login] = self.cable.take()
        self.cable.give(WELCOME | {"type": "welcome", "id": login["id"], "features": ["finding"]})
        rooms, join = self.cable.take()
        self.cable.give(REPLIES["list"](rooms) | {"id": rooms["id"]}, entered("tea", id=join["id"], seq=90))
        self.seen()
        self.type(f"/goto {where}")
        for page in pages:
            [asked] = self.cable.take()
            more = asked.get("after") is not None and page[-1]["seq"] < 90
            self.cable.give(found(*page) | {"id": asked["id"], "more": more})

    def test_what_was_said_from_there_on_is_printed(self) -> None:
        for attended in (True, False):
            page = [entry(20, "2026-11-20", "no"), entry(21, "2026-11-20", "one")]
            self.go(page, [entry(22, "2026-11-20", "two")], attended=attended)
            assert self.seen() == ["10:30 <bob> one", "10:30 <bob> two", "* /goto #23 prints on."]
            self.type("hello")
            self.answer("say")
            assert self.blamed() == []

    def test_at_the_end_nothing_follows(self) -> None:
        self.go([entry(21, "2026-11-20", "one")], [entry(90, "2026-11-20", "last")])
        assert self.seen() == ["10:30 <bob> one", "10:30 <bob> last"]

    def test_what_was_said_then_goes_on_as_before(self) -> None:
        self.go([entry(21, "2026-11-20", "one")], [entry(22, "2026-11-20", "two")])
        self.seen()
        self.cable.give(said(91))
        assert self.seen() == ["23:29 <bob> hello"]

    def test_a_message_that_is_kept_no_longer_is_told_by_the_status(self) -> None:
        self.go([])
        assert self.seen() == []
        assert self.blamed() == ["! The server does not keep that message any more."]
        self.input.end()
        self.answer("quit")
        assert self.left() == (1, "")

    def test_a_time_since_which_nothing_was_said_is_told(self) -> None:
        self.go([], where="today")
        assert self.blamed() == ["! Nothing was said here since 2026-11-20 00:00."]


SECRET = "correct horse"


class TestPasswords(LineModeCase):
    def reply(self, frame: dict[str, Any]) -> dict[str, Any]:
        """Answer the only request there is, and return it."""
        [asked] = self.cable.take()
        self.cable.give({"id": asked["id"]} | frame)
        return asked

    def be_asked(self) -> None:
        self.begin("", attended=True)
        self.type("alice")
        self.clock.advance(0)
        self.reply(error("password-required", username="alice"))

    def be_in_tea(self, **fields: Any) -> None:
        self.begin(wanted="tea", attended=True)
        self.reply(WELCOME | {"type": "welcome", "features": ["accounts"]} | fields)
        self.answer("list", "join")
        self.seen()

    def test_the_password_of_a_name_is_asked_for_without_an_echo(self) -> None:
        self.be_asked()
        assert self.seen() == ["* Type the username you want.", "* That is password-required.", "* Password:"]
        assert not self.input.shown
        self.type(SECRET)
        assert self.input.shown
        assert self.reply(WELCOME | {"type": "welcome", "account": "alice"})["password"] == SECRET
        self.answer("list")
        self.type("/quit")
        self.answer("quit")
        assert self.left() == (0, "")
        assert SECRET not in "".join(self.seen() + self.blamed())

    def test_a_wrong_one_is_asked_for_again_and_an_empty_line_is_the_way_back(self) -> None:
        self.be_asked()
        self.type("wrong")
        self.reply(error("password-wrong"))
        assert self.blamed() == ["! That is password-wrong."]
        assert self.seen()[-1] == "* Password:"
        assert not self.input.shown
        self.type("")
        assert self.input.shown
        assert self.seen() == ["* Type another username."]
        self.type("bob")
        assert self.reply(error("username-taken"))["username"] == "bob"
        assert self.seen() == ["* Type another username; if that was you, type it again in half a minute."]

    def test_a_line_typed_before_the_password_was_asked_for_is_none(self) -> None:
        self.begin(attended=True)
        self.type("hello")
        self.reply(error("password-required", username="alice"))
        assert self.cable.take() == []
        self.input.take(b"\xff\r")
        assert self.blamed() == ["! This line is not in UTF-8."]

    def test_the_end_of_the_input_shows_again_what_is_typed(self) -> None:
        self.be_asked()
        self.input.end()
        assert self.input.shown
        assert self.left() == (0, "")

    def test_a_program_is_not_asked(self) -> None:
        self.begin(attended=False)
        self.reply(error("password-required", username="alice"))
        assert self.left() == (1, "")
        assert self.blamed() == ["! That is password-required."]
        assert self.input.shown

    def test_a_program_that_registers_says_no_password_in_a_room(self) -> None:
        self.begin(wanted="tea", attended=False)
        self.reply(WELCOME | {"type": "welcome", "features": ["accounts"]})
        self.answer("list", "join")
        self.type("/register", SECRET)
        self.answer("quit")
        assert self.left() == (1, "a password is asked for at a terminal only")

    def test_passwords_of_commands_are_asked_for_one_after_the_other(self) -> None:
        self.be_in_tea()
        self.type("/register")
        assert self.seen() == ["* New password:"]
        self.type(SECRET, "something else")
        assert not self.input.shown
        assert self.blamed() == ["! These were not the same; type the new password once more, and again."]
        assert self.seen() == ["* The same again:", "* New password:"]
        self.type(SECRET, SECRET)
        assert self.input.shown
        assert self.reply({"type": "ok", "account": "alice"})["password"] == SECRET
        assert self.seen()[-1].startswith("* alice is yours now.")

    def test_one_can_go_back_from_them(self) -> None:
        self.be_in_tea(account="alice")
        self.type("/password", SECRET, "")
        assert self.input.shown
        assert self.seen() == ["* Your password:", "* New password:", "* Nothing was changed."]
        self.type("hello")
        assert [request["text"] for request in self.cable.take()] == ["hello"]

    def test_who_is_asked_when_they_come_back_has_said_what_they_typed_meanwhile(self) -> None:
        self.be_in_tea(account="alice")
        self.cable.lose()
        self.type("hello")
        self.clock.advance(STORE_TIMEOUT / 2)
        self.reply(error("password-required", username="alice"))
        assert self.seen()[-1] == "* Password:"
        self.type(SECRET)
        self.reply(WELCOME | {"type": "welcome", "account": "alice"})
        assert [request["type"] for request in self.cable.take()] == ["join", "say", "list"]

    def test_who_is_signed_out_is_told(self) -> None:
        self.be_in_tea(account="alice")
        self.cable.give({"type": "bye", "reason": "revoked"})
        assert self.left() == (1, "you were signed out here, by another device of yours or the operator")


class TestPeople(LineModeCase):
    def test_a_person_is_asked_for_a_name_until_one_is_free(self) -> None:
        self.begin("", attended=True)
        assert self.seen() == ["* Type the username you want."]
        self.type("bob")
        self.clock.advance(0)
        [login] = self.cable.take()
        self.cable.give(error("username-taken", id=login["id"]))
        hint = "* Type another username; if that was you, type it again in half a minute."
        assert (self.blamed(), self.seen()) == (["! That is username-taken."], [hint])
        self.type("alice")
        self.come_in()
        assert self.seen() == [
            "* You are in the lobby; 0 rooms are open. /join room enters one, /help lists the commands."
        ]

    def test_a_person_who_waits_can_try_at_once_or_go(self) -> None:
        for typed in ("/quit", "quit", None):
            self.begin(attended=True, patient=True, refuses=True)
            assert self.blamed() == ["* Waiting: nothing listens on localhost 8080; an empty line tries at once"]
            self.endpoint.refuses = False
            self.endpoint.hangs = True
            self.type("")
            assert self.chat.connectivity is Connectivity.CONNECTING
            if typed:
                self.type(typed)
            else:
                self.input.end()
            assert self.left() == (0, "")
            self.begin(attended=True, patient=True, refuses=True)
            self.type("/quit")
            assert self.left() == (0, "")

    def test_a_person_may_type_ahead(self) -> None:
        self.begin(wanted="tea", attended=True)
        self.type("hello", "/quit")
        self.input.end()
        self.come_in("tea")
        self.answer("say", "quit")
        assert self.left() == (0, "")

    def test_a_person_hears_where_it_is_and_what_is_said(self) -> None:
        self.begin(wanted="tea", attended=True)
        self.answer("login")
        assert self.answer("list", "join")[1]["backlog"] == 10
        self.cable.give(
            said(1), {"type": "told", "from": "bob", "to": "alice", "at": "2026-11-20T12:00Z", "text": "hi"}
        )
        assert self.seen() == ["* You are in tea (1 person).", "23:29 <bob> hello", "12:00 [bob] hi"]

    def test_what_is_taken_back_is_told_for_it_stays_printed(self) -> None:
        self.begin(wanted="tea", also=["milk"], attended=True)
        [login] = self.cable.take()
        self.cable.give(WELCOME | {"type": "welcome", "id": login["id"], "features": ["redaction"]})
        self.answer("list", "join")
        self.cable.give({"type": "level", "room": "tea", "seq": 0, "members": 1, "topic": ""})
        self.answer("who", "join")
        self.cable.give(said(811), said(812), said(7, room="milk"), said(8, room="milk") | REDACTED)
        self.seen()
        self.type("/redact bob no milk")
        [redact] = self.cable.take()
        assert (redact["seq"], redact["reason"]) == (812, "no milk")
        self.cable.give({"type": "ok", "id": redact["id"]}, redacted(812, note="no milk", by="alice"))
        self.type("/redact bob")
        [redact] = self.cable.take()
        assert redact["seq"] == 811
        self.cable.give({"type": "ok", "id": redact["id"]}, redacted(7, room="milk"), redacted(9, room="elsewhere"))
        assert self.seen() == [
            "* alice took back a message of bob (812; no milk).",
            "* milk: bob took back a message (7).",
        ]

    def test_what_was_taken_back_before_is_told_in_its_place(self) -> None:
        self.begin(wanted="tea", attended=True)
        self.come_in("tea")
        self.seen()
        self.cable.give(said(8) | REDACTED)
        assert self.seen() == ["23:29 * A message of bob was taken back."]

    def test_before_an_answer_stands_who_is_answered(self) -> None:
        self.begin(wanted="tea", attended=True)
        self.come_in("tea")
        self.seen()
        self.cable.give(said(8), said(9) | {"re": 8}, said(10) | {"re": 2})
        assert self.seen()[1:] == [
            "23:29 <bob> > bob: hello",
            "23:29 <bob> hello",
            "23:29 <bob> > message 2",
            "23:29 <bob> hello",
        ]

    def test_who_is_banned_meanwhile_is_told_and_gone(self) -> None:
        self.begin(wanted="tea", attended=True)
        self.come_in("tea")
        self.cable.give({"type": "bye", "reason": "banned", "note": "enough"})
        assert self.left() == (1, "you are banned from this server (enough)")

    def test_a_mistake_does_not_end_it_and_is_no_failure(self) -> None:
        self.begin(wanted="tea", attended=True)
        self.come_in("tea")
        self.type("/nonsense", "/quit")
        assert len(self.blamed()) == 1
        assert self.left() == (0, "")

    def test_what_a_search_finds_is_printed_with_the_oldest_first(self) -> None:
        self.begin(wanted="tea", attended=True)
        self.come_in("tea")
        self.seen()
        self.type("/search biscuits")
        [search] = self.cable.take()
        assert (search["query"], search["newest_first"]) == ("biscuits", True)
        entries = [entry(9, "2026-11-20", "more biscuits"), entry(2, "2026-11-18", "biscuits")]
        self.cable.give(found(*entries) | {"id": search["id"]})
        assert self.seen() == [
            "* Found in tea: biscuits (2 found)",
            "* 2026-11-18",
            "10:30 <bob> biscuits",
            "* 2026-11-20",
            "10:30 <bob> more biscuits",
        ]

    def test_a_search_that_finds_nothing_or_can_not_be_made_says_so(self) -> None:
        self.begin(wanted="tea", attended=True)
        self.come_in("tea")
        self.seen()
        self.type("/search biscuits", "/search")
        [search] = self.cable.take()
        self.cable.give(found() | {"id": search["id"]})
        assert self.seen()[0] == "* Nobody said that in tea as whole words; biscuits* finds those that begin so."
        self.cable.lose()
        self.blamed()
        self.type("/search biscuits")
        assert self.blamed() == ["! That was not done: there is no connection to the server."]

    def test_mentions_are_printed_with_their_rooms(self) -> None:
        self.begin(wanted="tea", attended=True)
        self.come_in("tea")
        self.seen()
        self.type("/mentions")
        [search] = self.cable.take()
        self.cable.give(found(entry(9, "2026-11-20", "tea, alice?")) | {"id": search["id"]})
        assert self.seen() == ["* Mentions: of alice, in all your rooms (1 found)", "10:30 tea <bob> tea, alice?"]

    def test_rooms_where_something_is_new_are_listed(self) -> None:
        self.begin(wanted="tea", attended=True)
        self.come_in("tea")
        self.cable.give({"type": "level", "room": "tea", "seq": 0, "members": 1, "topic": ""})
        self.answer("who")
        self.type("/lobby")
        self.cable.give(said(1))
        self.seen()
        self.type("/catchup")
        assert self.seen() == ["* Catching up: what came since you looked last (1 new)", "*   tea: 1 new"]

    def test_who_is_ignored_is_not_heard(self) -> None:
        self.begin(wanted="tea", attended=True)
        self.come_in("tea")
        self.type("/ignore bob")
        self.seen()
        self.cable.give(said(1), said(2) | {"from": "carol"})
        assert [line.split()[1] for line in self.seen()] == ["<carol>"]

    def test_one_can_leave_before_one_has_a_name(self) -> None:
        self.begin("", attended=True)
        self.type("/quit")
        assert self.left() == (0, "")

    def test_the_help_lists_the_commands(self) -> None:
        self.begin(wanted="tea", attended=True)
        self.come_in("tea")
        self.seen()
        self.type("/help")
        assert self.seen()[0].startswith("*   /join room ")
        self.type("/help accounts")
        assert self.seen()[0].startswith("*   /login ")

    def test_what_is_said_without_a_connection_is_said_when_there_is_one(self) -> None:
        self.begin(wanted="tea", attended=True)
        self.come_in("tea")
        self.cable.lose()
        self.type("hello", "/who")
        assert self.blamed()[1:] == ["! That was not done: there is no connection to the server."]
        self.clock.advance(STORE_TIMEOUT / 2)
        self.answer("login")
        assert [request["type"] for request in self.cable.take()] == ["join", "say", "list"]

    def test_a_blank_line_says_nothing(self) -> None:
        self.begin(wanted="tea", attended=True)
        self.come_in("tea")
        self.type("", "  ", "\r")
        assert self.cable.take() == []
