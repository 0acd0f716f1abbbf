"""Events of every kind, for all capabilities: whatever is in them, a client can read it."""

from __future__ import annotations

from typing import Any, get_args

from hypothesis import given
from hypothesis import strategies as st

from chatroom.core.values.batch import Batch
from chatroom.core.values.events import Deleted, Event, Message, RoomEvent, Said
from chatroom.core.values.names import Username
from chatroom.core.values.people import Aspect, Person
from chatroom.wire.dialect import Standpoint
from chatroom.wire.irc import caps
from chatroom.wire.irc.events import Writers
from chatroom.wire.irc.irc import IRC
from tests.examples import examples
from tests.wire.irc.grammar import Read, reads
from tests.wire.irc.server import NOON, FakeServer

ALICE = Person(
    Username("alice"), "~alice", "abcdefgh.irc", Username("alice"), "Alice, you know", "gone for tea", bot=True
)
LONG = Person(Username("ü" * 32), "~" + "i" * 10, "abcdefgh.frames", Username("ü" * 32), "r" * 128, "a" * 300)
SERVER = FakeServer(ALICE, LONG)

NAMES = st.sampled_from(["alice", "ü" * 32, "bob", "田中"])
ROOMS = st.sampled_from(["tea", "Tea.2", "ü" * 64])
WORDS = st.sampled_from(
    [
        "a",
        " ",
        "\n",
        "\n\n",
        ":",
        "é",
        "\U0001f375",
        "\U0001f468\u200d\U0001f469\u200d\U0001f467",
        "x" * 450,
        "word " * 100,
    ]
)
TEXTS = st.lists(WORDS, min_size=1, max_size=8).map("".join)
NOTES = st.sampled_from(["", "why", ": not", "ü" * 150, "x" * 300])
MOMENTS = st.integers(0, 2 * NOON)
TAGS = st.lists(
    st.tuples(
        st.sampled_from(["+typing", "+draft/react", "+x"]),
        st.sampled_from(["", "a;b \\", "\r\n", "é" * 50]),
    ),
    unique_by=lambda tag: tag[0],
    max_size=3,
).map(tuple)
PEOPLE = st.sampled_from([ALICE, LONG, Person(Username("bob"), "~u", "abcdefgh.text")])
MESSAGES = st.builds(
    Message,
    speaker=NAMES,
    text=TEXTS | st.just(""),
    at=MOMENTS,
    kind=st.sampled_from(["text", "action", "notice"]),
    re=st.none() | st.integers(1, 9),
    tags=st.none() | TAGS,
)

FIELDS: dict[str, st.SearchStrategy[Any]] = {
    **dict.fromkeys(("username", "by", "old", "new", "speaker", "to"), NAMES),
    "other": st.none() | NAMES,
    "room": ROOMS,
    "message": MESSAGES,
    "quoted": st.none(),
    "tags": TAGS,
    **dict.fromkeys(("note", "reason", "topic"), NOTES),
    "at": MOMENTS,
    "until": st.none() | MOMENTS,
    "person": PEOPLE,
    "what": st.lists(st.sampled_from(get_args(Aspect)), unique=True).map(tuple),
    "text": TEXTS,
    **dict.fromkeys(("rooms", "talks", "closed"), st.just(())),
    "people": st.lists(PEOPLE, max_size=40).map(tuple),
    "usernames": st.lists(NAMES, max_size=40).map(tuple),
}
"""What may be in the fields of an event, by their names; of others the type says enough."""


def made(kind: type[Any]) -> st.SearchStrategy[Event]:
    """Return a strategy for events of that *kind*."""
    fields = {name: FIELDS[name] for name in kind.__struct_fields__ if name in FIELDS}
    if kind.__name__ in ("Left", "Bye"):
        fields.pop("reason", None)
    if kind.__name__ == "Left":
        fields["by"] = st.none() | NAMES
    if kind.__name__ in ("Muted", "Unmuted"):
        fields["room"] = st.none() | ROOMS
    if kind.__name__ == "Marked":
        fields["room"], fields["other"] = ROOMS, st.none()
    if kind.__name__ == "Tagged":
        fields["tags"] = TAGS.filter(bool)
    return st.builds(kind, **fields)


