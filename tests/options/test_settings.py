"""Settings in a file: what they become on the command line, and what an operator is told who got one wrong."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from chatroom.options.settings import Notation, SettingsUnusable, read_settings

NOTATIONS: Mapping[str, Notation] = {
    "name": "text",
    "port": "endpoint",
    "listen": "endpoints",
    "room": "texts",
    "burst": "number",
    "max-line": "number",
    "quiet": "flag",
}

WRONG = {
    "misspelt": ("# limits\nbrust = 3\n", "line 2: there is no option 'brust'; did you mean burst?"),
    "in the way of Python": ("max_line = 3\n", "line 1: there is no option 'max_line'; did you mean max-line?"),
    "in capitals": ("BURST = 3\n", "line 1: there is no option 'BURST'; did you mean burst?"),
    "in a table": ("[server]\nburst = 3\n", "line 1: there is no option 'server'; options stand in no table"),
    "unlike any": ("\n\n'x y' = 3\n", "line 3: there is no option 'x y'"),
    "with an escape": ('"\\u001b[31m" = 3\n', "there is no option '\\x1b[31m'"),
    "a text for a number": ('port = 1\nburst = "3"\n', "line 2: burst takes a number, not '3'"),
    "a truth for a number": ("burst = true\n", "line 1: burst takes a number, not true"),
    "a number for a truth": ("quiet = 1\n", "line 1: quiet takes true or false, not 1"),
    "a truth for a text": ("port = false\n", "line 1: port takes a port, or an endpoint in quotes, not false"),
    "a part of a port": ("port = 1.5\n", "line 1: port takes a port, or an endpoint in quotes, not 1.5"),
    "a text for a list": ('room = "tea"\n', "line 1: room takes a list of texts in quotes, not 'tea'"),
    "a truth in a list": ("room = [true]\n", "line 1: room takes a list of texts in quotes, not true"),
    "a number among texts": ('room = ["tea", 5]\n', "line 1: room takes a list of texts in quotes, not 5"),
    "a list among texts": ('room = ["tea", ["milk"]]\n', "line 1: room takes a list of texts in quotes, not a list"),
    "a number for a text": ("name = 5\n", "line 1: name takes a text in quotes, not 5"),
    "a truth among ports": (
        "listen = [1, true]\n",
        "line 1: listen takes a list of ports, or of endpoints in quotes, not true",
    ),
    "a table": ("port = 1\n[burst]\nx = 1\n", "line 2: burst takes a number, not a table"),
    "a dotted key": ("burst.x = 1\n", "line 1: burst takes a number, not a table"),
    "several lines": ("room = [\n  'burst = 1',\n]\nburst = 'x'\n", "line 4: burst takes a number, not 'x'"),
    "no TOML": ("burst = 1\nburst\n", "is not TOML: "),
    "twice": ("burst = 1\nburst = 2\n", "is not TOML: "),
    "too deep": ("room = " + "[" * 5000, "is not TOML: "),
}


def settings(path: Path, text: str) -> list[tuple[str, list[str]]]:
    path.write_text(text, encoding="utf-8")
    return [(setting.name, setting.arguments) for setting in read_settings(path, NOTATIONS)]


def test_each_becomes_what_one_would_write_on_the_command_line(tmp_path: Path) -> None:
    text = 'port = "tcp:1"\nroom = ["tea", "milk"]\nburst = 3\nmax-line = 0.5\nquiet = true\n'
    assert settings(tmp_path / "file", text) == [
        ("port", ["--port=tcp:1"]),
        ("room", ["--room=tea", "--room=milk"]),
        ("burst", ["--burst=3"]),
        ("max-line", ["--max-line=0.5"]),
        ("quiet", ["--quiet"]),
    ]


def test_a_port_needs_no_quotes_and_what_is_off_needs_no_words(tmp_path: Path) -> None:
    assert settings(tmp_path / "file", "port = 8080\nlisten = [8081, 'unix:here']\nquiet = false\nroom = []\n") == [
        ("port", ["--port=8080"]),
        ("listen", ["--listen=8081", "--listen=unix:here"]),
        ("quiet", []),
        ("room", []),
    ]


def test_a_byte_order_mark_is_no_part_of_it(tmp_path: Path) -> None:
    path = tmp_path / "chatroom.toml"
    path.write_text('name = "Tea"\n', encoding="utf-8-sig")
    [setting] = read_settings(path, NOTATIONS)
    assert (setting.arguments, setting.where) == (["--name=Tea"], f"{path}, line 1")


def test_an_empty_file_sets_nothing(tmp_path: Path) -> None:
    assert settings(tmp_path / "file", "# nothing yet\n") == []


@pytest.mark.parametrize(("text", "why"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_told_with_the_file_and_the_line(text: str, why: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsUnusable) as refused:
        settings(tmp_path / "file.toml", text)
    told = str(refused.value)
    assert told.startswith(str(tmp_path / "file.toml"))
    assert why in told
    assert told.isprintable()


def test_a_file_that_can_t_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "latin").write_bytes("room = ['thé']".encode("latin-1"))
    for name, why in {"latin": "is not UTF-8", "nowhere": "No such file", ".": "Is a directory"}.items():
        with pytest.raises(SettingsUnusable, match=why):
            list(read_settings(tmp_path / name, NOTATIONS))
