"""Every code point, sent in all that can be sent: what would harm a terminal or a log does not come out again."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator, Sequence

import pytest
from twisted.logger import ILogObserver, LogEvent, formatEvent, globalLogPublisher
from zope.interface import provider

from tests.fronts.house import House, frame

# The ends of lines of the wire apart, this is what the protocol keeps out; lone surrogates are no UTF-8.
HARMFUL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")

DOUBTFUL = {"Cc", "Cf", "Cs", "Zl", "Zp"}
"""Controls, formats, surrogates and separators: all that is refused or removed, and some that is not."""

# What a person types, and what a program sends, with the character in every place that takes a text.
LINES = """
    /nick @
    /create @
    /create tea @
    /create new @
    /leave
    /join @
    /delete @
    /who @
    /list @
    /tell @ hello
    /tell alice @
    /msg @
    /help @
    /@
    /history @
    /search @
    /@ me
    @ list
    //@
    /join tea
    @
    /me @
    /reply 1 @
    /reply @ hello
    /topic @
    /leave
"""
FRAMES = """
    {"type": "ping", "id": "@"}
    {"type": "ping", "@": 1}
    {"type": "@"}
    {"type": "list", "match": "@", "id": 1}
    {"type": "list", "after": "@"}
    {"type": "list", "watch": "@"}
    {"type": "login", "username": "@"}
    {"type": "rename", "username": "@"}
    {"type": "create", "room": "@"}
    {"type": "create", "room": "tea", "topic": "@"}
    {"type": "join", "room": "@"}
    {"type": "join", "room": "tea", "epoch": "@"}
    {"type": "leave", "room": "@"}
    {"type": "delete", "room": "@"}
    {"type": "say", "room": "tea", "text": "@", "id": "@", "cid": "@"}
    {"type": "say", "room": "tea", "text": "other", "cid": "@"}
    {"type": "say", "room": "tea", "text": "@", "action": true}
    {"type": "say", "room": "@", "text": "hello"}
    {"type": "say", "room": ["@"], "text": "hello"}
    {"type": "tell", "to": "@", "text": "hello"}
    {"type": "tell", "to": "alice", "text": "@"}
    {"type": "topic", "room": "@", "topic": "tea"}
    {"type": "topic", "room": "tea", "topic": "@"}
    {"type": "history", "room": "@"}
    {"type": "history", "room": "tea", "limit": "@"}
    {"type": "search", "room": "@", "query": "tea"}
    {"type": "search", "room": "tea", "query": "@"}
    {"type": "who", "room": "@"}
    {"type": "who", "after": "@"}
    @
