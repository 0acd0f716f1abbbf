"""What may come before the first byte that tells the dialect."""

from __future__ import annotations

import pytest

from chatroom.wire.lines import Lines


@pytest.mark.parametrize(
    ("sent", "is_text"),
    [
        (b'{"type":"ping"}\n', False),
        (b' \r\n  {"type":"ping"}\n', False),
        (b'\xef\xbb\xbf{"type":"ping"}\n', False),
        (b'\t{"type":"ping"}\n', True),
        (b' \t{"type":"ping"}\n', True),
        (b"\talice\n", True),
        (b"\x00alice\n", True),
    ],
)
def test_a_space_says_nothing_and_a_tab_means_text(sent: bytes, is_text: bool) -> None:
    lines = Lines(100)
    lines.feed(sent)
    assert lines.is_text is is_text


@pytest.mark.parametrize("blank", [b" ", b"\t", b" \t \r"])
@pytest.mark.parametrize("before", [b"alice\n", b'{"type":"ping"}\n'])
def test_a_line_of_blanks_is_no_line_in_either_dialect(before: bytes, blank: bytes) -> None:
    lines = Lines(100)
    lines.feed(before + blank + b"\n" + before)
    assert [lines.pop(), lines.pop()] == [before[:-1]] * 2
    assert not lines
