"""The operator's manual leaves nothing out."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

import chatroom
from chatroom.admin.main import main
from chatroom.core.tools.stats import Histogram
from chatroom.core.values.events import Ending
from chatroom.logs.sqlite.errors import REMEDIES
from chatroom.options.command_line import Options
from chatroom.services.operations.metrics import Metrics
from chatroom.services.operations.reactor_lag import ReactorLag
from tests.fakes import World

SUFFIXES = {"counter": "_total", "info": "_info"}
"""What Prometheus adds to the names of metrics of some types."""

DOCS = Path(__file__).parents[1] / "docs"
OVERVIEW = (DOCS / "operating.md").read_text(encoding="utf-8")
PAGES = {
    name: (DOCS / f"{name}.md").read_text(encoding="utf-8")
    for name in ("starting", "options", "tls", "storage", "hand", "nodes", "monitoring", "messages")
}


def rows(*names: str) -> Iterator[list[str]]:
    """Return the cells of each row in the tables of the pages called *names*."""
    for line in re.findall(r"^\| (.*) \|$", "\n".join(PAGES[name] for name in names), flags=re.MULTILINE):
        yield line.split(" | ")


def messages(maker: str, argument: int) -> set[str]:
    """Return what the program says by calling *maker* with such an argument, with … for what differs each time."""
    found = set()
    for module in Path(chatroom.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(ast.Name(name), args) if name == maker:
                    found.add(written(args[argument]))
    return found


def unexplained(said: set[str], page: str) -> set[str]:
    """Return what of all that is *said* has no row on *page*."""
    explained = "\n".join(row[0] for row in rows(page))
    return {message for message in said if message not in explained}


def written(text: ast.expr) -> str:
    match text:
        case ast.Constant(str(words)):
            return words
        case ast.JoinedStr(parts):
            return "".join([written(part) for part in parts])
        case ast.BinOp(left, ast.Add(), right):
            return written(left) + written(right)
    return "…"


def anchor(heading: str) -> str:
    """Return by what a link leads to *heading*."""
    return re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-")


def test_the_overview_lists_every_page_with_every_chapter() -> None:
    listed = re.findall(r"^ *- \[(.*)\]\((.*)\)$", OVERVIEW, flags=re.MULTILINE)
    expected = []
    for name, page in PAGES.items():
        title = page.splitlines()[0].removeprefix("# ")
        chapters = re.findall(r"^## (.*)$", page, flags=re.MULTILINE)
        expected += [(title, f"{name}.md"), *((chapter, f"{name}.md#{anchor(chapter)}") for chapter in chapters)]
    assert listed == expected


def test_every_page_leads_back_to_the_overview() -> None:
    for page in PAGES.values():
        assert "[Running a server](operating.md)" in " ".join(page.split())


def test_the_file_of_settings_that_is_shown_can_be_used(tmp_path: Path) -> None:
    [example] = re.findall(r"^```toml\n(.*?)^```$", PAGES["options"], flags=re.MULTILINE | re.DOTALL)
    (tmp_path / "chatroom.toml").write_text(example, encoding="utf-8")
    options = Options()
    options.parseOptions([f"--config={tmp_path / 'chatroom.toml'}"])
    assert options["name"] == "The Tea House"
    assert example.count(" = ") == sum(options[name] != default for name, default in Options().items()) - 1


def test_every_message_about_the_store_is_explained() -> None:
    refusals = messages("StoreUnusable", 1) - {"… (…)"} | {f"{reason} (…)" for reason, _ in REMEDIES.values()}
    problems, tasks = messages("Problem", 0), messages("Health", 0)
    assert len(refusals) > 10
    assert len(problems | tasks) > 3
    assert unexplained(refusals | problems, "messages") == set()
    assert unexplained(tasks, "monitoring") == set()


def test_every_message_about_a_certificate_is_explained() -> None:
    said = messages("CertificateUnusable", 0)
    assert len(said) > 3
    assert unexplained(said, "messages") == set()


def logged() -> set[str]:
    """Return what the server logs, with … for what differs each time."""
    found = set()
    package = Path(chatroom.__file__).parent
    for module in set(package.rglob("*.py")) - set((package / "client").rglob("*.py")):
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(ast.Attribute(_, "info" | "warn" | "error" | "failure"), [ast.Constant(str(line)), *_]):
                    found.add(re.sub(r"\{[^}]*\}", "…", line))
    return found


def reloaded() -> set[str]:
    """Return what is said, and so logged, of what was read again."""
    found = set()
    for module in Path(chatroom.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(ast.Name("Reloaded"), args, keywords):
                    for given in (*args, *(keyword.value for keyword in keywords)):
                        if isinstance(given, ast.Tuple):
                            found |= {written(sentence) for sentence in given.elts}
    return found


def test_every_line_of_the_log_is_explained() -> None:
    # Each task that can fail so has a row of its own, and so has each sentence of what was read again.
    lines = logged() - {"can't …: …", "…"}
    sentences = reloaded()
    assert len(sentences) > 4
    assert len(lines) > 10
    assert unexplained(lines | sentences, "monitoring") == set()


def test_every_reason_why_connections_end_is_explained() -> None:
    _, chapter = PAGES["monitoring"].split("\n## Why connections end\n")
    chapter, _ = chapter.split("\n## ", 1)
    reasons = re.findall(r"^\| `([a-z-]+)` \|", chapter, flags=re.MULTILINE)
    assert len(reasons) == len(set(reasons))
    assert set(reasons) == set(get_args(Ending))


def test_every_command_of_the_admin_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    commands = re.findall(r"^    ([a-z-]+)  ", capsys.readouterr().out, flags=re.MULTILINE)
    assert len(commands) > 4
    assert {
        command
        for command in commands
        if not re.search(
            rf"chatroom-admin( --store \S+)? {command}\b", PAGES["storage"] + PAGES["hand"] + PAGES["nodes"]
        )
    } == set()


class Someone:
    """Connections, commits and a node of every kind, for what is only said of those that there are."""

    def __init__(self) -> None:
        self.closes: dict[Ending, int] = {"lost": 1}
        self.commit_sizes = self.commit_seconds = Histogram([1])
        self.commits_awaited = self.commits_late = 0
        self.fenced = self.holes_filled = self.late_hints = 0
        self.left = 0.0
        self.standby_named = True

    @property
    def lease(self) -> Someone:
        return self

    @property
    def following(self) -> Someone:
        return self

    def trouble(self) -> None:
        pass

    def states(self) -> list[tuple[str, str]]:
        return []


def test_every_metric_is_explained_in_its_own_words() -> None:
    world, someone = World(), Someone()

    def ends() -> list[tuple[str, float]]:
        return [("server.pem", 1.0)]

    metrics = Metrics(world.lobby, someone, someone, ReactorLag(world.clock).seconds, someone, ends).collect()
    table = [
        [
            f"`{metric.name}{SUFFIXES.get(metric.type, '')}`",
            metric.type,
            ", ".join(f"`{label}`" for label in metric.samples[0].labels if label != "le"),
            f"{metric.documentation}.",
        ]
        for metric in metrics
    ]
    shown = [row for row in rows("monitoring") if row[0].startswith("`chatroom_") and len(row) == 4]
    assert shown == table
