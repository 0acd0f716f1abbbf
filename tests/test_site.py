"""The pages for the first minute show what works."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from twisted.scripts.twistd import ServerOptions  # type: ignore[attr-defined]

from chatroom.options.command_line import Options

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
RECIPES = (ROOT / "docs" / "recipes.md").read_text(encoding="utf-8")


def commands(page: Path) -> list[str]:
    """Return the commands by which *page* starts a server in the foreground."""
    return re.findall(r"^\$ (twistd -n chatroom.*[^\\])$", page.read_text(encoding="utf-8"), flags=re.MULTILINE)


@pytest.mark.parametrize("page", PAGES, ids=[page.stem for page in PAGES])
def test_a_server_takes_the_options_that_are_shown(page: Path) -> None:
    for command in commands(page):
        twistd = ServerOptions()
        twistd.parseOptions(shlex.split(command)[1:])
        assert isinstance(twistd.subOptions, Options), command


def test_there_is_a_command_in_the_recipes() -> None:
    assert len(commands(ROOT / "docs" / "recipes.md")) >= 3


def test_a_server_takes_the_settings_of_the_recipes(tmp_path: Path) -> None:
    [settings] = re.findall(r"^ *```toml\n(.*?)^ *```$", RECIPES, flags=re.MULTILINE | re.DOTALL)
    file = tmp_path / "chatroom.toml"
    file.write_text(settings, encoding="utf-8")
    options = Options()
    options.parseOptions(["--config", str(file)])
    assert (options["name"], options["room"], options["keep-days"]) == (
        "Example Ltd",
        ["all", "support", "release"],
        90,
    )


def test_every_page_of_the_documents_is_in_the_contents_of_the_site() -> None:
    index = (ROOT / "docs" / "index.md").read_text(encoding="utf-8")
    listed = {
        line for block in re.findall(r"```\{toctree\}\n(.*?)```", index, flags=re.DOTALL) for line in block.split()
    }
    assert listed >= {page.stem for page in (ROOT / "docs").glob("*.md")} - {"index"}


def test_the_names_in_the_security_page_are_those_of_real_chapters() -> None:
    security = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    assert "[SECURITY.md](SECURITY.md)" in (ROOT / "README.md").read_text(encoding="utf-8")
    for name, anchor in re.findall(r"\]\(([\w/.]+\.md)#([\w-]+)\)", security):
        headings = re.findall(r"^#+ (.*)$", (ROOT / name).read_text(encoding="utf-8"), flags=re.MULTILINE)
        assert anchor in {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings}, name
