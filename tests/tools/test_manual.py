"""The manual of the client says what the client does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from chatroom.client.command_line import command_line
from tools.manual import main, manual

ROOT = Path(__file__).parents[2]
MANUAL = ROOT / "docs" / "client.md"
TEXT = MANUAL.read_text(encoding="utf-8")


def test_the_tables_of_the_manual_are_those_of_the_code() -> None:
    assert main(["--check", str(MANUAL)]) is None


def test_a_manual_that_lacks_a_key_is_found_and_mended(tmp_path: Path) -> None:
    copy = tmp_path / "client.md"
    copy.write_text(re.sub(r"\| `F1`.*\n", "", TEXT), encoding="utf-8")
    assert main(["--check", str(copy)]) == f"{copy} is not what the code says; run: make manual"
    assert main([str(copy)]) is None
    assert copy.read_text(encoding="utf-8") == TEXT


def test_a_manual_without_a_place_for_the_tables_is_refused() -> None:
    with pytest.raises(ValueError, match="no place for the commands"):
        manual("# The terminal client\n")


def test_the_manual_names_every_option() -> None:
    named = set(re.findall(r"--[a-z]+", TEXT))
    assert set(re.findall(r"--[a-z]+", command_line().format_help())) <= named


def test_the_pictures_that_are_shown_are_there() -> None:
    for document in (MANUAL, ROOT / "README.md"):
        shown = re.findall(r"!\[[^]]*\]\(([^)]+)\)", document.read_text(encoding="utf-8"))
        assert shown
        assert all((document.parent / name).is_file() for name in shown)


def test_all_pictures_together_are_small() -> None:
    assert 0 < sum(picture.stat().st_size for picture in (ROOT / "docs" / "images").iterdir()) < 640 * 1024
