"""Lines, and the first byte that tells their dialect."""

from __future__ import annotations

import pytest

from chatroom.wire.framing.lines import Lines


@pytest.mark.parametrize(
    ("sent", "dialect"),
    [
        (b'{"type":"ping"}\n', "frames"),
        (b' \r\n  {"type":"ping"}\n', "frames"),
        (b'\xef\xbb\xbf{"type":"ping"}\n', "frames"),
        (b'\t{"type":"ping"}\n', "text"),
        (b' \t{"type":"ping"}\n', "text"),
        (b"\talice\n", "text"),
        (b"\x00alice\n", "text"),
    ],
)
def test_a_space_says_nothing_and_a_tab_means_text(sent: bytes, dialect: str) -> None:
    lines = Lines(100)
    lines.feed(sent)
    assert lines.dialect == dialect


@pytest.mark.parametrize("blank", [b" ", b"\t", b" \t \r"])
@pytest.mark.parametrize("before", [b"alice\n", b'{"type":"ping"}\n'])
def test_a_line_of_blanks_is_no_line_in_either_dialect(before: bytes, blank: bytes) -> None:
    lines = Lines(100)
    lines.feed(before + blank + b"\n" + before)
    assert [lines.pop(), lines.pop()] == [before[:-1]] * 2
    assert not lines
