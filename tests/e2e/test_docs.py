"""What the documents show is what happens."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import cycle
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from typing_extensions import override

from chatroom.core.values.errors import ChatError
from chatroom.core.values.limits import Limits
from chatroom.options.command_line import Options
from chatroom.wire.frames.answers import AnyEvent
from chatroom.wire.frames.codec import TYPES
from tests.e2e.peers import Peer
from tests.e2e.processes import FAST, Server, running
from tests.e2e.scenes import Stage
from tests.engine import Engine

DOCS = Path(__file__).parents[2] / "docs"
PROTOCOL = (DOCS / "protocol.md").read_text(encoding="utf-8")

SCHEMA = json.loads((DOCS / "frames.schema.json").read_text(encoding="utf-8"))
FROM_SERVER = Draft202012Validator(SCHEMA | {"$ref": "#/$defs/server"})

LIMITS = ('"burst":30', '"burst":0')
"""What the document says of how much one may ask at once, and what a server says that lets one ask without end.

All examples of a chapter are asked in a moment, which are more than a visitor would.
"""

BREAK = re.compile(r"^(\w+) ~$", re.MULTILINE)
"""A line by which somebody's connection breaks."""


class Follower(Peer):
    """Somebody who follows the examples, and sends as epoch the last one of those that all of them were told.

    What comes has to fit the schema.
    """

    def __init__(self, address: tuple[str, int], epochs: list[str]) -> None:
        super().__init__(address)
        self._epochs = epochs

    @override
    def send(self, line: str) -> None:
        super().send(line.replace('"epoch":"…"', f'"epoch":"{self._epochs[-1]}"'))

    @override
    def receive(self) -> str | None:
        line = super().receive()
        # IRC's lines end with CR LF.
        line = line and line.removesuffix("\r")
        self._epochs += re.findall(r'"epoch":"([^"]*)"', line or "")
        if line and line.startswith("{"):
            FROM_SERVER.validate(json.loads(line))
        return line


def scenes() -> Iterator[tuple[str, str]]:
    """Return each chapter of the protocol that has examples, and all its examples as one scene."""
    for chapter in re.split(r"^## ", PROTOCOL, flags=re.MULTILINE)[1:]:
        lines = [
            f"{name} {line}"
            for name, example in re.findall(r"^```chat (\w+)\n(.*?)^```$", chapter, flags=re.MULTILINE | re.DOTALL)
            for line in example.splitlines()
        ]
        if lines:
            scene = "\n".join(lines).replace(*LIMITS)
            # In the end everybody has left, and got nothing that the document does not show.
            ends = [f"{name} ." for name in names(scene) if name not in BREAK.findall(scene)]
            yield chapter.splitlines()[0], "\n".join([scene, *ends])


def names(scene: str) -> list[str]:
    """Return who is in *scene*, in the order in which they appear."""
    return list(dict.fromkeys(re.findall(r"^\w+", scene, flags=re.MULTILINE)))


CHAPTERS = dict(scenes())


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_the_examples_of_the_protocol_are_true(chapter: str, tmp_path: Path) -> None:
    with running(tmp_path, *FAST) as server:
        play(CHAPTERS[chapter], server)


@pytest.mark.engines
# Of accounts, a connection at another server may hear of its new name in a room before it hears of it for itself; and
# what people say of themselves is known where they are.
@pytest.mark.parametrize("chapter", [chapter for chapter in CHAPTERS if chapter not in ("Accounts", "Who people are")])
def test_so_they_are_where_everybody_is_at_another_server(chapter: str, tmp_path: Path, postgresql: Engine) -> None:
    options = (*FAST, "--store", postgresql.database())
    with running(tmp_path, *options) as one, running(tmp_path, *options) as other:
        play(CHAPTERS[chapter], one, other)


def play(scene: str, *servers: Server) -> None:
    """Let those who are in *scene* come to one of *servers* after the other, and see that all is as it says."""
    epochs = [""]
    followers: dict[str, Follower] = {}
    unseen = iter(names(scene))
    places = cycle(servers)
    with ExitStack() as connections:

        def enter() -> Follower:
            address = next(places).address
            follower = followers[next(unseen)] = connections.enter_context(Follower(address, epochs))
            return follower

        stage = Stage(enter)
        first, *rest = BREAK.split(scene)
        stage.play(first)
        for name, part in zip(rest[::2], rest[1::2], strict=True):
            followers[name].close()
            stage.play(part)


def test_every_request_has_an_example() -> None:
    sent = re.findall(r'^> \{"type":"([^"]*)"', PROTOCOL, flags=re.MULTILINE)
    # Those of operators come by a socket of their own.
    assert set(sent) >= TYPES - {*"connections disconnect notice reload log-level accounts account".split()}


def test_every_event_and_every_error_is_explained() -> None:
    rows = set(re.findall(r"^\| `([a-z-]+)` \|", PROTOCOL, flags=re.MULTILINE))
    assert {event.__struct_config__.tag for event in AnyEvent.__args__} <= rows
    codes = {error.code for error in ChatError.__subclasses__()}
    _, errors = PROTOCOL.split("## Errors")
    assert set(re.findall(r"^\| `([a-z-]+)` \|", errors, flags=re.MULTILINE)) == codes


def test_the_limits_are_the_defaults() -> None:
    rows = re.findall(r"^\|[^|]* \| ([\d,.]+) \| `--([a-z-]+)` \|$", PROTOCOL, flags=re.MULTILINE)
    shown = {option.replace("-", "_"): float(number.replace(",", "")) for number, option in rows}
    defaults = Options()
    assert shown == {name: defaults[name.replace("_", "-")] for name in shown}
    kept = {"keep_messages", "keep_days", "keep_closed"}
    assert {name for name in Limits.__slots__ if name != "lines_per_turn"} | kept == set(shown)
