"""The server's own log as JSON."""

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
from twisted.logger import ILogObserver, Logger, LogLevel, LogPublisher
from twisted.python import log

from chatroom.services.operations.json_log import JSONLogged, json_observer, log_file

TWISTD = {"logger": None, "syslog": False, "logfile": None, "nodaemon": False}
"""twistd's own options as they are if nobody says otherwise."""


class Journal:
    """A log that is written as JSON."""

    def __init__(self) -> None:
        self._file = StringIO()
        self.log = Logger("tea", observer=LogPublisher(json_observer(self._file)))

    def last(self) -> dict[str, Any]:
        lines = self._file.getvalue().split("\n")
        assert lines[-1] == ""
        found: dict[str, Any] = json.loads(lines[-2])
        return found


@pytest.fixture
def rotation() -> Iterator[None]:
    before = signal.getsignal(signal.SIGUSR1)
    yield
    signal.signal(signal.SIGUSR1, before)


def test_an_event_is_an_object_with_what_it_is_about() -> None:
    journal = Journal()
    journal.log.warn("{who} had {cups} cups", who="alice\x1b[31m\n", cups=3, lobby=object())
    event = journal.last()
    assert event.pop("time").endswith("Z")
    assert event == {
        "level": "warn",
        "system": "tea",
        "message": "alice\x1b[31m\n had 3 cups",
        "who": "alice\x1b[31m\n",
        "cups": 3,
    }


def test_what_an_event_is_about_does_not_hide_when_it_was() -> None:
    journal = Journal()
    journal.log.info("late", time="never", message="other")
    assert journal.last()["time"] != "never"
    assert journal.last()["message"] == "late"


def test_what_twisted_writes_in_its_old_way_looks_like_the_rest() -> None:
    file = StringIO()
    publisher = log.LogPublisher(observers := LogPublisher(json_observer(file)), observers)
    publisher.msg("chatroom starting on 8080")
    publisher.msg("somebody", system="Tea,17,127.0.0.1")
    first, second = map(json.loads, file.getvalue().splitlines())
    del first["time"]
    assert first == {"level": "info", "system": "twisted", "message": "chatroom starting on 8080"}
    assert second["system"] == "Tea,17,127.0.0.1"


def test_a_failure_comes_with_its_traceback() -> None:
    journal = Journal()
    try:
        raise ValueError("spilt")
    except ValueError:
        journal.log.failure("no tea")
    assert journal.last()["level"] == LogLevel.critical.name
    assert "ValueError: spilt" in journal.last()["traceback"]


def test_twistd_finds_the_observer_in_its_application_and_the_service_too() -> None:
    observer, service, application = json_observer(StringIO()), Service(), Application("chatroom")
    JSONLogged(service, observer).setServiceParent(application)
    assert application.getComponent(ILogObserver) is observer
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


@pytest.mark.parametrize("elsewhere", [{"syslog": True}, {"logger": "tea"}, {"logfile": "-"}])
def test_it_does_not_go_where_twistd_would_not_write_a_file(elsewhere: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"--log"):
        log_file(TWISTD | elsewhere, lambda call: None)
