"""The fuzz run in its short form; ``make fuzz`` runs the long one."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from chatroom.core.visit.rules import RULES
from chatroom.wire.irc.commands import COMMANDS
from chatroom.wire.text.commands import WORDS
from tests.e2e.fuzz import PARTS, Figures, fuzz
from tests.e2e.meter import MIB
from tests.e2e.mutants import FRAMES, OPERATORS, PERSON
from tests.e2e.mutants_irc import IRC
from tests.engine import Engine
from tests.wire.frames.values import SHAPES

LINES = 5000


def test_whatever_is_sent_the_server_goes_on_and_serves_the_others(tmp_path: Path) -> None:
    figures = fuzz(tmp_path, LINES, 1, lambda lines, now: None)
    assert figures.came["lines"] >= LINES
    # They got further than to the door.
    assert figures.came["answers"] > LINES / 4
    assert figures.left.descriptors == figures.found.descriptors
    assert figures.left.threads == figures.found.threads
    # What a few rooms keep on purpose fills meanwhile. The first password that is hashed takes 19 MiB, which stay.
    assert figures.grown(PARTS // 2) < 16 * MIB
    assert max(figures.latencies) < 5


def test_whatever_operators_send_the_server_goes_on(tmp_path: Path) -> None:
    figures = fuzz(tmp_path, LINES, 2, lambda lines, now: None, operators=True)
    see_that_it_is_well(figures)


@pytest.mark.engines
def test_whatever_is_sent_to_servers_that_share_a_database_they_go_on(postgresql: Engine, tmp_path: Path) -> None:
    store = postgresql.database()
    figures = fuzz(tmp_path, LINES, 3, lambda lines, now: None, "--store", store, servers=2, operators=True)
    see_that_it_is_well(figures)


def see_that_it_is_well(figures: Figures) -> None:
    """See that the servers go on as before, though somebody was sent away who had done nothing."""
    assert figures.came["lines"] >= LINES
    assert figures.came["answers"] > LINES / 4
    assert figures.came["returns"]
    # A vacuum of what was taken back has a connection of its own, and its socket.
    assert figures.left.descriptors <= figures.found.descriptors + 4
    assert figures.left.threads == figures.found.threads
    assert figures.grown(PARTS // 2) < 32 * MIB
    assert max(figures.latencies) < 5


def test_every_request_of_operators_is_among_what_is_sent_by_the_control_socket() -> None:
    sent = {type(msgspec.convert(frame, SHAPES[str(frame["type"])]).command()) for frame in OPERATORS}
    assert {command for command, rule in RULES.items() if rule.operator or rule.state == "operator"} <= sent


def test_every_request_is_among_what_is_sent_in_both_dialects() -> None:
    # To quit is rare.
    assert {*SHAPES} - {"quit"} <= {frame["type"] for frame in FRAMES if isinstance(frame["type"], str)}
    assert {word.name for word in WORDS} - {"quit"} <= {line.removeprefix("/").split(" ")[0] for line in PERSON}


def test_every_command_of_irc_is_among_what_its_clients_send() -> None:
    sent = {word for line in IRC for word in line.split(" ")[:2]}
    assert {*COMMANDS} - {"QUIT"} <= sent
