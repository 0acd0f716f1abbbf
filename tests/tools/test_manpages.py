"""The manual pages of the server and the client are made of their tables, in roff that means what it should."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from types import ModuleType

import pytest

from chatroom.client.command_line import command_line
from chatroom.client.keys.actions import KEYS, label
from chatroom.client.screens.commands import COMMANDS
from chatroom.foreground import PROCESS
from tools import admin_manpage, client_manpage, roff, server_manpage

PAGES = Path(__file__).parents[2] / "docs" / "man"
GROFF = shutil.which("groff")

AWKWARD = [
    ".SH a request that is none",
    "'br nor this",
    r"a back\slash, and \fBno bold\fP",
    '--dashes - "quotes" `grave` and a \' at the end',
    "two  spaces\nand a line",
]


def rendered(text: str) -> str:
    """Return what a person reads of *text*, about which groff must not complain."""
    assert GROFF
    done = subprocess.run(
        [GROFF, "-man", "-ww", "-Tutf8", "-P-cbou"],
        input=text,
        capture_output=True,
        encoding="utf-8",
        timeout=20,
        check=True,
    )
    assert not done.stderr
    return done.stdout


@pytest.mark.parametrize(
    ("tool", "name"),
    [
        (server_manpage, "twistd-chatroom.1"),
        (client_manpage, "chatroom-urwid.1"),
        (admin_manpage, "chatroom-admin.1"),
    ],
)
def test_the_page_in_the_tree_is_what_the_tables_say(tool: ModuleType, name: str, tmp_path: Path) -> None:
    assert tool.main(["--check", str(PAGES / name)]) is None
    (old := tmp_path / "old.1").write_text(tool.page().replace("chatroom", "classroom"), encoding="utf-8")
    assert "make manual" in tool.main(["--check", str(old)])
    assert "make manual" in tool.main(["--check", str(tmp_path / "none.1")])
    tool.main([str(old)])
    assert old.read_text(encoding="utf-8") == (PAGES / name).read_text(encoding="utf-8")


def test_the_page_of_the_server_has_what_twistd_does_for_it() -> None:
    page = server_manpage.page().replace(r"\-", "-")
    for option in PROCESS:
        assert f".TP\n\\fB--{option.name}\\fP" in page


def test_text_means_nothing_to_roff() -> None:
    for text in AWKWARD:
        line = roff.plain(text)
        assert not line.startswith((".", "'"))
        # Typographic quotes can't be pasted into a shell.
        assert not set("\n'`") & set(line)
        assert "\\" not in line.replace(r"\e", "").replace(r"\-", "").replace(r"\(aq", "").replace(r"\(ga", "").replace(
            r"\&", ""
        )


@pytest.mark.e2e
@pytest.mark.skipif(GROFF is None, reason="need groff")
def test_groff_shows_what_was_meant() -> None:
    shown = rendered(roff.title("tea", 1, "teas") + roff.section("All", *map(roff.example, AWKWARD[:-1])))
    assert [line.strip() for line in shown.splitlines() if line.strip()][2:-1] == AWKWARD[:-1]
    assert "--show-limits" in rendered(server_manpage.page())


@pytest.mark.e2e
@pytest.mark.skipif(GROFF is None, reason="need groff")
def test_groff_shows_every_command_of_the_operator_with_what_it_takes() -> None:
    words = " ".join(rendered(admin_manpage.page()).split())
    for shown in (
        "backup FILE Copy the log to a new file, also while the server runs. FILE A new file, which must not exist.",
        "account role NAME operator|member ",
        "kick [--room ROOM] [--connection] USER [WHY ...] Hang up on somebody",
        "redact --room ROOM --since TIME USER [WHY ...] ",
        "notice TEXT ... Say something",
        "--store FILE The file or database",
    ):
        assert shown in words
    assert words.count("--store FILE") == 1


@pytest.mark.e2e
@pytest.mark.skipif(GROFF is None, reason="need groff")
def test_groff_shows_every_option_command_and_key_of_the_client() -> None:
    words = " ".join(rendered(client_manpage.page()).split())

    for option in command_line().arguments:
        assert ", ".join(option.option_strings) in words
    for command in COMMANDS:
        assert command.usage in words
    for row in KEYS:
        assert not row.purpose or ", ".join(map(label, row.keys)) in words
