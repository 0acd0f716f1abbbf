"""Signals that come too early are heeded later."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest

from chatroom.programs.early_signals import NUMBERS, hold


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    before = [signal.getsignal(number) for number in NUMBERS]
    yield
    for number, handler in zip(NUMBERS, before, strict=True):
        signal.signal(number, handler)


def test_what_comes_meanwhile_is_sent_again_once_and_to_who_heeds_it_then() -> None:
    held, heard = hold(), list[int]()
    for number in (signal.SIGHUP, signal.SIGTERM, signal.SIGHUP):
        signal.raise_signal(number)
    assert hold() is held
    for number in NUMBERS:
        signal.signal(number, lambda number, _frame: heard.append(number))
    for _ in range(2):
        held.release()
        assert heard == [signal.SIGHUP, signal.SIGTERM]
