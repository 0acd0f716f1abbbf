"""The log as a service: before it is there, nobody is let in, and that this takes long is told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from threading import Event

import pytest
from twisted.logger import ILogObserver, LogEvent, formatEvent, globalLogPublisher
from zope.interface import provider

from chatroom.logs.log_service import LogService

STILL = "the store is still being opened; nobody is let in before"


class Store:
    """A store that is opened by what *opening* does."""

    def __init__(self, opening: Callable[[], None]) -> None:
        self.start = opening


@pytest.fixture
def told() -> Iterator[Event]:
    """Give what is set when the log tells that a store takes long."""
    found = Event()

    @provider(ILogObserver)
    def observe(event: LogEvent) -> None:
        if formatEvent(event) == STILL:
            found.set()

    globalLogPublisher.addObserver(observe)
    yield found
    globalLogPublisher.removeObserver(observe)


def test_that_a_store_takes_long_is_told_while_it_is_opened(told: Event) -> None:
    done = list[bool]()
    LogService(Store(lambda: done.append(told.wait(30))), lambda: None, long=0).startService()
    assert done == [True]


def test_of_one_that_is_open_in_time_nothing_is_told(told: Event) -> None:
    LogService(Store(lambda: None), lambda: None, long=3600).startService()
    assert not told.is_set()
