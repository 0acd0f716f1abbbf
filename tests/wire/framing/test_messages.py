"""Messages of a WebSocket become lines, however the stream is cut into pieces."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wsproto.frame_protocol import FrameProtocol, Opcode

from chatroom.core.values.errors import LineTooLong
from chatroom.wire.framing.messages import Messages
from chatroom.wire.framing.web_frames import message, web_frame
from tests.wire.framing.test_telnet import CUTS, cut

LIMIT = 100


class Browser:
    """The other end, which masks what it sends."""

    def __init__(self) -> None:
        self.frames = FrameProtocol(client=True, extensions=[])

    def says(self, *pieces: str | bytes) -> bytes:
        """Return a message in as many frames as it has *pieces*."""
        last = len(pieces) - 1
        return b"".join(bytes(self.frames.send_data(piece, number == last)) for number, piece in enumerate(pieces))

    def closes(self, code: int | None = 1000, reason: str | None = None) -> bytes:
        return bytes(self.frames.close(code, reason))

    def sees(self, data: bytes) -> list[tuple[Opcode, object]]:
        """Return what it is sent."""
        self.frames.receive_bytes(data)
        return [(frame.opcode, frame.payload) for frame in self.frames.received_frames()]


def told(messages: Messages, *pieces: bytes) -> tuple[list[bytes], bytes]:
    """Feed *pieces*, and return the lines that they make, and what is answered at once."""
    lines, answers = [], b""
    for piece in pieces:
        answers += messages.feed(piece)
        while messages.pending and not messages.over:
            while len(messages):
                lines.append(messages.pop())
            answers += messages.feed()
        while len(messages):
            lines.append(messages.pop())
    return lines, answers


TEXTS = st.text(st.characters(exclude_characters="\n", exclude_categories=["Cs"]), min_size=1, max_size=20).filter(
    lambda text: not text.encode().isspace()
)


@given(st.lists(st.lists(st.lists(TEXTS, min_size=1, max_size=3), min_size=1, max_size=3), max_size=5), CUTS)
def test_each_message_is_its_lines_in_however_many_frames_it_comes(
    said: list[list[list[str]]], cuts: list[int]
) -> None:
    browser = Browser()
    sent = b"".join(browser.says(*("\n".join(lines) for lines in frames)) for frames in said)
    expected = [line.encode() for frames in said for line in "".join("\n".join(lines) for lines in frames).split("\n")]
    assert told(Messages(0), *cut(sent, cuts)) == (expected, b"")


@pytest.mark.parametrize("pieces", [1, 2, 300])
def test_a_ping_is_answered_between_the_frames_of_a_message(pieces: int) -> None:
    browser = Browser()
    first, *others = [browser.frames.send_data("x", fin=False) for _ in range(pieces)]
    sent = bytes(first) + bytes(browser.frames.ping(b"tea?")) + b"".join(map(bytes, others))
    sent += bytes(browser.frames.send_data("!", fin=True))
    lines, answer = told(Messages(0), sent)
    assert lines == [b"x" * pieces + b"!"]
    assert browser.sees(answer) == [(Opcode.PONG, b"tea?")]


def test_what_the_peer_begins_to_close_is_closed_once_and_by_its_own_code() -> None:
    for code, shown in ((1000, 1000), (1001, 1001), (4000, 4000), (None, 1000)):
        browser, messages = Browser(), Messages(LIMIT)
        lines, _ = told(messages, browser.says("a"), browser.closes(code) + browser.says("b"))
        assert (lines, messages.over) == ([b"a"], True)
        assert browser.sees(messages.close()) == [(Opcode.CLOSE, (shown, ""))]
        assert messages.close() == b""
        assert told(messages, browser.says("c")) == ([], b"")


def test_what_we_close_is_closed_in_order() -> None:
    browser, messages = Browser(), Messages(LIMIT)
    assert browser.sees(messages.close()) == [(Opcode.CLOSE, (1000, ""))]
    assert messages.feed(browser.closes()) == b""
    assert messages.close() == b""


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (b"\x81\x01a", 1002),  # not masked
        (b"\xc1\x81\0\0\0\0a", 1002),  # a reserved bit
        (b"\x83\x81\0\0\0\0a", 1002),  # a reserved opcode
        (b"\x80\x81\0\0\0\0a", 1002),  # the rest of nothing
        (b"\x09\x80\0\0\0\0", 1002),  # half a ping
        (b"\x88\x81\0\0\0\0a", 1002),  # half a code
        (b"\x88\x82\0\0\0\0\x03\xed", 1002),  # a code that is never sent
        (b"\x81\x81\0\0\0\0\xff", 1007),
        (b"\x01\x81\0\0\0\0\xc3\x80\x81\0\0\0\0a", 1007),  # a character, cut in two
        (b"\x82\x81\0\0\0\0a", 1003),
        (b"\x82\x80\0\0\0\0", 1003),
    ],
)
def test_what_breaks_the_rules_is_closed_with_the_code_for_it_behind_what_came_before(sent: bytes, code: int) -> None:
    for pieces in ([sent], [sent[at : at + 1] for at in range(len(sent))]):
        browser, messages = Browser(), Messages(LIMIT)
        lines, _ = told(messages, browser.says("a"), *pieces, browser.says("b"))
        assert (lines, messages.over) == ([b"a"], True)
        assert browser.sees(messages.close()) == [(Opcode.CLOSE, (code, ""))]


@pytest.mark.parametrize("frames", [1, 7])
def test_a_line_that_is_too_long_is_the_last_and_is_not_kept(frames: int) -> None:
    for text, fits in (("é" * 50, True), ("é" * 50 + "x", False), (f"{'x' * 100}\n{'y' * 100}", True)):
        browser, messages = Browser(), Messages(LIMIT)
        size = -(-len(text) // frames)
        messages.feed(browser.says(*(text[at : at + size] for at in range(0, len(text), size))) + browser.says("b"))
        if fits:
            assert [messages.pop() for _ in range(len(messages))] == [*text.encode().split(b"\n"), b"b"]
        else:
            with pytest.raises(LineTooLong):
                messages.pop()
            assert not messages.pending
            assert messages.feed(browser.says("b")) == b""
            assert browser.sees(messages.close()) == [(Opcode.CLOSE, (1000, ""))]


def test_one_that_never_ends_is_too_long_before_it_is_all_there() -> None:
    messages = Messages(LIMIT)
    messages.feed(b"\x81\xff" + (2**62).to_bytes(8, "big") + bytes(4) + b"x" * 101)
    with pytest.raises(LineTooLong):
        messages.pop()


def test_half_a_message_is_none() -> None:
    browser, messages = Browser(), Messages(LIMIT)
    sent = browser.says("alice")
    messages.feed(sent[:-1])
    messages.end()
    assert not messages.pending


def test_what_makes_no_line_is_counted() -> None:
    browser, messages = Browser(), Messages(LIMIT)
    told(messages, *[browser.says("", " ", "\n")] * 100, bytes(browser.frames.ping(b"x" * 100)) * 10)
    assert messages.wasted > 2000
    messages = Messages(LIMIT)
    told(messages, browser.says("a"))
    assert messages.wasted == 0


@pytest.mark.parametrize("size", [0, 1, 125, 126, 65535, 65536])
def test_what_is_sent_is_one_message(size: int) -> None:
    shown = Browser().sees(message(b"x" * size))
    assert [opcode for opcode, _ in shown] == ([Opcode.TEXT] if size else [])
    assert "".join(str(payload) for _, payload in shown) == "x" * size
    assert len(web_frame(0x81, b"x" * size)) - size == (2 if size < 126 else 4 if size < 65536 else 10)
