"""The program that opens a link."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from subprocess import run

import pytest

from chatroom.client.world.opener import Opener, Processes

LINK = "https://example.org/?a=1&b=$(id);'x'"


def started(environ: Mapping[str, str], platform: str = "linux") -> list[str]:
    """Return the words by which a link is opened."""
    found: list[Sequence[str]] = []
    return [*found[0]] if Opener(environ, platform, found.append).open(LINK) else []


@pytest.mark.parametrize(
    ("environ", "platform", "command"),
    [
        ({"DISPLAY": ":0"}, "linux", ["xdg-open", LINK]),
        ({"WAYLAND_DISPLAY": "wayland-0", "SSH_CONNECTION": "…"}, "linux", ["xdg-open", LINK]),
        ({}, "darwin", ["open", LINK]),
        ({"BROWSER": "firefox --new-tab:lynx", "DISPLAY": ":0"}, "linux", ["firefox", "--new-tab", LINK]),
        ({"BROWSER": "surf '%s' -x"}, "darwin", ["surf", LINK, "-x"]),
        ({"BROWSER": "'", "DISPLAY": ":0"}, "linux", ["xdg-open", LINK]),
        ({}, "linux", []),
        ({"DISPLAY": ""}, "linux", []),
        ({"SSH_CONNECTION": "…"}, "darwin", []),
    ],
)
def test_it_is_the_users_or_that_of_the_desktop(environ: Mapping[str, str], platform: str, command: list[str]) -> None:
    assert started(environ, platform) == command


def test_what_is_not_installed_opens_nothing() -> None:
    assert not Opener({"BROWSER": "/nowhere/browser"}, "linux", Processes().start).open(LINK)


def test_no_shell_reads_the_link(tmp_path: Path) -> None:
    written = tmp_path / "written"
    program = f"import sys; open({str(written)!r}, 'w').write(sys.argv[1])"

    def start(words: Sequence[str]) -> None:
        run([sys.executable, "-c", program, words[1]], check=True)

    assert Opener({"BROWSER": "tea"}, "linux", start).open(LINK)
    assert written.read_text() == LINK
