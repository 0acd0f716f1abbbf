"""The description of the architecture says what is so."""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path
from types import FrameType

import pytest

import chatroom
from tests.fronts.house import House

PACKAGE = Path(chatroom.__file__).parent
DOCUMENT = (PACKAGE.parent / "docs" / "architecture.md").read_text(encoding="utf-8")
WAY = "The way of a say"

DETAILS = {
    "core/lobby.py": "Lobby.now",
    "core/rooms/room.py": "Room.empty",
    "core/rooms/tail.py": "Tail.append",
    "core/rooms/audience.py": "Audience.happened",
    "core/rooms/dedup.py": "DedupWindow.heard",
    "core/people/seat.py": "Seat.username",
    "core/tools/order.py": "Order.answered",
    "core/tools/stats.py": "Histogram.add",
    "core/tools/turn.py": "Turn.touch Turn.send_at_end",
    "core/values/batch.py": "slices",
    "core/values/texts.py": "message written_size",
    "core/visit/visitor.py": "Visitor.seat Visitor.charge Visitor.expect Visitor.answered",
    "fronts/front.py": "Front.speaker",
    "fronts/speaker.py": "Speaker.busy Speaker.is_free",
    "wire/frames/codec.py": "decode encode encode_all",
    "wire/frames/frames.py": "Frames.shape",
    "wire/frames/shapes.py": "request Replies.shape event_shape",
    "wire/framing/ready_lines.py": "ReadyLines.pending ReadyLines.pop",
    "wire/timestamps.py": "rfc3339",
}
"""Functions that a message goes through and the document leaves out, beside those whose names begin with ``_``."""

Step = tuple[str, str]
"""A file of the package, and a function in it."""


def chapter(title: str) -> str:
    """Return the text below the heading *title*."""
    return re.split(r"^## ", DOCUMENT.split(f"## {title}\n")[1], maxsplit=1, flags=re.MULTILINE)[0]


def described() -> list[Step]:
    """Return the way of a message as the document gives it."""
    return re.findall(r"^(\S+\.py) +(\S+)", chapter(WAY), flags=re.MULTILINE)


def traced() -> list[Step]:
    """Return the functions of the package through which a message goes, each at its first call, without details."""
    house = House()
    alice, bob = house.program("alice"), house.program("bob")
    alice.ask({"type": "create", "room": "tea"})
    bob.ask({"type": "join", "room": "tea"})
    alice.frames()
    steps: dict[Step, None] = {}

    def called(frame: FrameType, event: str, _: object) -> None:
        file = Path(frame.f_code.co_filename)
        if event == "call" and file.is_relative_to(PACKAGE):
            name = frame.f_code.co_qualname.replace("<locals>.", "")
            steps[file.relative_to(PACKAGE).as_posix(), name] = None

    sys.setprofile(called)
    try:
        alice.send(b'{"type":"say","id":1,"room":"tea","text":"hello"}\n')
        [_, shown] = alice.frames()
    finally:
        sys.setprofile(None)
    assert bob.frames() == [shown]
    return [step for step in steps if not is_detail(*step)]


def is_detail(file: str, name: str) -> bool:
    """Tell whether the document may leave the function *name* out: comprehensions, private and declared ones."""
    return name.endswith(">") or "._" in f".{name}" or name in DETAILS.get(file, "").split()


@pytest.mark.pure(reason="it traces the functions of the server")
def test_the_way_of_a_message_is_the_one_that_it_goes() -> None:
    way = traced()
    listed = "\n".join(f"{file:<26} {name}" for file, name in way)
    assert described() == way, (
        f"docs/architecture.md, {WAY!r}: list these functions, or declare as DETAILS what explains nothing:\n{listed}"
    )


def test_each_word_is_in_the_code_where_its_row_says() -> None:
    rows = re.findall(r"^\| .* `(\w+)` in `(\S+\.py)` \|$", DOCUMENT, flags=re.MULTILINE)
    assert len(rows) > 40
    for name, file in rows:
        text = (PACKAGE / file).read_text(encoding="utf-8")
        assert re.search(rf"^ *(?:class |def |async def )?{name}\b", text, flags=re.MULTILINE), (name, file)


def test_every_name_that_it_names_is_in_the_code() -> None:
    code = "\n".join(file.read_text(encoding="utf-8") for file in PACKAGE.rglob("*.py"))
    # What a task adds is not there yet.
    described, _ = DOCUMENT.split("## Five tasks\n")
    names = re.findall(r"`([A-Z]\w+)(?:\.(\w+))?`", described)
    words = {*re.findall(r"\w+", code)}
    assert [name for name in names if not {*filter(None, name)} <= words] == []


def test_every_file_that_it_names_is_there() -> None:
    for name in re.findall(r"`((?:\w+/)+\w+\.(?:py|md|json))`", DOCUMENT):
        root = PACKAGE.parent if name.startswith(("docs/", "tests/")) else PACKAGE
        assert any((folder / name).is_file() for folder in (root, root / "client")), name


TWINS = {"PageReader", "Searcher", "UnreadReader", "Writer"}
"""What both engines have, each for itself."""

SEEN_FROM_OUTSIDE = {"Connection", "Nameless", "Offline", "Online", "Refused", "Room", "Talk"}
"""What the client, and whoever writes a bot, calls by the server's own words."""


def test_a_name_of_a_class_means_one_thing() -> None:
    folders: dict[str, list[str]] = {}
    for path in PACKAGE.rglob("*.py"):
        folder = path.parent.relative_to(PACKAGE).as_posix()
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            # Frames are named as the values that they carry.
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_") and folder != "wire/frames":
                folders.setdefault(node.name, []).append(folder)
    # Commands, replies, events and changes are four ways to say what happens, in modules that are imported as such.
    several = {name for name, found in folders.items() if len(found) > 1 and {*found} != {"core/values"}}
    assert several == TWINS | SEEN_FROM_OUTSIDE
