"""TOML with its lines, and with what is wrong in it."""

from __future__ import annotations

import pytest

from chatroom.programs.toml import mended, places

WRITTEN = '''\
host = "a"
# a remark with help = "f2"
room = [
  "x = y",
]
[keys]
help = """
lobby = no
"""
"up" = "x"
colours.time = "red"
[colors]
time.x = 1
'''


def test_everything_has_its_line() -> None:
    assert places(WRITTEN.replace("\n", "\r\n")) == {
        ("host",): 1,
        ("room",): 3,
        ("keys",): 6,
        ("keys", "help"): 7,
        ("keys", "up"): 10,
        ("keys", "colours"): 11,
        ("keys", "colours", "time"): 11,
        ("colors",): 12,
        ("colors", "time"): 13,
        ("colors", "time", "x"): 13,
    }


def test_what_is_right_is_left_as_it_is() -> None:
    assert mended(WRITTEN) == (WRITTEN, None)


@pytest.mark.parametrize(
    ("text", "rest", "number", "reason"),
    [
        ("a = 1\nb = dark\nc = 3", "a = 1\n\nc = 3", 2, "Invalid value"),
        ("a = 1\na = 2\nc = 3", "a = 1\n\nc = 3", 2, "Cannot overwrite a value"),
        ('a = 1\nb = "x\nc = 3', "a = 1\n\nc = 3", 2, "Illegal character '\\n'"),
        ("a = 1\nb = dark\n[c\nd = 3", "a = 1", 2, "Invalid value; what follows is not read either"),
        ("a = 1\nb = [2,\nc = 3\nd = 4", "a = 1", 2, "Invalid value; what follows is not read either"),
        ('a = """', "", 1, "Unterminated string; what follows is not read either"),
        ('a = 1\n\nb = """\nc', "a = 1\n", 3, "Unterminated string; what follows is not read either"),
        ("=", "", 1, "Invalid statement"),
    ],
)
def test_one_wrong_line_leaves_the_others(text: str, rest: str, number: int, reason: str) -> None:
    assert mended(text) == (rest, (number, reason))


@pytest.mark.parametrize("value", ["9" * 5000, "[" * 5000 + "]" * 5000])
def test_what_python_will_not_read_is_wrong_too(value: str) -> None:
    rest, error = mended(f"a = 1\nb = {value}\nc = 3")
    assert rest == "a = 1"
    assert error
    assert error[0] == 2


def test_a_long_file_is_read_in_one_go() -> None:
    strings = ['"[",', "'{', # ]", '"""', "]", '\\"""""",', "'''#", "'''',", "[],"]
    long = "\n".join(["x = [", *strings * 5000, "]", *[f"a{number} = 1" for number in range(20_000)]])
    lines = long.count("\n") + 1
    assert places(long)["a19999",] == lines
    rest, error = mended(f"{long}\nb = [\n'")
    assert rest == long
    assert error
    assert error[0] == lines + 1
