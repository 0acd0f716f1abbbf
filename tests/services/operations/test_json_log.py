"""The server's own log as JSON."""

from __future__ import annotations

import json
from io import StringIO
from typing import Any

from twisted.logger import Logger, LogLevel, LogPublisher
from twisted.python import log

from chatroom.services.operations.json_log import json_observer


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
