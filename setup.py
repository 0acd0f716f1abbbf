"""What pyproject.toml can't say of the project: how a package index shows its README, and what may be compiled.

With ``CHATROOM_COMPILE=1`` in the environment, the modules that each message passes through are compiled by mypyc.
"""

from __future__ import annotations

import os
import re
import sys
import tomllib
from pathlib import Path

from setuptools import Extension, setup

HERE = Path(__file__).parent

HOT = """
    core: lobby
    core/people: seat user
    core/rooms: audience reader room tail
    core/tools: bucket name_index order paging stats turn
    core/values: batch texts
    core/visit: answer visitor
    core/visit/talk: saying
    fronts: outbox speaker
    logs: open_log
    logs/machinery: group_commit
    logs/memory: log
    logs/sqlite: log statements writer
    wire: timestamps
    wire/frames: codec frames shapes web
    wire/framing: lines messages ready_lines telnet web_frames
    wire/irc: commands events irc lines session speech talk
    wire/text: events slips text writing
"""
"""The modules to compile, by their packages.

What defines values for msgspec stays as it is: its structs are C already, and compiled classes lose their options.
"""


def index_page() -> str:
    """Return the README without its picture and its links to files, which a package index does not have beside it."""
    readme = (HERE / "README.md").read_text(encoding="utf-8")
    without_pictures = re.sub(r"^!\[[^]]*\]\((?!https:)[^)]*\)\n\n", "", readme, flags=re.MULTILINE)
    return re.sub(r"\[([^]]*)\]\((?!https:)[^)]*\)", r"\1", without_pictures)


def hot_paths() -> list[str]:
    """Return the paths of the modules to compile."""
    packages = (line.strip().split(": ") for line in HOT.strip().splitlines())
    return [f"chatroom/{package}/{name}.py" for package, names in packages for name in names.split()]


def compiler() -> list[str]:
    """Return what compiling needs: mypy, which reads the types, and all that those come from."""
    project = tomllib.loads((HERE / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return [*project["dependencies"], *project["optional-dependencies"]["compile"]]


def extensions() -> list[Extension]:
    """Return the compiled modules, if this is a build and no question about one."""
    if "editable_wheel" in sys.argv:
        sys.exit("CHATROOM_COMPILE=1: an editable installation would not notice what is edited; install it without")
    if not {"bdist_wheel", "build_ext"}.intersection(sys.argv):
        return []
    from mypyc.build import mypycify

    return mypycify(hot_paths(), group_name="chatroom", debug_level="0")


wanted = os.environ.get("CHATROOM_COMPILE") == "1"
setup(
    long_description=index_page(),
    long_description_content_type="text/markdown",
    setup_requires=compiler() if wanted else [],
    ext_modules=extensions() if wanted else [],
)
