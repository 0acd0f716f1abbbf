"""The file of settings, read again while the server runs."""

from __future__ import annotations

from contextlib import chdir
from pathlib import Path

import pytest

from chatroom.core.values.replies import Reloaded
from chatroom.foreground import ForegroundOptions
from chatroom.options.command_line import Options
from chatroom.options.reloading import SettingsFile


class Desk:
    """An operator who writes settings; *applied* are the bursts that the server was told since the start."""

    def __init__(self, folder: Path, text: str, *arguments: str) -> None:
        self.path = folder / "chatroom.toml"
        self.applied: list[int] = []
        self.write(text)
        self.options = Options()
        self.options.parseOptions([f"--config={self.path}", *arguments])
        self.file = SettingsFile(self.options, lambda found: self.applied.append(found["burst"]))

    def write(self, text: str) -> None:
        """Write *text* to the file."""
        self.path.write_text(text, encoding="utf-8")

    def reload(self, text: str) -> Reloaded:
        """Write *text* to the file, and let it be read again."""
        self.write(text)
        return self.file.reload()


def test_each_limit_that_differs_is_told_with_both_values(tmp_path: Path) -> None:
    desk = Desk(tmp_path, "burst = 10\nrate = 0.5\n")
    changed = ("rate is 5 now, and was 0.5", "burst is 20 now, and was 10")
    done = desk.reload("burst = 20\nper-host = 64\n")
    assert (sorted(done.changed), done.failed, desk.applied) == (sorted(changed), (), [20])
    assert desk.file.reload() == Reloaded()
    assert desk.reload("burst = 10\nrate = 5.0\n") == Reloaded(("burst is 10 now, and was 20",))
    assert desk.applied == [20, 10]


def test_the_word_of_the_command_line_stands(tmp_path: Path) -> None:
    desk = Desk(tmp_path, "burst = 10\npage = 7\n", "--burst=30", "--port=9000")
    assert desk.reload("burst = 20\npage = 8\nport = 9001\n") == Reloaded(("page is 8 now, and was 7",))
    assert desk.applied == [30]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("burst = 20\nbrust = 3\n", ", line 2: there is no option 'brust'; did you mean burst?"),
        ("burst = 20\npage = 301\n", ", line 2: page takes a whole number from 0 to 300, not 301"),
        ("burst = 20\nmax-line = 10\n", ", line 2: max-line takes a whole number from 512, or 0, not 10"),
        ("burst = 20\nrate = 'much'\n", ", line 2: rate takes a number, not 'much'"),
        ("burst = 20\nroom = ['a b']\n", ", line 2: room a b: "),
        ("burst = 20\nburst\n", " is not TOML: "),
    ],
)
def test_a_file_of_no_use_changes_nothing(text: str, why: str, tmp_path: Path) -> None:
    desk = Desk(tmp_path, "burst = 10\n")
    done = desk.reload(text)
    [failed] = done.failed
    assert failed.startswith(f"keeping the old settings: {desk.path}{why}")
    assert (done.changed, desk.applied) == ((), [])
    desk.path.unlink()
    failed = f"keeping the old settings: {desk.path} can't be read (No such file or directory)"
    assert desk.file.reload() == Reloaded(failed=(failed,))
    assert desk.reload("burst = 11\n") == Reloaded(("burst is 11 now, and was 10",))


def test_what_only_another_start_changes_is_said_each_time_until_it_is_as_it_was(tmp_path: Path) -> None:
    desk = Desk(tmp_path, "room = ['tea']\nstore = 'memory'\n")
    late = f"{desk.path}, line 1: room changes only when the server is started again"
    gone = f"{desk.path}: store changes only when the server is started again"
    for changed in (("burst is 3 now, and was 30",), ()):
        assert desk.reload("room = ['tea', 'milk']\nburst = 3\n") == Reloaded(changed, (late, gone))
    assert desk.reload("room = ['tea']\nburst = 3\nstore = ':memory:'\n") == Reloaded()


def test_it_is_looked_for_where_it_was_at_the_start(tmp_path: Path) -> None:
    (tmp_path / "chatroom.toml").write_text("burst = 3\n", encoding="utf-8")
    options = Options()
    with chdir(tmp_path):
        options.parseOptions(["--config=chatroom.toml"])
    assert SettingsFile(options, lambda found: None).reload() == Reloaded()


def test_the_command_of_the_server_reads_it_again_too(tmp_path: Path) -> None:
    path = tmp_path / "chatroom.toml"
    path.write_text("burst = 3\n", encoding="utf-8")
    options = ForegroundOptions()
    options.parseOptions([f"--config={path}", "--logfile=log"])
    path.write_text("burst = 4\n", encoding="utf-8")
    assert SettingsFile(options, lambda found: None).reload() == Reloaded(("burst is 4 now, and was 3",))
