"""The manual of IRC says what the dialect does."""

from __future__ import annotations

from pathlib import Path

from chatroom.wire.irc import caps
from tools.irc_tables import CAPABILITIES, main

MANUAL = Path(__file__).parents[2] / "docs" / "irc.md"


def test_the_tables_of_the_manual_are_those_of_the_code() -> None:
    assert main(["--check", str(MANUAL)]) is None


def test_a_manual_that_lacks_a_command_is_found_and_mended(tmp_path: Path) -> None:
    text = MANUAL.read_text(encoding="utf-8")
    copy = tmp_path / "irc.md"
    lacking = [line for line in text.splitlines(keepends=True) if not line.startswith("| `MONITOR ")]
    copy.write_text("".join(lacking), encoding="utf-8")
    assert main(["--check", str(copy)]) == f"{copy} is not what the code says; run: make manual"
    assert main([str(copy)]) is None
    assert copy.read_text(encoding="utf-8") == text


def test_no_capability_is_explained_that_is_not_offered() -> None:
    assert CAPABILITIES.keys() == caps.BITS.keys()
