"""The server's own log: where it goes, and what is in it."""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import chdir, closing
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from twisted.application.service import Application, IService, Service
from twisted.logger import FilteringLogObserver, ILogObserver, Logger, LogPublisher, textFileLogObserver

from chatroom.core.values.commands import LogLevel
from chatroom.services.operations.log_pieces import PIECES
from chatroom.services.operations.server_log import Logged, Threshold, log_file, observer

TWISTD = {"logger": None, "syslog": False, "logfile": None, "nodaemon": False}
"""twistd's own options as they are if nobody says otherwise."""


@pytest.fixture
def rotation() -> Iterator[None]:
    before = signal.getsignal(signal.SIGUSR1)
    yield
    signal.signal(signal.SIGUSR1, before)


def test_twistd_finds_the_observer_in_its_application_and_the_service_too() -> None:
    journal, service, application = textFileLogObserver(StringIO()), Service(), Application("chatroom")
    Logged(service, journal).setServiceParent(application)
    assert application.getComponent(ILogObserver) is journal
    IService(application).startService()
    assert service.running


def test_it_goes_where_twistd_would_write(tmp_path: Path, rotation: None) -> None:
    calls: list[Callable[[], None]] = []
    assert log_file(TWISTD | {"nodaemon": True}, calls.append) is sys.stdout
    assert log_file(TWISTD | {"nodaemon": True, "logfile": "-"}, calls.append) is sys.stdout
    for name in (None, "other.log"):
        with chdir(tmp_path), closing(log_file(TWISTD | {"logfile": name}, calls.append)) as file:
            file.write("tea\n")
    assert (tmp_path / "twistd.log").read_text() == (tmp_path / "other.log").read_text() == "tea\n"


def test_a_signal_begins_another_file_in_the_reactor_s_thread(tmp_path: Path, rotation: None) -> None:
    calls: list[Callable[[], None]] = []
    with closing(log_file(TWISTD | {"logfile": str(tmp_path / "log")}, calls.append)) as file:
        file.write("one\n")
        signal.raise_signal(signal.SIGUSR1)
        [begin_another] = calls
        assert not (tmp_path / "log.1").exists()
        begin_another()
        file.write("two\n")
    assert (tmp_path / "log.1").read_text() == "one\n"
    assert (tmp_path / "log").read_text() == "two\n"


def test_where_somebody_has_moved_the_file_away_the_signal_begins_it_anew(tmp_path: Path, rotation: None) -> None:
    path = tmp_path / "log"
    with closing(log_file(TWISTD | {"logfile": str(path)}, lambda call: call())) as file:
        for name in ("first", "second"):
            file.write(f"{name}\n")
            path.rename(tmp_path / name)
            if name == "second":
                # They have made another one themselves.
                path.touch()
            signal.raise_signal(signal.SIGUSR1)
        file.write("third\n")
    assert {each.name: each.read_text() for each in tmp_path.iterdir()} == {
        "first": "first\n",
        "second": "second\n",
        "log": "third\n",
    }


def test_only_its_owner_can_read_a_new_file_and_another_one_stays_as_it_is(tmp_path: Path, rotation: None) -> None:
    for name, made, kept in (("new", None, 0o600), ("theirs", 0o640, 0o640)):
        path = tmp_path / name
        if made:
            path.touch()
            path.chmod(made)
        with closing(log_file(TWISTD | {"logfile": str(path)}, lambda call: call())):
            signal.raise_signal(signal.SIGUSR1)
        assert [each.stat().st_mode & 0o777 for each in tmp_path.glob(f"{name}*")] == [kept, kept]


def test_old_pieces_go(tmp_path: Path, rotation: None) -> None:
    with closing(log_file(TWISTD | {"logfile": str(tmp_path / "log")}, lambda call: call())) as file:
        for number in range(PIECES + 3):
            file.write(f"{number}\n")
            signal.raise_signal(signal.SIGUSR1)
    assert len([*tmp_path.glob("log.*")]) == PIECES
    assert (tmp_path / f"log.{PIECES}").read_text() == "3\n"


@pytest.mark.parametrize("elsewhere", [{"syslog": True}, {"logger": "tea"}, {"logfile": "-"}])
def test_it_does_not_go_where_twistd_would_not_write_a_file(elsewhere: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"--log"):
        log_file(TWISTD | elsewhere, lambda call: None)


def written(threshold: Threshold, capsys: pytest.CaptureFixture[str], *, as_json: bool) -> list[str]:
    """Log a line of every level to the standard output, and return the lines that are there."""
    to = observer(TWISTD | {"nodaemon": True}, lambda call: None, threshold, as_json=as_json)
    log = Logger("tea", observer=LogPublisher(to))
    log.debug("one")
    log.info("two")
    log.warn("three")
    log.error("four")
    log.critical("five")
    return capsys.readouterr().out.splitlines()


def test_everything_is_logged_until_there_is_another_level(capsys: pytest.CaptureFixture[str]) -> None:
    lines = written(Threshold(), capsys, as_json=True)
    assert [json.loads(line)["level"] for line in lines] == ["debug", "info", "warn", "error", "critical"]
    lines = written(Threshold(), capsys, as_json=False)
    assert [line.split(" ", 1)[1] for line in lines] == [
        "[tea#debug] one",
        "[tea#info] two",
        "[tea#warn] three",
        "[tea#error] four",
        "[tea#critical] five",
    ]


@pytest.mark.parametrize("as_json", [False, True])
@pytest.mark.parametrize(("level", "count"), [("debug", 5), ("info", 4), ("warn", 3), ("error", 2)])
def test_what_is_below_the_level_is_not_logged(
    level: LogLevel, count: int, as_json: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    threshold = Threshold()
    threshold.set(level)
    assert len(written(threshold, capsys, as_json=as_json)) == count


def test_another_level_is_logged_where_it_can_be_seen() -> None:
    threshold, file = Threshold(), StringIO()
    threshold.log = Logger("tea", observer=FilteringLogObserver(textFileLogObserver(file), [threshold]))
    threshold.set("error")
    threshold.set("warn")
    threshold.set("info")
    assert [line.split("] ")[1] for line in file.getvalue().splitlines()] == [
        "the log shows error and above from now on",
        "the log shows info and above from now on",
    ]


def test_it_goes_to_syslog_where_twistd_would(capsys: pytest.CaptureFixture[str]) -> None:
    to = observer(TWISTD | {"syslog": True, "prefix": "tea"}, lambda call: None, Threshold(), as_json=False)
    # Without a publisher between, which would swallow what goes wrong.
    Logger("tea", observer=to).error("tea is {how}", how="cold")
    assert capsys.readouterr() == ("", "")


def test_what_has_no_level_is_always_logged() -> None:
    threshold, events = Threshold(), list[Any]()
    threshold.set("error")
    FilteringLogObserver(events.append, [threshold])({"log_format": "tea"})  # type: ignore[arg-type]
    assert len(events) == 1
