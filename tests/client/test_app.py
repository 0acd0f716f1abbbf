"""The whole client over a server and a terminal that the test plays: no socket, and no tty."""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import Any, cast

import msgspec
from twisted.internet.base import ReactorBase
from twisted.internet.defer import Deferred
from twisted.internet.testing import MemoryReactorClock
from twisted.python.failure import Failure
from twisted.trial.unittest import SynchronousTestCase
from typing_extensions import override

from chatroom.client.app import App
from chatroom.client.drawing.themes import theme
from chatroom.client.drawing.widget import ViewWidget
from chatroom.client.errands import World
from chatroom.client.model.alerts import Event
from chatroom.client.model.chat import Chat
from chatroom.client.model.memory import Memory
from chatroom.client.states import Away, Connecting, Waiting
from chatroom.client.terminal import INTERVAL, PASTING, Terminal
from chatroom.client.world.bell import Bell
from chatroom.client.world.text_editor import NotEdited
from chatroom.wire.frames import answers, requests
from tests.client.fakes import FakeDisplay, FakePlaces, FakeServer
from tests.client.reader import NOON, entered, entry, rooms, said


class AppTests(SynchronousTestCase):
    @override
    def setUp(self) -> None:
        self.places = FakePlaces()
        self.begin()

    def begin(self, *problems: str) -> None:
        """Start the client, and tell of *problems*."""
        self.clock = MemoryReactorClock()
        self.display = FakeDisplay()
        self.shown: list[str] = []
        self.chat = Chat(
            "localhost",
            lambda: NOON + timedelta(seconds=self.clock.seconds()),
            UTC,
            memory=Memory(self.places),
        )
        # To urwid a reactor is one of Twisted's own.
        self.widget = ViewWidget()
        terminal = Terminal(
            cast(ReactorBase, self.clock), self.display, theme("dark"), self.widget, self.fail_for, mouse=False
        )
        bell = Bell(lambda _: None, self.clock.seconds)
        self.opened: list[str] = []
        self.has_browser = True
        self.edited: list[tuple[str, Deferred[str]]] = []
        self.told: list[Event] = []
        self.app = App(self.clock, terminal, self.chat, FakeServer, bell, World(self.open, self.edit, self.told.extend))
        self.app.start(problems=problems)
        server = self.app.session.server
        assert isinstance(server, FakeServer)
        self.server = server

    def open(self, address: str) -> bool:
        self.opened.append(address)
        return self.has_browser

    def edit(self, text: str) -> Deferred[str]:
        self.edited.append((text, Deferred()))
        return self.edited[-1][1]

    def fail_for(self, failure: Failure) -> None:
        raise AssertionError(failure.getTraceback())

    def type(self, keys: str) -> None:
        self.display.type(keys.encode())

    @property
    def text(self) -> str:
        """What is on the screen."""
        self.clock.advance(2 * INTERVAL)
        self.shown.append("\n".join(self.display.screen.lines))
        return self.shown[-1]

    @property
    def copied(self) -> list[str]:
        """The lines that are there to be copied."""
        return self.widget.plain_lines(80, 24)

    def be_in_tea(self, **fields: Any) -> None:
        self.type("alice\r")
        self.server.let_in(**fields)
        self.server.answer(answers.Rooms(rooms=rooms("tea"), more=False))
        self.type("tea\r")
        self.server.answer(entered(topic="green"))
        self.server.hear(answers.Level(room="tea", seq=0, members=1, topic="green"))
        self.server.answer(answers.Members(room="tea", usernames=["alice"], more=False))

    def test_from_the_first_screen_to_the_last(self) -> None:
        assert "Your name:" in self.text
        self.be_in_tea()
        assert "green" in self.text
        self.server.hear(said(1, "hello"))
        assert "hello" in self.text
        self.type("/quit\r")
        assert self.server.left
        assert self.successResultOf(self.app.ended) == (0, "")

    def test_others_are_told_of_a_mention(self) -> None:
        self.be_in_tea()
        self.server.hear(said(1, "tea"))
        self.server.hear(said(2, "alice: tea?"))
        assert [(event.event, event.seq) for event in self.told] == [("mention", 2)]

    def test_what_goes_wrong_around_it_is_seen_at_once(self) -> None:
        self.be_in_tea()
        assert "hook" not in self.text
        self.app.complain("The hook mention has failed: there is no such program.")
        assert "The hook mention has failed: there is no such program." in self.text

    def test_the_line_is_written_in_the_users_editor(self) -> None:
        self.be_in_tea()
        self.type("tea is\x1be")
        [(text, edited)] = self.edited
        assert (text, self.display.started) == ("tea is", False)
        # What happens meanwhile draws nothing.
        self.server.hear(said(1, "hello"))
        self.clock.advance(2)
        self.app.end(130)
        assert not self.server.left

        edited.callback("tea is\nready\x1b")

        assert self.display.started
        assert all(part in self.text for part in ("hello", "> tea is", "ready"))
        self.type("\r")
        [*_, say] = self.server.asked
        assert isinstance(say, requests.Say)
        assert say.text == "tea is\nready"

    def test_a_size_that_has_changed_while_the_editor_ran_is_known(self) -> None:
        self.be_in_tea()
        self.type("tea is")
        assert "> tea is" in self.text
        self.type("\x1be")
        # Who has the terminal is told, and nobody else.
        self.display.screen.cells.resize(10, 40)
        self.edited[0][1].callback("tea is ready")
        seen = self.text
        self.display.resize(40, 10)
        assert self.text == seen

    def test_a_size_of_which_nobody_has_told_is_known_at_the_next_drawing(self) -> None:
        self.be_in_tea()
        self.type("tea is ready")
        assert "> tea is ready" in self.text
        self.display.screen.cells.resize(10, 40)
        self.type("!")
        seen = self.text
        self.display.resize(40, 10)
        assert self.text == seen

    def test_the_keyboard_comes_back_where_a_paste_has_no_end(self) -> None:
        self.be_in_tea()
        self.type("\x1b[200~milk\r")
        self.type("x")
        assert "> milk" not in self.text
        self.clock.advance(PASTING)
        assert "2 lines pasted" in self.text
        self.type("\r")
        [*_, say] = self.server.asked
        assert isinstance(say, requests.Say)
        assert say.text == "milk\nx"
        self.type("\x1b[200~tea")
        self.app.end(0)
        assert not [call for call in self.clock.getDelayedCalls() if call.getTime() > self.clock.seconds() + 1]

    def test_an_editor_that_fails_leaves_the_line_as_it_was(self) -> None:
        self.be_in_tea()
        self.type("tea is\x1be")
        self.edited[0][1].errback(NotEdited("vi ended with status 1"))
        assert "Your line is as it was: vi ended with status 1." in self.text
        assert "> tea is" in self.text

    def test_what_is_too_long_for_one_message_waits_as_a_paste_does(self) -> None:
        self.be_in_tea()
        self.type("\x1be")
        self.edited[0][1].callback("tea " * 1500)
        assert self.chat.conversations["tea"].pasted == "tea " * 1500
        assert "tea tea tea" in self.text

    def test_who_is_put_out_meanwhile_loses_no_text(self) -> None:
        self.be_in_tea()
        self.type("\x1be")
        self.server.hear(answers.Deleted(room="tea", by="bob"))
        self.edited[0][1].callback("tea is ready")
        assert "What you wrote in tea is kept: in a room, Ctrl+y puts it back." in self.text
        assert self.chat.clipboard.text == "tea is ready"

    def test_a_client_that_ends_meanwhile_leaves_the_terminal_to_the_editor(self) -> None:
        self.be_in_tea()
        self.type("\x1be")
        self.app.end(143)
        assert self.successResultOf(self.app.ended) == (143, "")
        self.edited[0][1].callback("tea")
        assert not self.display.started

    def test_a_link_is_opened_or_copied(self) -> None:
        self.be_in_tea()
        self.server.hear(said(1, "see https://example.org/a and www.example.org/b"))
        self.type("\x1bo")
        assert "https://www.example.org/b" in self.text
        self.type("\r")
        assert "Opened" in self.text
        self.type("\x1bo\x1b[B\x19")
        assert b"\x1b]52;c;aHR0cHM6Ly9leGFtcGxlLm9yZy9h\x1b\\" in self.display.frame
        assert "Copied: paste it where you like" in self.text
        assert self.opened == ["https://www.example.org/b"]

    def test_where_no_browser_is_a_link_is_copied(self) -> None:
        self.has_browser = False
        self.be_in_tea()
        self.server.hear(said(1, "see https://example.org/a"))
        self.type("\x1bo\r")
        assert b"\x1b]52;c;aHR0cHM6Ly9leGFtcGxlLm9yZy9h\x1b\\" in self.display.frame
        assert "No browser here. Copied" in self.text

    def test_what_is_answered_in_view_and_not_here_is_looked_up(self) -> None:
        self.be_in_tea()
        self.server.hear(msgspec.structs.replace(said(9, "yes"), re=3))
        assert "message 3" in self.text
        self.clock.advance(1)
        [asked] = self.server.asked
        assert asked == requests.History(room="tea", before=4, limit=1)
        self.server.answer(answers.Entries(room="tea", entries=[entry(3, "a cup?")], more=False))
        assert "┌ bob: a cup?" in self.text
        self.clock.advance(1)
        assert self.server.asked == []

    def test_what_was_switched_is_as_it_was(self) -> None:
        self.be_in_tea()
        assert "mouse on" not in self.text
        self.type("\x1bB\x1bm")
        self.clock.advance(1)
        before = self.text
        assert "mouse on" in before
        self.app.end(0)
        self.begin()
        self.type("alice\r")
        self.server.let_in()
        assert [type(asked) for asked in self.server.asked] == [requests.List, requests.Join]
        self.server.answer(answers.Rooms(rooms=rooms("tea"), more=False), entered(topic="green"))
        self.server.hear(answers.Level(room="tea", seq=0, members=1, topic="green"))
        self.server.answer(answers.Members(room="tea", usernames=["alice"], more=False))
        assert self.text == before

    def test_what_is_wrong_with_the_settings_is_told_where_one_was_the_last_time(self) -> None:
        self.be_in_tea()
        self.app.end(0)
        self.begin("client.toml, line 7, is wrong.")
        self.type("alice\r")
        self.server.let_in()
        self.server.answer(answers.Rooms(rooms=rooms("tea"), more=False), entered())
        assert "line 7" not in self.text
        self.server.hear(answers.Level(room="tea", seq=0, members=1, topic="green"))
        assert "client.toml, line 7, is wrong." in self.text

    def test_it_is_written_down_within_a_second_and_at_the_end(self) -> None:
        self.be_in_tea()
        self.type("half a sentence")
        self.clock.advance(1)
        assert self.places.places["alice"].drafts == {"tea": "half a sentence"}
        self.type(" more")
        self.app.end(0)
        assert self.places.places["alice"].drafts == {"tea": "half a sentence more"}

    def test_what_comes_while_nobody_is_there_is_not_marked_as_read(self) -> None:
        self.be_in_tea(features=["marks"])
        self.clock.pump([1] * 61)
        self.server.hear(said(1, "hello"))
        self.clock.advance(1)
        assert self.server.asked == []
        self.type("x")
        self.clock.advance(1)
        assert self.server.asked == [requests.Mark(room="tea", seq=1)]
        self.server.answer(answers.Ok(seq=1))
        self.type("\x1b[O")
        self.server.hear(said(2, "hello"))
        self.clock.advance(1)
        assert self.server.asked == []
        self.type("\x1b[I")
        self.clock.advance(1)
        assert self.server.asked == [requests.Mark(room="tea", seq=2)]

    def test_a_name_in_use_is_asked_for_again_while_the_seconds_are_counted(self) -> None:
        self.type("alice\r")
        self.server.turn_away("alice is in use; choose another.")
        assert "trying again in 5 s." in self.text
        self.clock.advance(1)
        assert "trying again in 4 s." in self.text
        for _ in range(4):
            self.clock.advance(1)
        self.server.let_in()
        assert "lobby" in self.text

    def test_a_password_is_asked_for_on_the_first_page_and_not_shown(self) -> None:
        self.type("alice\r")
        self.server.turn_away("alice is registered.", "password-required")
        self.type("correct horse")
        assert "Password: •••••••••••••" in self.text
        assert "Enter goes in · Esc goes back" in self.text
        self.type("\r")
        assert self.server.asked == [requests.Login(username="alice", password="correct horse")]
        self.server.turn_away("That is not right.", "password-wrong")
        assert "That is not right." in self.text
        self.type("\x1b[A\x12correct")
        self.type("\x07")
        assert "Your name: alice" in self.text
        assert "correct" not in "".join(self.shown)

    def test_who_is_signed_out_comes_in_again_by_the_password_and_has_what_was_typed(self) -> None:
        self.be_in_tea()
        self.type("half a sentence")
        self.server.become(Away("you were signed out here"))
        assert "You were signed out here. Alt+r comes in" in self.text
        assert "Not connected, Alt+r comes in again" in self.text
        self.clock.advance(5)
        self.type(" ")
        assert self.text.count("You were signed out here.") == 1
        self.type("\x1br")
        assert self.server.asked == [requests.Login(username="alice")]
        self.server.turn_away("alice is registered.", "password-required")
        assert "Password:" in self.text
        self.type("correct horse\r")
        self.server.let_in(account="alice")
        assert "> half a sentence" in self.text
        assert "correct" not in "".join(self.shown)

    def test_who_comes_in_again_where_they_are_banned_stays_and_is_told_why(self) -> None:
        self.be_in_tea()
        self.type("half a sentence")
        self.server.become(Away("you are banned from this server (enough)"))
        self.type("\x1br")
        self.server.become(Connecting())
        self.server.become(Away("you are banned from this server (enough)"))
        self.server.break_off("you are banned from this server (enough)")
        assert self.text.count("You are banned from this server (enough).") == 2
        assert "> half a sentence" in self.text
        assert not self.app.ended.called

    def test_a_password_for_a_command_is_not_shown_while_one_reads_on(self) -> None:
        self.be_in_tea(features=["accounts"])
        self.type("/register\rcorrect horse")
        self.server.hear(said(1, "hello"))
        assert "hello" in self.text
        assert "New password: •••••••••••••" in self.text
        assert "Esc goes back" in self.text
        self.type("\x1b[5~\x1bl")
        assert "correct" not in self.text
        self.type("x\r\x1b[200~correct horse\x1b[201~\r")
        assert self.server.asked == [requests.Register(password="correct horse")]
        self.server.answer(answers.Ok(account="alice"))
        assert "alice is yours now." in self.text
        assert "correct" not in "".join(self.shown)

    def test_a_password_asked_for_behind_the_help_is_seen_to_be_asked_for(self) -> None:
        self.type("alice\r\x1bOP")
        self.server.turn_away("alice is registered.", "password-required")
        assert "Password:" in self.text
        self.type("correct horse\r")
        self.server.let_in(account="alice")
        assert "alice · lobby" in self.text

    def test_who_is_asked_in_the_lobby_has_what_was_typed_there(self) -> None:
        self.type("alice\r")
        self.server.let_in()
        self.server.answer(answers.Rooms(rooms=rooms("tea"), more=False))
        self.type("half a name")
        self.server.turn_away("alice is registered.", "password-required")
        assert "Password:" in self.text
        self.type("correct horse\r")
        self.server.let_in(account="alice")
        assert "Room: half a name" in self.text

    def test_a_warning_before_the_first_room_is_seen_in_it(self) -> None:
        self.chat.wanted.first = "tea"
        self.type("alice\r")
        self.server.hear(answers.Notice(by="server", text="It came unencrypted."))
        self.server.let_in()
        self.server.answer(answers.Rooms(rooms=rooms("tea"), more=False), entered())
        self.server.hear(answers.Level(room="tea", seq=0, members=1, topic=""))
        assert "It came unencrypted." in self.text

    def test_what_is_typed_and_not_sent_is_seen(self) -> None:
        self.be_in_tea()
        self.type("one\ntwo")
        assert "> one\n   two" in self.text

    def test_a_terminal_of_another_size_is_drawn_anew(self) -> None:
        self.be_in_tea()
        self.display.resize(40, 10)
        assert max(map(len, self.text.split("\n"))) <= 40
        assert "tea" in self.text

    def test_what_was_asked_is_answered_until_the_next_key_and_the_talk_has_none_of_it(self) -> None:
        self.be_in_tea()
        self.server.hear(said(1, "hello"))
        self.type("/who\r")
        self.server.answer(answers.Members(room="tea", usernames=["alice", "bob"], more=False))
        assert "In tea: alice, bob" in self.text
        assert "In tea" not in " ".join(self.copied)
        self.server.hear(said(2, "and more"))
        assert "In tea: alice, bob" in self.text
        self.type("x")
        assert "In tea" not in self.text
        assert "> x" in self.text

    def test_an_answer_that_was_never_in_view_is_there_when_it_can_be_seen(self) -> None:
        self.be_in_tea()
        self.type("\x03half")
        assert "Write /quit to leave." in self.text
        self.type(" a")
        assert "Write /quit" not in self.text

    def test_what_answers_the_next_command_takes_the_place_of_the_last_answer(self) -> None:
        self.be_in_tea()
        self.type("/dance\r")
        assert "There is no command /dance" in self.text
        self.type("\x15/topic\r")
        assert "The topic of tea: green" in self.text
        assert "There is no command" not in self.text

    def test_a_long_answer_is_read_on_by_the_keys_for_that_and_the_talk_stays(self) -> None:
        self.be_in_tea()
        names = [f"somebody{number}" for number in range(100)]
        self.type("/who\r")
        self.server.answer(answers.Members(room="tea", usernames=names, more=False))
        assert "somebody0," in self.text
        assert "more, PgDn reads on" in self.text
        self.type("\x1b[6~\x1b[6~")
        assert "somebody99" in self.text
        assert "somebody0," not in self.text
        assert self.server.asked == []
        self.type("x")
        assert "somebody99" not in self.text

    def test_a_loss_is_seen_with_its_seconds(self) -> None:
        self.be_in_tea()
        self.server.become(Waiting(self.clock.seconds() + 5, "the connection broke"))
        assert "○ back in 5 s, Alt+r at once (the connection broke)" in self.text
        self.clock.advance(1)
        assert "○ back in 4 s" in self.text
        self.clock.advance(3.5)
        assert "○ back in 1 s" in self.text
        self.type("/quit\r")

    def test_what_keeps_one_from_speaking_is_seen_with_its_seconds(self) -> None:
        self.be_in_tea()
        self.server.hear(answers.Configured(room="tea", by="bob", slow=10))
        assert "alice · tea · ● · slow: one every 10 s" in self.text
        self.type("hello\r")
        self.server.answer(answers.Error(code="slow-mode", message="Try again in 7 s.", retry_after=7))
        assert "alice · tea · ● · slow: 7 s" in self.text
        assert "> hello" in self.text
        self.clock.advance(3)
        assert "slow: 4 s" in self.text
        self.clock.advance(4)
        assert "slow: one every 10 s" in self.text
