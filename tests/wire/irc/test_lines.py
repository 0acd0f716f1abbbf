"""Lines of IRC, read and written: by the data of the public parser tests, and by chance."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chatroom.core.tools.globs import Glob
from chatroom.core.values.names import fold
from chatroom.wire.irc.lines import (
    MAX_LINE,
    MAX_TAGS,
    Line,
    LineTooBig,
    NotUTF8,
    escaped,
    formatted,
    is_key,
    parsed,
    parsed_tags,
    tagged,
    unescaped,
    written,
)
from tests.wire.irc.grammar import read, reads


def rows(name: str) -> list[Any]:
    """Return a file of https://github.com/ircdocs/parser-tests, which is in the public domain (CC0)."""
    found = json.loads((Path(__file__).parent / f"{name}.json").read_text())
    assert isinstance(found, list)
    return found


@pytest.mark.parametrize("row", rows("msg-split"), ids=lambda row: row["input"])
def test_a_line_is_read_as_the_parser_tests_want_it(row: dict[str, Any]) -> None:
    atoms = row["atoms"]
    line = parsed(row["input"].encode())
    assert line
    assert line.command == atoms["verb"].upper()
    assert list(line.params) == atoms.get("params", [])
    assert line.tags == {name: value or "" for name, value in atoms.get("tags", {}).items()}


@pytest.mark.parametrize("row", rows("msg-join"), ids=lambda row: row["desc"])
def test_a_line_is_written_as_the_parser_tests_want_it(row: dict[str, Any]) -> None:
    atoms = row["atoms"]
    source = [f":{atoms['source']}"] if "source" in atoms else []
    line = (
        formatted(*source, atoms["verb"], *atoms.get("params", []))
        if atoms.get("params")
        else " ".join([*source, atoms["verb"]])
    )
    tags = [f"{name}={escaped(value)}" if value else name for name, value in atoms.get("tags", {}).items()]
    assert tagged(tags, line) in row["matches"]


@pytest.mark.parametrize("row", rows("mask-match"), ids=lambda row: row["mask"])
def test_masks_fit_what_the_parser_tests_say(row: dict[str, Any]) -> None:
    glob = Glob(row["mask"])
    for text in row["matches"]:
        assert glob.fits(fold(text)), text
    for text in row["fails"] or ():
        assert not glob.fits(fold(text)), text


# Limits.


@pytest.mark.parametrize("before", [b"", b":alice ", b"@a=b ", b"@" + b"t" * (MAX_TAGS - 2) + b" "])
def test_a_line_has_510_bytes_beside_its_tags(before: bytes) -> None:
    rest = before if before.startswith(b":") else b""
    most = rest + b"PING " + b"x" * (MAX_LINE - 5 - len(rest))
    tags = before if before.startswith(b"@") else b""
    line = parsed(tags + most)
    assert line
    assert line.command == "PING"
    with pytest.raises(LineTooBig) as caught:
        parsed(tags + most + b"x")
    assert caught.value.command == "PING"


@pytest.mark.parametrize("blank", [b" ", b"   "])
def test_tags_have_4096_bytes_with_all_that_belongs_to_them(blank: bytes) -> None:
    most = b"@" + b"t" * (MAX_TAGS - 2)
    assert parsed(most + blank + b"PING x")
    with pytest.raises(LineTooBig):
        parsed(most + b"t" + blank + b"PING x")


def test_tags_without_an_end_are_too_long_at_once() -> None:
    with pytest.raises(LineTooBig) as caught:
        parsed(b"@" + b"t" * 511)
    assert caught.value.command == "*"


@pytest.mark.parametrize("line", [b"@a=b", b"@a=b ", b"@", b":", b":alice", b":alice ", b" ", b"@ ", b"@a :b "])
def test_a_line_without_a_command_is_none(line: bytes) -> None:
    assert parsed(line) is None


@pytest.mark.parametrize(
    ("line", "command"),
    [
        (b"PRIVMSG #tea :\xc3", "PRIVMSG"),
        (b"@a=\xff :x privmsg #tea :\xc3\xa9", "PRIVMSG"),
        (b"USER \xff", "USER"),
        (b"\xff\xff", "*"),
        (b"@a=\xff", "*"),
        (b"NI\xc3\xa9CK\xff x", "*"),
        (b"A" * 40 + b" \xff", "A" * 32),
    ],
)
def test_what_is_not_utf_8_is_refused_by_its_command(line: bytes, command: str) -> None:
    with pytest.raises(NotUTF8) as caught:
        parsed(line)
    assert caught.value.command == command


