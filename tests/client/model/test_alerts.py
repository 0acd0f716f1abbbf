"""What somebody is told who does not look, and what nobody needs to see."""

from __future__ import annotations

import pytest
from typing_extensions import override

from chatroom.client.model import overview
from chatroom.client.model.preferences import Interest, NotRemembered, PreferenceStore, Remembered
from chatroom.client.views.alert import Alert
from chatroom.client.views.lines import Traffic
from chatroom.client.views.view import Tab
from chatroom.wire.frames import answers, requests
from tests.client.reader import Reader, at, entered, rooms, said


class Notebook:
    """Keeps what it is given, unless it is *lost*."""

    def __init__(self, remembered: Remembered | None = None, *, lost: str = "") -> None:
        self.remembered = remembered or Remembered()
        self.lost = lost
        self.asked: list[str] = []

    def recall(self, username: str) -> Remembered:
        self.asked.append(username)
        if self.lost:
            raise NotRemembered(self.lost)
        return self.remembered

    def keep(self, remembered: Remembered) -> None:
        if self.lost:
            raise NotRemembered(self.lost)
        self.remembered = remembered


_: type[PreferenceStore] = Notebook


class Alice(Reader):
    """Alice, in the rooms coffee and tea, of which she looks at tea; strangers come and go unseen."""

    def __init__(
        self, *, store: Notebook | None = None, highlight_words: tuple[str, ...] = (), quiet: bool = True
    ) -> None:
        super().__init__(store=store, highlight_words=highlight_words, quiet=quiet)
        self.come_in()
        self.hear(answers.Rooms(rooms=rooms("biscuits", "coffee", "tea"), more=False), requests.List(watch=True))
        self.enter_room("coffee")
        self.enter_room("tea")

    @property
    def alert(self) -> Alert | None:
        """What she was to be told since the last time."""
        return self.chat.alerts.take()

    def hear_told(self, text: str, speaker: str = "bob") -> None:
        """Hear *text* from *speaker* alone."""
        self.hear(answers.Told(from_=speaker, to="alice", at=at(1), text=text))

    def comes(self, username: str, room: str = "tea") -> None:
        """See *username* join, or not."""
        self.hear(answers.Joined(room=room, username=username, members=3))

    def goes(self, username: str, room: str = "tea") -> None:
        """See *username* leave, or not."""
        self.hear(answers.Left(room=room, username=username, members=2, reason="left"))

    @property
    def traffic(self) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
        """Who is seen to have come and gone."""
        return [(line.joined, line.left) for line in self.room_view.lines if isinstance(line, Traffic)]

    @override
    def hear_said(self, *texts: str, first: int = 1, room: str = "tea", speaker: str = "bob") -> None:
        super().hear_said(*texts, first=first, room=room, speaker=speaker)


@pytest.fixture
def alice() -> Alice:
    return Alice()


# What calls for attention.


def test_a_mention_calls_for_attention_and_other_messages_do_not(alice: Alice) -> None:
    alice.hear_said("hello")
    assert alice.alert is None
    alice.hear_said("alice: hello", first=2)
    assert alice.alert == Alert("bob in tea", "alice: hello")
    assert alice.alert is None


def test_a_private_message_calls_for_attention_and_the_answer_does_not(alice: Alice) -> None:
    alice.hear_told("psst")
    assert alice.alert == Alert("bob privately", "psst")
    asked = alice.enter("/msg bob what is it, alice?")
    alice.hear(answers.Ok(), asked)
    assert alice.alert is None


def test_neither_ones_own_words_nor_what_was_said_before_one_came_call_for_attention(alice: Alice) -> None:
    alice.hear_said("I am alice", speaker="alice")
    alice.hear(entered("biscuits", seq=1), requests.Join(room="biscuits"))
    alice.hear(said(1, "alice was here", room="biscuits"))
    assert alice.alert is None
    alice.hear(answers.Level(room="biscuits", seq=1, members=2, topic=""))
    alice.hear(said(2, "and alice is again", room="biscuits"))
    assert alice.alert == Alert("bob in biscuits", "and alice is again")


