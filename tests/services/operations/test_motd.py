"""The message of the day, and what an operator is told who names a file that can't be one."""

from __future__ import annotations

from contextlib import chdir
from pathlib import Path

import pytest

from chatroom.core.values.replies import Reloaded
from chatroom.core.values.texts import MAX_TEXT
from chatroom.services.operations.motd import Motd, MotdUnusable

HARMFUL = {
    "an escape": (b"tea\n\x1b[31mred", "U+001B"),
    "latin": ("thé".encode("latin-1"), "UTF-8"),
    "too much": (b"tea\n" * MAX_TEXT, str(MAX_TEXT)),
}


def test_it_is_shown_without_the_empty_lines_around_it(tmp_path: Path) -> None:
    path, shown = tmp_path / "motd", list[str]()
    path.write_bytes("\ufeff\r\nTea is at five.\r\n\r\nMind the café.\r\n".encode())
    Motd(path, shown.append)
    assert shown == ["Tea is at five.\n\nMind the café."]
    path.write_text("Tea is at six.\n", encoding="utf-8-sig")
    Motd(path, shown.append)
    assert shown[1:] == ["Tea is at six."]


@pytest.mark.parametrize(("content", "why"), HARMFUL.values(), ids=HARMFUL)
def test_what_can_t_be_shown_is_refused_with_a_reason(content: bytes, why: str, tmp_path: Path) -> None:
    path = tmp_path / "motd"
    path.write_bytes(content)
    with pytest.raises(MotdUnusable) as refused:
        Motd(path, lambda text: pytest.fail(f"showed {text}"))
    assert str(path) in str(refused.value)
    assert why in str(refused.value)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "motd", tmp_path):
        with pytest.raises(MotdUnusable, match="can't be read"):
            Motd(path, lambda text: pytest.fail(f"showed {text}"))


def test_it_is_read_again_when_the_operator_says_so(tmp_path: Path) -> None:
    path, shown = tmp_path / "motd", list[str]()
    path.write_text("one")
    motd = Motd(path, shown.append)
    path.write_text("two")
    assert shown == ["one"]
    assert motd.reload() == Reloaded((f"read the message of the day in {path} again",))
    assert shown == ["one", "two"]


def test_an_empty_file_is_no_message(tmp_path: Path) -> None:
    path, shown = tmp_path / "motd", list[str]()
    path.write_text("one")
    motd = Motd(path, shown.append)
    for nothing in ("", "\n \n"):
        path.write_text(nothing)
        motd.reload()
    Motd(path, shown.append)
    assert shown == ["one", "", "", ""]


def test_it_is_looked_for_where_it_was_at_the_start(tmp_path: Path) -> None:
    shown = list[str]()
    (tmp_path / "motd").write_text("one")
    with chdir(tmp_path):
        motd = Motd(Path("motd"), shown.append)
    motd.reload()
    assert shown == ["one", "one"]


def test_the_old_one_stays_where_the_new_one_is_of_no_use(tmp_path: Path) -> None:
    path, shown = tmp_path / "motd", list[str]()
    path.write_text("one")
    motd = Motd(path, shown.append)
    path.unlink()
    failed = f"keeping the old message of the day: {path} can't be read (No such file or directory)"
    assert motd.reload() == Reloaded(failed=(failed,))
    assert shown == ["one"]
