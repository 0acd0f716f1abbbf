"""The manual page of the client, made of its tables."""

from __future__ import annotations

from pathlib import Path

import pytest

from chatroom.client.command_line import command_line
from chatroom.client.keys.actions import KEYS, label
from chatroom.client.manpage import main, page
from chatroom.client.screens.commands import COMMANDS
from tests.test_manpage import GROFF, rendered

PAGE = Path(__file__).parents[2] / "docs" / "man" / "chatroom-urwid.1"


def test_the_page_in_the_tree_is_what_the_tables_say(tmp_path: Path) -> None:
    assert main(["--check", str(PAGE)]) is None
    (old := tmp_path / "old.1").write_text(page().replace("8080", "8081"), encoding="utf-8")
    assert "make manual" in (main(["--check", str(old)]) or "")
    assert "make manual" in (main(["--check", str(tmp_path / "none.1")]) or "")
    main([str(old)])
    assert old.read_text(encoding="utf-8") == PAGE.read_text(encoding="utf-8")


@pytest.mark.skipif(GROFF is None, reason="groff is not installed")
def test_groff_shows_every_option_command_and_key() -> None:
    shown = rendered(page())
    words = " ".join(shown.split())

    for option in command_line().arguments:
        assert ", ".join(option.option_strings) in words
    for command in COMMANDS:
        assert command.usage in words
    for row in KEYS:
        assert not row.purpose or ", ".join(map(label, row.keys)) in words
