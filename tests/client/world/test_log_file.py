"""What is said, written to a file."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from chatroom.client.model.logs import LogFailed
from chatroom.client.reducer import leaving
from chatroom.client.text.clock import clock
from chatroom.client.world.log_file import DiskLog
from tests.client.reader import Reader, said


@pytest.fixture
def reader() -> Reader:
    """Alice, in the rooms coffee and tea, of which she looks at tea."""
    reader = Reader(opens_log=DiskLog)
    reader.come_in()
    reader.enter_room("coffee")
    reader.enter_room("tea")
    return reader


def test_what_is_said_from_now_on_is_written_behind_what_is_there(reader: Reader, tmp_path: Path) -> None:
    path = tmp_path / "tea.log"
    path.write_text("before\n")
    reader.hear_said("too early")
    reader.enter(f"/log {path}")
    assert reader.told[-1] == f"From now on, what is said in tea is written to {path}; /log off ends that."
    reader.hear(said(2, "one\ntwo"))
    reader.hear(said(3, "waves\x1b[2J", action=True, speaker="alice"))
    reader.hear(said(1, "elsewhere", room="coffee"))
    assert path.read_text() == (
        "before\n2026-11-20 12:02 <bob> one\n2026-11-20 12:02 <bob> two\n2026-11-20 12:03 * alice waves�[2J\n"
    )


def test_times_are_as_the_user_reads_them(tmp_path: Path) -> None:
    reader = Reader(opens_log=DiskLog, clock=clock("%-I:%M:%S %p"))
    reader.come_in()
    reader.enter_room("tea")
    reader.enter(f"/log {tmp_path / 'tea.log'}")
    reader.hear_said("one")
    assert (tmp_path / "tea.log").read_text() == "2026-11-20 12:01:00 PM <bob> one\n"


def test_it_can_be_asked_for_and_ended(reader: Reader, tmp_path: Path) -> None:
    path = tmp_path / "tea.log"
    reader.enter(f"/log {path}")
    reader.enter("/log")
    assert reader.told[-1] == f"What is said in tea is written to {path}; /log off ends that."
    reader.enter("/log off")
    assert reader.told[-1] == "What is said in tea is no longer written down."
    reader.hear_said("one")
    assert path.read_text() == ""
    reader.enter("/log off")
    assert reader.told[-1] == "What is said in tea is not written down."
    reader.enter("/log")
    assert reader.told[-1].startswith("! Write /log file: ")


def test_who_leaves_the_room_ends_it(reader: Reader, tmp_path: Path) -> None:
    path = tmp_path / "tea.log"
    reader.enter(f"/log {path}")
    leaving.leave(reader.chat, "tea")
    reader.enter_room("tea")
    reader.hear_said("one")
    assert path.read_text() == ""


def test_nothing_is_written_of_people_who_are_ignored(reader: Reader, tmp_path: Path) -> None:
    path = tmp_path / "tea.log"
    reader.enter("/ignore eve")
    reader.enter(f"/log {path}")
    reader.hear(said(1, "boo", speaker="eve"))
    assert path.read_text() == ""


def test_only_the_owner_may_read_it(tmp_path: Path) -> None:
    path = tmp_path / "tea.log"
    DiskLog(str(path)).close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_no_link_is_followed(reader: Reader, tmp_path: Path) -> None:
    (tmp_path / "there").symlink_to(tmp_path / "elsewhere")
    reader.enter(f"/log {tmp_path}/there")
    assert reader.told[-1] == f"! {tmp_path}/there can't be written: it is a link."
    assert not (tmp_path / "elsewhere").exists()


def test_what_is_no_file_is_not_written_to(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path, tmp_path / "pipe", tmp_path / "no" / "folder", Path("/dev/null"), "a\0b"):
        with pytest.raises(LogFailed):
            DiskLog(str(path))


def test_a_full_disk_is_told_and_ends_it() -> None:
    class Full:
        def write(self, text: str) -> None:
            raise LogFailed("No space left on device")

        def close(self) -> None:
            pass

    reader = Reader(opens_log=lambda _: Full())
    reader.come_in()
    reader.enter_room("tea")
    reader.enter("/log tea.log")
    reader.hear_said("one", "two")
    told = "! What is said in tea is not written to tea.log any more: No space left on device."
    assert reader.texts[-3:] == ["bob: one", told, "bob: two"]
