"""Properties try the same examples, whatever else there is: alone or last, here or in CI, with any hash seed."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.e2e

ROOT = Path(__file__).parents[1]
PROPERTIES = [
    "tests.client.text.test_links test_no_text_at_all_makes_another_one",
    "tests.wire.frames.test_requests test_whatever_comes_is_a_request_or_gets_an_error",
    "tests.wire.framing.test_telnet test_however_it_is_cut_the_same_comes_through",
]
DRAW = """
import sys
from importlib import import_module
from pkgutil import walk_packages

properties, others = sys.argv[1].split(","), sys.argv[2]

def drawn(property):
    module, name = property.split()
    function = getattr(import_module(module), name)
    examples = []
    function.hypothesis.inner_test = lambda *args, **kwargs: examples.append(repr((args, sorted(kwargs.items()))))
    function()
    return examples

if others:
    import chatroom
    for module in walk_packages(chatroom.__path__, "chatroom."):
        if module.name != "chatroom.__main__":
            import_module(module.name)
    drawn(others)
for property in properties:
    print(*drawn(property), sep="\\n")
"""


def drawn(others: str, **environment: str) -> str:
    """Return the examples that a process draws, behind those of *others* if there are any."""
    command = [sys.executable, "-c", DRAW, ",".join(PROPERTIES), others]
    inherited = {name: value for name, value in os.environ.items() if name != "CI"}
    done = subprocess.run(
        command, cwd=ROOT, env=inherited | environment, capture_output=True, text=True, timeout=100, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_it_does_not_matter_what_else_is_tried_and_where() -> None:
    alone = drawn("", PYTHONHASHSEED="1")
    last = drawn("tests.wire.irc.test_lines test_whatever_comes_is_a_line_or_is_not", PYTHONHASHSEED="2", CI="1")
    assert len(alone.splitlines()) >= 300
    assert alone == last


def test_a_property_says_how_many_examples_it_takes_so_that_others_can_be_asked_for() -> None:
    here, settings = Path(__file__), re.compile(r"max_examples|derandomize|load_profile|deadline=")
    assert [path for path in ROOT.glob("tests/**/*.py") if settings.search(path.read_text(encoding="utf-8"))] == [
        ROOT / "tests" / "examples.py",
        here,
    ]