def test_other_words_count_as_ones_name_if_one_wants_them_to() -> None:
    alice = Alice(highlight_words=("biscuit", "deploy"))
    alice.hear_said("the Deploy is done", room="coffee")
    assert alice.alert == Alert("bob in coffee", "the Deploy is done")
    assert overview.tabs(alice.chat)[0] == Tab("coffee", 1, True, False)
    assert alice.room_view.status.highlight_words == ("biscuit", "deploy")


# The focus.


def test_what_comes_while_the_terminal_has_no_focus_is_new(alice: Alice) -> None:
    alice.hear_said("seen")
    alice.chat.focus(False)
    alice.hear_said("not seen", first=2)
    assert overview.tabs(alice.chat)[1] == Tab("tea", 1, False, True)
    assert alice.room_view.read_to == 1
    alice.chat.focus(True)
    assert overview.tabs(alice.chat)[1].unread == 0
    assert alice.room_view.read_to == 1
    alice.hear_said("seen too", first=3)
    assert overview.tabs(alice.chat)[1].unread == 0


def test_what_comes_is_new_too_if_the_focus_went_before_one_came_in(alice: Alice) -> None:
    alice.press("f2")
    alice.chat.focus(False)
    alice.enter_room("biscuits", seq=2)
    alice.hear_said("before", "before too", room="biscuits")
    alice.hear(answers.Level(room="biscuits", seq=2, members=2, topic=""))
    alice.hear_said("not seen", first=3, room="biscuits")
    assert alice.room_view.read_to == 2
    alice.chat.focus(True)
    assert alice.room_view.read_to == 2


def test_the_focus_may_come_and_go_in_the_lobby_too(alice: Alice) -> None:
    alice.press("f2")
    alice.chat.focus(False)
    alice.chat.focus(True)
    assert alice.lobby_view.rooms


# How much of each room.


def test_of_a_room_one_may_be_told_everything(alice: Alice) -> None:
    alice.enter("/notify coffee all")
    assert alice.told == ["coffee: you are told of every message."]
    alice.hear_said("hello", room="coffee")
    assert alice.alert == Alert("bob in coffee", "hello")
    alice.hear_said("hello")
    assert alice.alert is None


def test_of_a_muted_room_one_is_told_nothing_and_nothing_is_counted(alice: Alice) -> None:
    alice.hear_said("alice: hello", room="coffee")
    alice.enter("/notify COFFEE mute")
    assert alice.told == ["coffee: you are told of nothing, and nothing is counted."]
    assert alice.alert == Alert("bob in coffee", "alice: hello")
    alice.hear_said("alice: hello again", room="coffee", first=2)
    assert alice.alert is None
    assert overview.tabs(alice.chat)[0] == Tab("coffee", 0, False, False, muted=True)
    alice.press("meta a")
    assert alice.room_view.room == "tea"
    alice.enter("/join coffee")
    assert alice.texts == ["bob: alice: hello", "bob: alice: hello again"]


def test_the_room_that_one_looks_at_needs_no_name(alice: Alice) -> None:
    alice.enter("/notify mute")
    assert alice.chat.preferences.interest("tea") is Interest.MUTE
    alice.enter("/notify mentions")
    assert alice.chat.preferences.interest("tea") is Interest.MENTIONS
    alice.enter("/notify")
    assert alice.told[-1] == "tea: you are told of messages that mention you."


def test_a_room_that_one_is_not_in_can_be_muted_before(alice: Alice) -> None:
    alice.enter("/notify Biscuits mute")
    assert alice.chat.preferences.interest("biscuits") is Interest.MUTE


def test_what_is_no_room_or_too_much_is_refused(alice: Alice) -> None:
    alice.enter("/notify muted")
    assert alice.told == ["! There is no room called muted; what you can ask for is all, mentions or mute."]
    alice.enter("/notify tea all mute")
    assert alice.told[-1].startswith("! Write /notify [room] [level]: ")
    alice.press("f2")
    alice.enter("/notify mute")
    assert alice.told[-1].startswith("! Write /notify [room] [level]: ")


# Who is ignored.


