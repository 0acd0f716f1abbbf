"""Lines that come in by a terminal, which shows what is typed, or does not."""

from __future__ import annotations

import os
import termios
from collections.abc import Iterator

import pytest
from twisted.internet.interfaces import IReactorFDSet
from twisted.internet.testing import MemoryReactor

from chatroom.client.line_mode.descriptor_lines import DescriptorLines


@pytest.fixture
def terminal() -> Iterator[int]:
    """Return the program's end of a terminal."""
    ours, its = os.openpty()
    yield its
    os.close(ours)
    os.close(its)


def shows(terminal: int) -> bool:
    return bool(termios.tcgetattr(terminal)[3] & termios.ECHO)


def lines(number: int) -> DescriptorLines:
    return DescriptorLines(IReactorFDSet(MemoryReactor()), number)


def test_what_is_typed_is_hidden_and_shown_again_and_all_else_stays(terminal: int) -> None:
    before = termios.tcgetattr(terminal)
    typed = lines(terminal)
    typed.echo(False)
    typed.echo(False)
    assert not shows(terminal)
    typed.echo(True)
    assert termios.tcgetattr(terminal) == before


def test_a_terminal_that_showed_nothing_before_is_left_so(terminal: int) -> None:
    settings = termios.tcgetattr(terminal)
    settings[3] &= ~termios.ECHO
    termios.tcsetattr(terminal, termios.TCSANOW, settings)
    typed = lines(terminal)
    typed.echo(False)
    typed.echo(True)
    assert not shows(terminal)


def test_a_pipe_shows_nothing_anyway() -> None:
    reading, writing = os.pipe()
    lines(reading).echo(False)
    os.close(reading)
    os.close(writing)
