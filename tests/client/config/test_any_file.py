"""Whatever stands in a configuration file: it is read, and what is wrong is told."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chatroom.client.command_line import command_line
from chatroom.client.config.file import read
from chatroom.client.config.sample import sample
from chatroom.client.drawing.styles import BadStyle, parse_style
from chatroom.client.drawing.themes import theme
from chatroom.client.keys.bindings import ESSENTIAL, BadKey, key_named
from chatroom.programs.toml import mended, places
from tests.client.drawing.test_rows import ANY_TEXT

PARSER = command_line()
SETTINGS = re.findall(r"^#([\w-]+) = (.*)$", sample(PARSER, theme("dark")), re.MULTILINE)
NAMES = st.sampled_from([name for name, _ in SETTINGS])
VALUES = st.sampled_from(
    [value for _, value in SETTINGS] + ["1", "true", '"x"', "[]", "[1]", "{}", "dark", "1979-05-27"]
)
LINES = st.one_of(
    st.builds("{} = {}".format, NAMES, VALUES),
    st.sampled_from(["", "# a remark", "[keys]", "[colors]", "[keys.up]", "[[host]]", '"""', "'''", "[", "]", "x = ["]),
    ANY_TEXT,
)


def read_text(path: Path, text: str) -> list[str]:
    """Return what is wrong with *text*, when it stands at *path*."""
    path.write_bytes(text.encode(errors="surrogatepass"))
    config = read(path, PARSER, named=True)
    assert all(config.keys.keys(action) for action in ESSENTIAL)
    return list(config.problems)


@given(st.lists(LINES, max_size=12).map("\n".join))
@example('[keys]\nsubmit = ""\nhelp = "enter"\nup = \'esc\'')
def test_any_file_is_read(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.getbasetemp() / "any.toml"
    for problem in read_text(path, text):
        assert problem.startswith(str(path))


@given(st.lists(LINES, max_size=8).map("\n".join))
def test_everything_that_is_read_stands_in_a_line(text: str) -> None:
    rest, error = mended(text)
    count = text.replace("\r\n", "\n").count("\n") + 1
    assert error is None or 1 <= error[0] <= count
    assert all(1 <= line <= count for line in places(rest).values())


@given(
    st.one_of(ANY_TEXT, st.builds("{}{}{}".format, st.sampled_from(["ctrl-", "alt+", "shift "]), ANY_TEXT, ANY_TEXT))
)
def test_any_text_is_a_key_or_none(text: str) -> None:
    with suppress(BadKey):
        assert len(key_named(text)) > 1


@given(st.one_of(ANY_TEXT, st.lists(st.sampled_from("bold red #f00 g50 h7 h999 on , dark blue".split())).map(" ".join)))
def test_any_text_is_a_look_or_none(text: str) -> None:
    with suppress(BadStyle):
        parse_style(text)