def test_of_somebody_who_is_ignored_nothing_is_seen_until_that_is_over(alice: Alice) -> None:
    alice.hear_said("hello")
    alice.enter("/ignore Bob")
    hint = "What Bob says is hidden, until you write /unignore Bob."
    alice.hear_said("alice: are you there?", first=2)
    alice.hear_said("hello alice", first=3, speaker="carol")
    assert alice.told == [hint]
    assert alice.texts == ["carol: hello alice"]
    alice.enter("/unignore bob")
    assert alice.texts == [
        "bob: hello",
        "bob: alice: are you there?",
        "carol: hello alice",
    ]
    assert alice.told[-1] == "You see again what bob says."


def test_somebody_who_is_ignored_does_not_call_for_attention(alice: Alice) -> None:
    alice.enter("/ignore bob")
    alice.hear_said("alice: hello")
    alice.hear_said("alice: hello", room="coffee")
    alice.hear_told("alice")
    assert alice.alert is None
    assert overview.tabs(alice.chat)[0] == Tab("coffee", 0, False, False)
    alice.room_screen.conversation.reading.follow(False)
    alice.hear_said("alice: hello", first=2)
    assert alice.room_view.arrived == 0


def test_in_the_lobby_they_are_not_heard_either(alice: Alice) -> None:
    alice.enter("/ignore bob")
    alice.press("f2")
    alice.hear_told("psst")
    alice.hear_told("psst", "carol")
    assert [tab.room for tab in overview.tabs(alice.chat)] == ["coffee", "tea", "@carol"]


def test_ones_own_words_to_somebody_who_is_ignored_are_seen(alice: Alice) -> None:
    alice.enter("/ignore bob")
    asked = alice.enter("/msg bob go away")
    alice.hear(answers.Ok(), asked)
    alice.enter("/query bob")
    assert alice.texts == ["alice: go away"]


def test_the_ignored_are_listed(alice: Alice) -> None:
    alice.enter("/ignore")
    assert alice.told == ["You ignore nobody."]
    alice.enter("/ignore bob")
    alice.enter("/ignore carol")
    alice.enter("/ignore")
    assert alice.told[-1] == "You ignore bob, carol."


@pytest.mark.parametrize(
    ("line", "objection"),
    [
        ("/ignore ALICE", "! That is you."),
        ("/ignore b!b", "! A username can't hold '!'; choose another."),
        ("/unignore bob", "! You do not ignore bob; /ignore lists whom you do."),
        ("/unignore", "! Write /unignore name: see somebody again."),
    ],
)
def test_nobody_is_ignored_by_mistake(alice: Alice, line: str, objection: str) -> None:
    alice.enter(line)
    assert alice.told == [objection]
    assert alice.room_view.input.text == line
    assert alice.chat.preferences.ignored == ()


# Who comes and goes.


def test_strangers_come_and_go_unseen_until_one_wants_to_see_them(alice: Alice) -> None:
    alice.comes("bob")
    alice.hear_said("hello", speaker="carol")
    alice.goes("dave")
    assert alice.texts == ["carol: hello"]
    assert alice.room_view.status.hidden == 2
    assert alice.room_view.members == ("bob",)

    alice.press("meta =")
    assert alice.traffic == [(("bob",), ()), ((), ("dave",))]
    assert alice.room_view.status.hidden == 0

    alice.press("meta =")
    assert alice.traffic == []
    assert alice.room_view.status.hidden == 2


def test_who_spoke_lately_is_seen_to_go_and_to_come_back(alice: Alice) -> None:
    alice.hear_said("hello")
    alice.goes("bob")
    assert alice.traffic == [((), ("bob",))]
    alice.hear_said(*["so"] * 100, first=2, speaker="carol")
    alice.comes("bob")
    assert alice.traffic == [((), ("bob",)), (("bob",), ())]
    alice.goes("bob")
    assert alice.room_view.status.hidden == 1


def test_who_spoke_long_ago_is_a_stranger_again(alice: Alice) -> None:
    alice.hear_said("hello")
    alice.hear_said(*["so"] * 100, first=2, speaker="carol")
    alice.goes("bob")
    assert alice.traffic == []


