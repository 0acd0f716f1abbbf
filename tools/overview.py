"""The overview of the modules: ``python -m tools.overview [--check] FILE`` writes or compares it."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from tools.generated import keep

PACKAGE = Path(__file__).parents[1] / "chatroom"

HEAD = """\
# The modules

Each folder and each module, with what it says of itself in its first line. [How it is built](architecture.md) tells how
they belong together, and [the reference](api/index.rst) what is in those that programs use. This page is written by
`make overview`.
"""

_ROLE = re.compile(r":\w+(?::\w+)*:`(?:~|\.)?([^`]+)`")
_SCRIPT = re.compile(r"/\*\* (.+?)(?: \*/)?$", re.MULTILINE)


def overview(_: str) -> str:
    """Return the page."""
    return "\n".join([HEAD, *_folder(PACKAGE)])


def first_line(text: str) -> str:
    """Return what a module of Python with that *text* says of itself, in Markdown."""
    said = (ast.get_docstring(ast.parse(text)) or "").partition("\n")[0]
    return _ROLE.sub(r"`\1`", said).replace("``", "`")


def main(arguments: list[str]) -> str | None:
    """Write the overview, or return a mistake in the present one."""
    return keep(arguments, overview, target="overview", usage=__doc__)


def _folder(folder: Path) -> Iterator[str]:
    """Return the lines about *folder* and those in it."""
    yield f"## `{folder.relative_to(PACKAGE.parent)}/`\n"
    own = folder / "__init__.py"
    if own.exists():
        yield f"{first_line(own.read_text(encoding='utf-8'))}\n"
    modules = [*_modules(folder)]
    if modules:
        yield "\n".join(modules) + "\n"
    for inner in sorted(folder.iterdir()):
        if inner.is_dir() and (any(inner.rglob("*.py")) or any(inner.glob("*.js"))):
            yield from _folder(inner)


def _modules(folder: Path) -> Iterator[str]:
    for path in sorted([*folder.glob("*.py"), *folder.glob("*.js")]):
        if path.name == "__init__.py":
            continue
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".py":
            yield f"- `{path.stem}`: {first_line(text)}"
        else:
            found = _SCRIPT.search(text)
            yield f"- `{path.name}`: {found[1] if found else ''}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