def test_what_irc_has_not_is_left_out_of_all_that_a_line_holds() -> None:
    assert parsed(b"@la\0bel=a\0 JO\0IN #t\0ea,#b k\0ey :a\0b\0") == Line(
        "JOIN", ["#tea,#b", "key", "ab"], {"label": "a"}
    )
    assert parsed(b"\0") is None


@given(
    st.binary(max_size=600) | st.tuples(st.sampled_from([b"@", b":", b"@a=b :c ", b"PING "]), st.binary()).map(b"".join)
)
def test_whatever_comes_is_a_line_or_is_not(data: bytes) -> None:
    try:
        line = parsed(data.replace(b"\n", b" "))
    except (LineTooBig, NotUTF8):
        return
    assert line is None or (line.command and not any(" " in word for word in (line.command, *line.params[:-1])))
    assert line is None or not any(
        "\0" in word for word in (line.command, *line.params, *line.tags, *line.tags.values())
    )


# Tags.


@given(st.text())
@example("\\;: \r\n\\s\\:")
def test_the_value_of_a_tag_comes_back_as_it_was(value: str) -> None:
    shown = escaped(value)
    assert not set(shown) & set("; \r\n")
    assert unescaped(shown) == value
    assert parsed_tags(f"a={shown};b") == {"a": value, "b": ""}


@given(st.text())
def test_any_value_can_be_unescaped(value: str) -> None:
    assert len(unescaped(value)) <= len(value)


KEYS = st.sampled_from(["a", "b", "+a", "draft/a", "+draft/b", "example.com/x-1", "C"])
VALUES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)


@given(st.dictionaries(KEYS, VALUES, max_size=4), st.dictionaries(KEYS, VALUES, max_size=4))
def test_tags_come_before_those_that_a_line_has(first: dict[str, str], others: dict[str, str]) -> None:
    others = {name: value for name, value in others.items() if name not in first}
    line = "PRIVMSG #tea :hello"
    for some in (others, first):
        line = tagged([f"{name}={escaped(value)}" for name, value in some.items()], line)
    found = read(f"{line}\r\n".encode())
    assert found.tags == {**first, **others}
    assert found.params == ["#tea", "hello"]
    came = parsed(line.encode())
    assert came
    assert came.tags == found.tags


@pytest.mark.parametrize("name", ["a", "+a", "draft/a", "+draft/a-b", "+example.com/a", "a1"])
def test_names_of_tags(name: str) -> None:
    assert is_key(name)


@pytest.mark.parametrize("name", ["", "+", "++a", "a b", "a;b", "é", "a/b/c", "a_b", "a\n", "/a", "a/"])
def test_what_is_no_name_of_a_tag(name: str) -> None:
    assert not is_key(name)


# What is written.

WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters=" \0\r\n"), min_size=1, max_size=9)
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r\n"), max_size=40)


@given(st.lists(WORDS.filter(lambda word: not word.startswith(":")), max_size=5), TEXTS)
def test_what_is_written_is_read_again(words: list[str], last: str) -> None:
    [found] = reads(written([formatted(":chat.example", "401", *words, last)]))
    assert found.params == [*words, last]
    line = parsed(formatted("PING", *words, last).encode())
    assert line
    assert line.params == found.params


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), max_size=5))
def test_a_line_never_holds_another_one(texts: list[str]) -> None:
    found = reads(written([f":a NOTICE b :{text}" for text in texts]))
    assert [line.command for line in found] == ["NOTICE"] * len(texts)


@given(
    st.sampled_from("aé€\U0001f375"), st.integers(400, 700), st.sampled_from(["", "@time=2026-11-25T08:00:00.000Z "])
)
def test_a_line_that_would_be_too_long_ends_behind_a_letter(letter: str, many: int, tags: str) -> None:
    text = letter * many
    [found] = reads(written([f"{tags}:chat.example 332 alice #tea :{text}"]))
    room = MAX_LINE - len(b":chat.example 332 alice #tea :")
    assert found.params[-1] == text[: room // len(letter.encode())]


def test_a_line_that_fits_is_whole_whatever_its_letters() -> None:
    before = ":chat.example 332 alice #tea :"
    for letter in "aé€\U0001f375":
        text = letter * ((MAX_LINE - len(before)) // len(letter.encode()))
        assert written([before + text]) == f"{before}{text}\r\n".encode()