def test_whom_one_addressed_is_no_stranger(alice: Alice) -> None:
    alice.hear(answers.Members(room="tea", usernames=["alice", "bob"], more=False), requests.Who(room="tea"))
    alice.enter("bob: are you there?")
    alice.goes("bob")
    asked = alice.enter("/msg carol hello")
    alice.hear(answers.Ok(), asked)
    alice.comes("carol")
    assert alice.traffic == [(("carol",), ("bob",))]


def test_friends_and_strangers_who_come_and_go_by_turns_are_told_apart(alice: Alice) -> None:
    alice.hear_said("hello")
    alice.hear_said("hello", first=2, speaker="carol")
    for name in ("bob", "x", "carol", "y"):
        alice.goes(name)
    assert alice.traffic == [((), ("bob", "carol"))]
    alice.press("meta =")
    assert alice.traffic == [((), ("bob", "carol", "x", "y"))]


def test_who_is_called_otherwise_is_no_more_of_a_stranger(alice: Alice) -> None:
    alice.hear_said("hello")
    alice.hear(answers.Renamed(room="tea", from_="bob", to="robert"))
    alice.hear(answers.Renamed(room="tea", from_="mallory", to="x"))
    alice.goes("robert")
    [line] = [line for line in alice.room_view.lines if isinstance(line, Traffic)]
    assert (line.renamed, line.left) == ((("bob", "robert"),), ("robert",))


def test_ones_own_new_name_is_always_seen(alice: Alice) -> None:
    alice.hear(answers.Renamed(room="tea", from_="alice", to="alicia"))
    assert len(alice.room_view.lines) == 1


def test_who_is_ignored_comes_and_goes_like_a_stranger(alice: Alice) -> None:
    alice.hear_said("hello")
    alice.enter("/ignore bob")
    alice.goes("bob")
    assert alice.traffic == []


def test_everybody_is_seen_if_one_wants_that_from_the_beginning() -> None:
    alice = Alice(quiet=False)
    alice.comes("bob")
    assert alice.traffic == [(("bob",), ())]


# What is remembered.


def test_what_one_prefers_is_known_the_next_time() -> None:
    notebook = Notebook()
    alice = Alice(store=notebook)
    alice.enter("/notify coffee mute")
    alice.enter("/notify all")
    alice.enter("/ignore bob")
    alice.enter("/ignore carol")
    alice.enter("/unignore carol")

    again = Alice(store=notebook)
    assert notebook.asked == ["alice", "alice"]
    assert [tab.muted for tab in overview.tabs(again.chat)] == [True, False]
    assert again.chat.preferences.interest("tea") is Interest.ALL
    assert again.chat.preferences.ignored == ("bob",)


def test_it_is_recalled_once_whatever_one_is_called_later() -> None:
    notebook = Notebook()
    alice = Alice(store=notebook)
    alice.come_in("bob")
    assert notebook.asked == ["alice"]


def test_who_can_not_be_remembered_is_told_so_and_goes_on() -> None:
    reader = Reader(store=Notebook(lost="The disk is full"))
    reader.come_in()
    assert reader.lobby_texts() == ["! The disk is full"]
    reader.enter("/ignore bob")
    assert reader.told[-1] == (
        "! What bob says is hidden, until you write /unignore bob. That lasts only until you quit: The disk is full."
    )
    assert reader.chat.preferences.ignores("BOB")


def test_tab_completes_how_much_one_can_be_told_of_what_and_who_is_ignored(alice: Alice) -> None:
    def completed(line: str) -> str:
        alice.press("ctrl u", line, "tab")
        return alice.room_view.input.text

    assert completed("/notify te") == "/notify tea "
    assert completed("/notify tea mu") == "/notify tea mute "
    assert completed("/notify me") == "/notify mentions "
    # Who is ignored need not be here any more.
    alice.enter("/ignore mallory")
    alice.hear_said("hello", speaker="mike")
    assert completed("/unignore ") == "/unignore mallory "
    assert completed("/unignore mi") == "/unignore mi"
