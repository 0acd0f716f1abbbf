"""Files that twistd can't write are told in one line before it tries to."""

from __future__ import annotations

from contextlib import chdir
from pathlib import Path
from typing import Any

import pytest
from twisted.scripts.twistd import ServerOptions  # type: ignore[attr-defined]

from chatroom.services.operations.process_files import obstacle


def twistd(*arguments: str) -> dict[str, Any]:
    options: dict[str, Any] = ServerOptions()
    options.parseOptions([*arguments, "--originalname"])  # type: ignore[attr-defined]
    return options


@pytest.mark.parametrize(
    "arguments",
    [
        ("--nodaemon",),
        ("--pidfile=",),
        ("--nodaemon", "--pidfile=new.pid", "--logfile=new.log"),
        ("--logfile=-", "--pidfile="),
        ("--syslog", "--logfile=nowhere/log"),
        ("--chroot=/srv", "--rundir=/nowhere", "--pidfile=/nowhere/pid"),
    ],
)
def test_what_can_be_written_is_no_obstacle(arguments: tuple[str, ...], tmp_path: Path) -> None:
    with chdir(tmp_path):
        assert obstacle(twistd(*arguments)) is None
    assert [*tmp_path.iterdir()] == []


def test_what_can_not_be_written_is_told_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()
    none, another = "another one by --rundir", "another file by --pidfile, or none by --pidfile="
    for option, name, told in (
        ("logfile", "nowhere/log", "can't log to {} (No such file or directory); name another file by --logfile"),
        ("logfile", "file/log", "can't log to {} (Not a directory); name another file by --logfile"),
        ("logfile", "folder", "can't log to {} (Is a directory); name another file by --logfile"),
        ("pidfile", "nowhere/pid", f"can't write {{}} (No such file or directory); name {another}"),
        ("rundir", "nowhere", f"there is no directory {{}}; make it first, or name {none}"),
        ("rundir", "file", f"there is no directory {{}}; make it first, or name {none}"),
    ):
        path = tmp_path / name
        assert obstacle(twistd("--nodaemon", f"--{option}={path}")) == told.format(path)


def test_a_directory_of_somebody_else_is_told(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        (tmp_path / "probe").touch()
    except PermissionError:
        with chdir(tmp_path):
            assert f"can't write {tmp_path / 'twistd.pid'} (Permission denied)" in str(obstacle(twistd("--nodaemon")))
            assert "can't log to twistd.log (Permission denied)" in str(obstacle(twistd("--pidfile=")))
    else:
        pytest.skip("need a user who is not root")
    finally:
        tmp_path.chmod(0o700)
