"""Masks: what they fit is what a pattern of ``*`` and ``?`` means, and finding it out takes no time."""

from __future__ import annotations

import re
from typing import SupportsIndex

from hypothesis import given
from hypothesis import strategies as st
from typing_extensions import override

from chatroom.core.tools.globs import Glob
from chatroom.core.values.names import fold

LETTERS = "aAbB.\\[é\u1e9eﬁ한?*"
"""Letters of which one may be another's case, more than one when they are folded, or mean something in a pattern."""


def matches(mask: str, text: str) -> bool:
    return Glob(mask).fits(fold(text))


def pattern(mask: str) -> re.Pattern[str]:
    """Return what *mask* means."""
    return re.compile("".join({"*": ".*", "?": "."}.get(each, re.escape(each)) for each in fold(mask)), re.DOTALL)


def test_a_mask_fits_all_of_a_text() -> None:
    for mask in ("alice", "ALICE", "a*", "*e", "*", "**", "a?ice", "a*i*e", "*alice*", "?????"):
        assert matches(mask, "alice"), mask
    for mask in ("", "alic", "lice", "a?ce", "b*", "*b", "??????", "a*b*e"):
        assert not matches(mask, "alice"), mask
    assert matches("", "")
    assert matches("*", "")
    assert not matches("?", "")
    assert matches("a.(b)?", "A.(b)+")


@given(st.text(LETTERS, max_size=12), st.text(LETTERS, max_size=12))
def test_what_it_fits_is_what_it_means(mask: str, text: str) -> None:
    assert matches(mask, text) == bool(pattern(mask).fullmatch(fold(text)))


@given(st.text("ab?*", max_size=12), st.text("ab", max_size=12))
def test_so_it_is_where_much_looks_alike(mask: str, text: str) -> None:
    assert matches(mask, text) == bool(pattern(mask).fullmatch(text))


class Counted(str):  # noqa: SLOT000  # it counts
    """A text that counts how many of its letters are read one by one."""

    read = 0

    @override
    def __getitem__(self, at: SupportsIndex | slice) -> str:
        self.read += 1
        return super().__getitem__(at)


def test_no_letter_is_read_twice() -> None:
    for mask in ("*" + "?" * 60 + "b", "*" + "a?" * 30 + "b*", "*?a" * 10 + "*b", "*a?a?a*a?b*", "?" * 60 + "*?b?*"):
        text = Counted("a" * 128)
        assert not Glob(mask).fits(text), mask
        assert text.read <= len(text), mask
