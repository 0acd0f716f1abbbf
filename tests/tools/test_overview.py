"""The overview of the modules says what they say."""

from __future__ import annotations

from pathlib import Path

from tools.overview import first_line, main

OVERVIEW = Path(__file__).parents[2] / "docs" / "modules.md"


def test_the_overview_is_that_of_the_modules() -> None:
    assert main(["--check", str(OVERVIEW)]) is None


def test_an_overview_that_lacks_a_module_is_found_and_mended(tmp_path: Path) -> None:
    text = OVERVIEW.read_text(encoding="utf-8")
    copy = tmp_path / "modules.md"
    copy.write_text(text.replace("- `lobby`: ", "- `hall`: "), encoding="utf-8")
    assert main(["--check", str(copy)]) == f"{copy} is not what the code says; run: make overview"
    assert main([str(copy)]) is None
    assert copy.read_text(encoding="utf-8") == text


def test_every_module_says_something_of_itself() -> None:
    assert [line for line in OVERVIEW.read_text(encoding="utf-8").splitlines() if line.endswith(": ")] == []


def test_a_first_line_is_told_in_markdown() -> None:
    text = '"""Rows of :class:`~chatroom.core.lobby.Lobby`, by ``make``.\\n\\nMore.\\n"""\n'
    assert first_line(text) == "Rows of `chatroom.core.lobby.Lobby`, by `make`."
