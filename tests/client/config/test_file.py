"""A configuration file: what it says, and what is wrong with it, told so that it can be mended."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from chatroom.client.command_line import command_line
from chatroom.client.config.file import read
from chatroom.client.config.options import Config
from chatroom.client.keys.actions import Action
from chatroom.client.keys.bindings import DEFAULT
from chatroom.client.text.clock import clock


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "client.toml"


def written(path: Path, text: str) -> Config:
    path.write_text(text, encoding="utf-8")
    return read(path, command_line(), named=True)


def problems(path: Path, text: str) -> list[str]:
    """Return what is wrong with *text*, each with its line."""
    return [problem.removeprefix(f"{path}, line ") for problem in written(path, text).problems]


def test_the_file_in_the_manual_is_right(path: Path) -> None:
    manual = Path(__file__).parents[3].joinpath("docs", "client.md").read_text(encoding="utf-8")
    [text] = re.findall(r"```toml\n(.*?)```", manual, re.DOTALL)
    config = written(path, text)

    assert config.problems == []
    assert config.options["room"] == ["tea", "garden"]


def test_options_stand_in_it_under_their_own_names(path: Path) -> None:
    text = 'host = "chat.example.org"\nport = 8443\ntls = true\ntext_width = "90"\nhighlight = ["tea", "kettle"]\n'
    config = written(path, text)

    assert config.problems == []
    expected = {"host": "chat.example.org", "port": 8443, "tls": True, "text_width": 90}
    assert config.options == {**expected, "highlight": ["tea", "kettle"]}


def test_the_form_of_the_time_is_read_from_it(path: Path) -> None:
    parser = command_line()
    config = written(path, 'time_format = "%-I:%M %p"')
    parser.set_defaults(**config.options)
    assert (config.problems, parser.parse_args([]).time_format) == ([], clock("%-I:%M %p"))
    assert parser.parse_args(["--time-format", "%H"]).time_format == clock("%H")


def test_the_command_line_counts_more_than_the_file(path: Path) -> None:
    parser = command_line()
    path.write_text('host = "a"\nport = 1\ntls = true\ntheme = "light"\nhighlight = "tea"\n', encoding="utf-8")
    parser.set_defaults(**read(path, parser, named=True).options)

    options = parser.parse_args(["b", "--no-tls", "--theme", "dark", "--highlight", "kettle"])
    assert (options.host, options.port, options.tls, options.theme) == ("b", 1, False, "dark")
    assert options.highlight == ["tea", "kettle"]
    options = parser.parse_args([])
    assert (options.host, options.port, options.tls, options.theme) == ("a", 1, True, "light")


def test_every_option_that_changes_something_can_stand_in_it() -> None:
    parser = command_line()
    assert {option.dest for option in parser.options.values()} == set(vars(parser.parse_args([])))


def test_a_file_that_is_not_there_says_nothing(path: Path) -> None:
    config = read(path, command_line(), named=False)

    assert (config.options, config.styles, config.problems) == ({}, {}, [])
    assert config.keys.actions == DEFAULT.actions


def test_a_file_that_somebody_names_has_to_be_there(path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read(path, command_line(), named=True)
    with pytest.raises(IsADirectoryError):
        read(path.parent, command_line(), named=True)


def test_a_file_that_cannot_be_used_is_told_of(path: Path) -> None:
    assert read(path.parent, command_line(), named=False).problems == [f"{path.parent} can't be used: Is a directory"]
    path.write_bytes(b'host = "\xff"')
    assert read(path, command_line(), named=True).problems == [f"{path} can't be used: it is not written in UTF-8"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("\nprot = 80", "2, prot: there is no such option; did you mean port?"),
        ("xyzzy = 80", "1, xyzzy: there is no such option; chatroom-urwid --print-config lists what there is"),
        ("config = 'x'", "1, config: there is no such option"),
        ("port = 80000", "1, port: 80000 is no port: a port is a number from 1 to 65535"),
        ("port = true", "1, port: it is a number"),
        ("username = 1", '1, username: it is text, in quotes: "…"'),
        ('tls = "yes"', "1, tls: it is true or false, without quotes"),
        ('theme = "pink"', '1, theme: "pink" is none of auto, dark, light, ansi, mono'),
        ('highlight = ["a", 1]', '1, highlight: it is text, in quotes: "…"'),
        (
            'time_format = "%H:%Q"',
            "1, time_format: there is no %Q; a time is written by %H, %-H",
        ),
        ('time-format = "%p"', '1, time-format: "%p" tells no time; write it like %H:%M'),
        ("time-format = 24", '1, time-format: "24" tells no time; write it like %H:%M'),
        ("text-width = 3", "1, text-width: 3 is no width: it is a number of columns, at least 20, or 0"),
        ("keys = 1", "1, keys: it is a table, which begins with a line [keys]"),
        ('[keys]\nhepl = "f2"', "2, hepl: there is no such action; did you mean help?"),
        ('[keys]\nhelp = "x"', '2, help: "x" types text; take it with ctrl- or alt-, or a key like f5'),
        ("[keys]\nhelp = 1", '2, help: it is text, in quotes: "…"'),
        ('[keys]\nsubmit = ""', "2, submit: it can't be without a key"),
        ('[keys]\nhelp = ["esc", "ctrl-g"]', "2, help: cancel would be without a key; give that another one too"),
        ('[keys]\nup = "f2"\ndown = "f2"', "3, down: F2 is bound to up already, and stays so"),
        ('[colors]\ntitel = "bold"', "2, titel: there is no such style; did you mean title?"),
        ('[colors]\ntime = "red"', '2, time: there is no "red"; did you mean dark red or light red?'),
        ('[hues]\nbob = "orang"', '2, bob: there is no hue "orang"; did you mean orange?'),
        ("[hues]\nbob = 16", '2, bob: there is no hue "16"; a hue is one of rose, red, orange, amber'),
        ("[hues]\nbob = true", '2, bob: there is no hue "True"; a hue is one of'),
        ('hues = "orange"', "1, hues: it is a table, which begins with a line [hues]"),
        ("[colours]\n", "1, colours: there is no such option; did you mean colors?"),
        ("theme = dark", "1: Invalid value. Each line is a name, = and a value; text stands in quotes."),
    ],
)
def test_what_is_wrong_is_told_with_line_and_name(path: Path, text: str, problem: str) -> None:
    [told] = problems(path, text)
    assert told.startswith(problem)


def test_people_have_the_hues_that_stand_there(path: Path) -> None:
    config = written(path, '[hues]\nbob = "orange"\nAlice = 15\n"日本" = "rose"\n')
    assert config.problems == []
    assert config.hues == {"bob": 2, "Alice": 15, "日本": 0}


def test_the_rest_of_the_file_counts(path: Path) -> None:
    options = 'host = "a"\ntheme = dark\nport = "b"\n'
    config = written(path, options + '[keys]\nup = ["x", "ctrl-g"]\ndown = "x"\n[colors]\ntime = "bold"\nday = 1\n')

    assert [problem.split(":")[0].rpartition(" ")[2] for problem in config.problems[1:]] == [
        "port",
        "up",
        "down",
        "day",
    ]
    assert config.options == {"host": "a"}
    assert config.keys.keys(Action.UP) == ["ctrl g"]
    assert config.keys.keys(Action.DOWN) == ["down"]
    assert config.styles == {"time": "bold"}


def test_many_problems_are_counted(path: Path) -> None:
    config = written(path, "".join(f"x{number} = 1\n" for number in range(9)))

    assert len(config.problems) == 9
    assert config.told[:4] == config.problems[:4]
    [rest] = config.told[4:]
    assert rest == f"5 more things in {path} are not understood; chatroom-urwid --check-config lists them"


def test_a_mark_of_utf_8_is_no_part_of_the_first_line(path: Path) -> None:
    config = written(path, '\ufeffhost = "chat.example.org"\n')
    assert (config.problems, config.options) == ([], {"host": "chat.example.org"})


def test_keys_can_be_exchanged_and_taken_away(path: Path) -> None:
    config = written(
        path, '[keys]\nup = "down"\ndown = "up"\nnext_room = ""\nlast-room = []\nsubmit = "f9"\nhelp = "enter"'
    )

    assert config.problems == []
    assert config.keys.actions["up"] is Action.DOWN
    assert config.keys.actions["down"] is Action.UP
    assert config.keys.actions["enter"] is Action.HELP
    assert not config.keys.keys(Action.NEXT_ROOM)
    assert not config.keys.keys(Action.LAST_ROOM)


def test_hooks_have_their_words(path: Path) -> None:
    config = written(path, '[hooks]\nmention = "notify-send -a \'my chat\'"\nprivate = ""\n')
    assert config.problems == []
    assert config.hooks == {"mention": ["notify-send", "-a", "my chat"], "private": []}


def test_a_hook_that_is_none_is_told(path: Path) -> None:
    told = problems(path, '[hooks]\nmentions = "x"\nprivate = "\'"\ninvitation = 7\n')
    assert told[0].startswith("2, mentions: there is no such event; did you mean mention")
    assert told[1].startswith("3, private: No closing quotation")
    assert told[2].startswith("4, invitation: it is text, in quotes")