MASKS = [0, *(1 << place for place in range(12)), caps.BATCH | caps.MULTILINE, caps.IN_ROOMS]


def client(mask: int) -> IRC:
    """Return the dialect of a client that has asked for the capabilities of *mask*."""
    dialect = IRC(SERVER, Writers(SERVER))
    dialect.read(f"CAP REQ :{' '.join(caps.names(mask))}".encode(), Standpoint())
    return dialect


def check(found: list[Read]) -> None:
    """See that batches begin and end, and that nothing is in one that is not open."""
    open_ones: set[str] = set()
    for line in found:
        assert not (inside := line.tags.get("batch")) or inside in open_ones
        if line.command == "BATCH":
            sign, reference = line.params[0][0], line.params[0][1:]
            assert (reference in open_ones) is (sign == "-")
            open_ones ^= {reference}
    assert not open_ones


EVERY = [0, *caps.BITS.values(), sum({*caps.BITS.values()})]
IN_A_ROOM = [kind for kind in get_args(RoomEvent) if kind is not Deleted]


@examples(500)
@given(st.sampled_from(MASKS), st.lists(st.sampled_from(IN_A_ROOM).flatmap(made), min_size=1, max_size=4))
def test_what_happens_in_a_room_is_written_for_each_capability(mask: int, events: list[Event]) -> None:
    batch = Batch(events)
    check(reads(client(mask).batch(batch)))
    check(reads(client(mask).roster(batch, 0)))


@examples(500)
@given(st.sampled_from(EVERY), st.sampled_from(get_args(Event)).flatmap(made))
def test_what_is_for_one_alone_is_written_for_each_capability(mask: int, event: Event) -> None:
    check(reads(client(mask).event(event)))


# What is said.


def shown(message: Message, mask: int) -> list[Read]:
    return reads(client(mask).batch(Batch([Said("tea", 7, message)])))  # type: ignore[arg-type]


def text_of(found: list[Read]) -> str:
    """Return the text that a client puts together of the lines of one message."""
    text, first = "", True
    for line in found:
        if line.command == "BATCH":
            continue
        if not first and "draft/multiline-concat" not in line.tags:
            text += "\n"
        text, first = text + line.params[1], False
    return text


@given(MESSAGES.filter(lambda message: message.text and message.kind != "action"))
def test_a_client_that_knows_texts_of_several_lines_has_all_of_it(message: Message) -> None:
    found = shown(message, caps.IN_ROOMS)
    assert text_of(found) == message.text
    assert [line.tags.get("msgid") for line in found] == ["e" * 22 + "-7", *[None] * (len(found) - 1)]


@given(
    MESSAGES.filter(lambda message: message.text and message.kind != "action"),
    st.sampled_from([0, caps.MESSAGE_TAGS, caps.MULTILINE]),
)
def test_another_one_has_all_but_blank_lines(message: Message, mask: int) -> None:
    found = shown(message, mask)
    assert "".join(line.params[1] for line in found).replace(" ", "") == message.text.replace("\n", "").replace(" ", "")


@given(MESSAGES.filter(lambda message: message.text and message.kind == "action"), st.sampled_from(MASKS))
def test_each_piece_of_an_action_is_one(message: Message, mask: int) -> None:
    for line in shown(message, mask):
        assert line.params[1].startswith("\x01ACTION ")
        assert line.params[1].endswith("\x01")


def test_the_order_of_tags_is_fixed() -> None:
    message = Message(ALICE.username, "hello", NOON, tags=(("+b", "1"), ("+a", "2")), re=3)
    [line] = shown(message, caps.IN_ROOMS)
    assert list(line.tags) == ["time", "account", "bot", "+b", "+a", "msgid", "+reply", "+draft/reply"]


def test_who_asked_for_nothing_gets_no_tags() -> None:
    [line] = shown(Message(ALICE.username, "hello", NOON, tags=(("+a", "2"),), re=3), 0)
    assert line.tags == {}


def test_a_text_that_was_taken_back_is_not_shown() -> None:
    assert shown(Message(ALICE.username, "", NOON), caps.IN_ROOMS) == []
