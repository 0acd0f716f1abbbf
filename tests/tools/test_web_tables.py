"""The tables of the web page are those of the terminal client."""

from __future__ import annotations

from pathlib import Path

from tools.web_tables import main

TABLES = Path(__file__).parents[2] / "chatroom" / "web" / "tables.js"


def test_the_tables_of_the_page_are_those_of_the_code() -> None:
    assert main(["--check", str(TABLES)]) is None


def test_tables_that_lack_a_command_are_found_and_mended(tmp_path: Path) -> None:
    text = TABLES.read_text(encoding="utf-8")
    copy = tmp_path / "tables.js"
    copy.write_text("".join(line for line in text.splitlines(keepends=True) if '"kick"' not in line), encoding="utf-8")
    assert main(["--check", str(copy)]) == f"{copy} is not what the code says; run: make manual"
    assert main([str(copy)]) is None
    assert copy.read_text(encoding="utf-8") == text
