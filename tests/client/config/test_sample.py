"""The configuration file that is written down: all that there is, and nothing else than without it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from chatroom.client.command_line import command_line
from chatroom.client.config.file import read
from chatroom.client.config.sample import sample
from chatroom.client.drawing.styles import restyled
from chatroom.client.drawing.themes import THEMES, theme
from chatroom.client.keys.actions import Action
from chatroom.client.keys.bindings import DEFAULT, name
from chatroom.client.model.alerts import EVENTS

SETTING = re.compile(r"^#(?=[\w-]+ = )", re.MULTILINE)


@pytest.mark.parametrize("chosen", THEMES)
def test_read_back_it_changes_nothing(tmp_path: Path, chosen: str) -> None:
    path = tmp_path / "client.toml"
    for text in (sample(command_line(), theme(chosen)), SETTING.sub("", sample(command_line(), theme(chosen)))):
        path.write_text(text, encoding="utf-8")
        parser = command_line()
        config = read(path, parser, named=True)
        parser.set_defaults(**config.options)

        assert config.problems == []
        assert vars(parser.parse_args([])) == vars(command_line().parse_args([]))
        assert config.keys.actions == DEFAULT.actions
        assert restyled(theme(chosen), config.styles) == theme(chosen)


def test_everything_is_in_it() -> None:
    text = sample(command_line(), theme("dark"))
    settings = re.findall(r"^#([\w-]+) = ", text, re.MULTILINE)

    styles = [entry[0] for entry in theme("dark").palette]
    assert sorted(settings) == sorted([*command_line().options, *map(name, Action), *styles, *EVENTS])
    assert max(map(len, text.splitlines())) <= 120


def test_it_says_what_each_is_for() -> None:
    text = sample(command_line(), theme("mono"))
    assert '# Log in by this name at once.\n#username = ""\n' in text
    assert '# To room 2.\n#room-2 = "Alt+2"\n' in text
    assert "Colours, here those of the theme dark;" in text


def test_what_has_no_default_is_left_so(tmp_path: Path) -> None:
    parser = command_line()
    parser.add_argument("--later", metavar="FILE", help="an option without a default")
    assert '\n#later = ""\n' in sample(parser, theme("dark"))

    path = tmp_path / "client.toml"
    path.write_text('later = ""', encoding="utf-8")
    assert read(path, parser, named=True).options == {"later": None}
