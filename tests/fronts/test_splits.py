"""Whatever comes and however it is cut: the same is answered, and nothing breaks."""

from __future__ import annotations

import re
from itertools import pairwise

from hypothesis import example, given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from chatroom.core.values.names import room_name
from chatroom.logs.memory.log import MemoryLog
from tests.examples import examples
from tests.fronts.house import House, frame

LONGEST = 60

TYPED = st.sampled_from(
    "alice|bob|a b|join tea|join milk|create milk Fresh|list|list te|who|who tea|hello|//me|/me waves|/who|/history"
    "|/search hello|/topic Tea|nick carol|help|/help me|/nothing|tell alice psst|/tell bob psst|delete milk".split("|")
).map(str.encode)
ASKED = st.sampled_from(
    [
        {"type": "login", "username": "alice"},
        {"type": "login", "username": "b"},
        {"type": "create", "room": "milk"},
        {"type": "join", "room": "tea"},
        {"type": "say", "room": "tea", "text": "é"},
        {"type": "say", "room": "tea", "text": ""},
        {"type": "who"},
        {"type": "list"},
        {"type": "ping", "id": "1"},
        {"type": "nothing"},
    ]
).map(lambda request: frame(**request).strip())
QUITS = st.sampled_from([b"quit", b"/quit", b'{"type":"quit"}'])
ODD = st.sampled_from(
    [
        b"",
        b" ",
        b"a" * LONGEST,
        b"a" * (LONGEST + 1),
        b" " * (LONGEST + 1),
        b"\xff\xfb\x01",
        b"\xff\xfa\x1f\x00\xff\xf0",
        b"\xff",
        b"\xff\xfa",
        b"\xef\xbb\xbf",
        b"\xc3",
        b"{",
        b"\x00\x1b[31m\x7f\xc2\x9b",
        b"GET / HTTP/1.1",
    ]
)
ENDS = st.sampled_from([b"\n", b"\r\n", b"\n\n", b" \n", b""])


LOGIN = frame(type="login", username="alice")


def input_of(lines: st.SearchStrategy[bytes], *starts: bytes) -> st.SearchStrategy[bytes]:
    """Return a strategy for what a visitor sends, mostly *lines* after one of *starts*: fewer than a turn takes."""
    pairs = st.lists(st.tuples(st.one_of(*[lines] * 7, ODD), ENDS), max_size=30)
    said = pairs.map(lambda pairs: b"".join(line + end for line, end in pairs))
    return st.tuples(st.sampled_from(starts), said, QUITS | st.just(b"")).map(b"".join)


SAID = input_of(TYPED, b"", b"alice\n", b"alice\r\njoin tea\n") | input_of(
    ASKED, b"", LOGIN, LOGIN + frame(type="join", room="tea")
)


def cut(data: bytes, cuts: list[int]) -> list[bytes]:
    """Cut *data* at *cuts*, as far as it reaches."""
    places = sorted({0, len(data), *(place % (len(data) + 1) for place in cuts)})
    return [data[start:end] for start, end in pairwise(places)]


def story(*pieces: bytes, ends: bool) -> tuple[str, bool]:
    """Return what a visitor gets who sends *pieces*, with its end or not, and whether it is closed after it."""
    # With a prompt log no command has to wait for the next turn, which would be another one for others of the pieces.
    house = House(log=MemoryLog(), max_line=LONGEST)
    house.lobby.open_permanently(room_name("tea"))
    peer = house.connect()
    peer.send(*pieces)
    if ends:
        peer.finish()
    house.settle()
    got = peer.wire.value().decode(errors="replace")
    # An epoch is random.
    return re.sub(r'"epoch":"[^"]*"', '"epoch":""', got), peer.closed


class AnyBytesTest(SynchronousTestCase):
    """What a visitor may send."""

    @examples(300)
    @given(SAID, st.lists(st.integers(0, 2000), max_size=20), st.booleans())
    def test_however_it_is_cut_the_same_comes_back(self, data: bytes, cuts: list[int], ends: bool) -> None:
        whole = story(data, ends=ends)
        self.assertEqual(story(*cut(data, cuts), ends=ends), whole)

    @examples(50)
    @example(b"\xff\xfa\n" + b"a" * LONGEST + b"\n\xff\xfa\x1f\x00\xff\xf0\n", False)
    @given(SAID, st.booleans())
    def test_byte_by_byte_it_is_the_same_too(self, data: bytes, ends: bool) -> None:
        self.assertEqual(story(*cut(data, [*range(len(data))]), ends=ends), story(data, ends=ends))

    @given(
        st.lists(st.binary(max_size=40) | st.sampled_from([b"alice\n", b"create tea\n", b"\n", b"\xff"]) | ODD | ASKED)
    )
    def test_whatever_it_is_nothing_breaks(self, pieces: list[bytes]) -> None:
        for start in (b"", b"alice\ncreate tea\n", frame(type="login", username="bob")):
            story(start, *pieces, b"\n", ends=True)
            self.assertEqual(self.flushLoggedErrors(), [])