"""
SESSION = "a session of 22 characters"


@pytest.fixture
def plain(characters: Sequence[str]) -> list[str]:
    """Give the characters that are shown as they are."""
    return [it for it in characters if unicodedata.category(it) not in DOUBTFUL]


@pytest.fixture
def doubtful(characters: Sequence[str]) -> list[str]:
    """Give the others."""
    return [it for it in characters if unicodedata.category(it) in DOUBTFUL]


@pytest.fixture
def logged() -> Iterator[list[str]]:
    """Give what is logged."""
    lines: list[str] = []

    @provider(ILogObserver)
    def observe(event: LogEvent) -> None:
        lines.append(formatEvent(event))

    globalLogPublisher.addObserver(observe)
    yield lines
    globalLogPublisher.removeObserver(observe)


class Tea:
    """A room with a person and a program who speak, alice and bob, and one of each who is shown it."""

    def __init__(self) -> None:
        self.house = House()
        self.alice, self.bob = self.house.person("alice"), self.house.program("bob", session=SESSION)
        self.carol, self.dave = self.house.person("carol"), self.house.program("dave")
        self.alice.type("create tea")
        for program in (self.bob, self.dave):
            program.ask({"type": "join", "room": "tea"})
        self.carol.type("join tea")
        for person in (self.alice, self.bob, self.dave):
            person.lines()


def pieces(characters: list[str], size: int) -> Iterator[str]:
    """Yield *characters* in pieces of at most *size* bytes."""
    piece, length = "", 0
    for character in characters:
        more = len(character.encode())
        if length + more > size:
            yield piece
            piece, length = "", 0
        piece += character
        length += more
    yield piece


def is_surrogate(character: str) -> bool:
    return unicodedata.category(character) == "Cs"


def texts(character: str) -> list[str]:
    """Return *character* by itself and inside of a word; a surrogate, which is never read, in one of them."""
    return [f"a{character}b"] if is_surrogate(character) else [character, f"a{character}b"]


def filled(lines: str, text: str) -> bytes:
    """Return *lines* as they are sent with *text* in them."""
    return "".join(line.strip().replace("@", text) + "\n" for line in lines.strip().split("\n")).encode(
        errors="surrogatepass"
    )


def strings(line: str) -> list[str]:
    """Return the texts in a frame that is no list."""
    return [value for value in json.loads(line).values() if isinstance(value, str)]


def harmful(*lines: str) -> list[str]:
    return [line for line in lines if HARMFUL.search(line)]


def test_a_text_of_all_other_characters_is_shown_as_it_was_said(plain: list[str]) -> None:
    tea = Tea()
    for text in pieces(plain, 3999):
        tea.alice.send(f"_{text}\n".encode())
        tea.bob.send(frame(type="say", room="tea", text=text))
        by_person, by_program = tea.carol.lines()
        assert by_person.partition("<alice> _")[2] == by_program.partition("<bob> ")[2] == text
        assert [said["text"] for said in tea.dave.frames()] == [f"_{text}", text]
        assert not harmful(by_person, by_program)


def test_a_topic_of_all_other_characters_is_shown_as_it_was_set(plain: list[str]) -> None:
    tea = Tea()
    for topic in pieces(plain, 300):
        tea.bob.send(frame(type="topic", room="tea", topic=topic))
        [line] = tea.carol.lines()
        assert line == f"* bob set the topic: {topic}"
        assert not harmful(line)
        [changed] = tea.dave.frames()
        assert changed["topic"] == topic


def test_nothing_harmful_comes_out_whatever_is_sent(doubtful: list[str], logged: list[str]) -> None:
    tea = Tea()
    eve = tea.house.person("eve")
    came = 0
    for character in doubtful:
        for text in texts(character):
            eve.send(filled(LINES, text))
            tea.bob.send(filled(FRAMES, text), filled(FRAMES, json.dumps(text)[1:-1]))
        for peer in (eve, tea.alice, tea.bob, tea.carol, tea.dave):
            shown = peer.lines()
            came += len(shown)
            assert not harmful(*shown), character
            if peer is tea.carol:
                # Nothing had to be replaced either, for it has not come as far as into the room.
                assert not [line for line in shown if "\ufffd" in line], character
            elif peer is tea.dave:
                assert not harmful(*[text for line in shown for text in strings(line)]), character
    assert came > 50 * len(doubtful)
    assert not harmful(*logged)
    # It was not for want of echoes.
    assert eve.type("/list a\x9bb") == ["* No room has a\ufffdb in its name."]
    assert tea.bob.ask({"type": "ping", "id": "\x7f\x9b\u202e"}) == [{"type": "pong", "id": "\x7f\x9b\u202e"}]


def test_nothing_harmful_comes_out_before_there_is_a_name(doubtful: list[str], logged: list[str]) -> None:
    house = House()
    login = (
        '{"type": "login", "username": "@"}\n{"type": "login", "username": "@", "session": "a session of 22 letters @"}'
    )
    for character in [it for it in doubtful if not is_surrogate(it)] + ["\ud800", "\udfff"]:
        for text in texts(character):
            for first in (filled("help @", text), filled(login, text), filled(login, json.dumps(text)[1:-1])):
                peer = house.connect()
                peer.send(first, filled("@", text))
                shown = peer.lines()
                assert shown
                assert not harmful(*shown), character
                peer.vanish()
    assert not harmful(*logged)
