"""The operator's manual leaves nothing out."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import chatroom
from chatroom.admin import main
from chatroom.core.tally import Histogram
from chatroom.options import Options
from chatroom.services.lateness import Lateness
from chatroom.services.metrics import Metrics
from chatroom.services.sqlite_file import REMEDIES
from tests.fakes import World

MANUAL = (Path(__file__).parents[1] / "docs" / "operating.md").read_text(encoding="utf-8")


def rows(manual: str = MANUAL) -> Iterator[list[str]]:
    """Return the cells of each row in its tables."""
    for line in re.findall(r"^\| (.*) \|$", manual, flags=re.MULTILINE):
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


def written(text: ast.expr) -> str:
    match text:
        case ast.Constant(str(words)):
            return words
        case ast.JoinedStr(parts):
            return "".join([written(part) for part in parts])
        case ast.BinOp(left, ast.Add(), right):
            return written(left) + written(right)
    return "…"


def test_the_table_of_contents_lists_every_chapter() -> None:
    listed = re.findall(r"^- \[(.*)\]\((.*)\)$", MANUAL, flags=re.MULTILINE)
    chapters = re.findall(r"^## (.*)$", MANUAL, flags=re.MULTILINE)
    assert listed == [(chapter, f"#{chapter.lower().replace(' ', '-')}") for chapter in chapters]


def test_every_option_is_explained_with_its_default() -> None:
    options = Options()
    defaults = {
        f"`--{name}`": f"{default:,.10g}" if isinstance(default, int | float) else f"{default or ''}"
        for name, default in {**options, "log-json": "", "show-limits": ""}.items()
    }
    assert {row[0]: row[1].strip("`") for row in rows() if row[0] in defaults} == defaults


def test_the_file_of_settings_that_is_shown_can_be_used(tmp_path: Path) -> None:
    [example] = re.findall(r"^```toml\n(.*?)^```$", MANUAL, flags=re.MULTILINE | re.DOTALL)
    (tmp_path / "chatroom.toml").write_text(example, encoding="utf-8")
    options = Options()
    options.parseOptions([f"--config={tmp_path / 'chatroom.toml'}"])
    assert options["name"] == "The Tea House"
    assert example.count(" = ") == sum(options[name] != default for name, default in Options().items()) - 1


def test_every_message_about_the_store_is_explained() -> None:
    refusals = messages("StoreUnusable", 1) - {"… (…)"} | {f"{reason} (…)" for reason, _ in REMEDIES.values()}
    others = messages("Health", 0) | messages("Problem", 0)
    assert len(refusals) > 10
    assert len(others) > 3
    explained = "\n".join(row[0] for row in rows())
    assert {message for message in refusals | others if message not in explained} == set()


def test_every_message_about_a_certificate_is_explained() -> None:
    said = messages("CertificateUnusable", 0)
    assert len(said) > 3
    explained = "\n".join(row[0] for row in rows())
    assert {message for message in said if message not in explained} == set()


def test_every_command_of_the_admin_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    commands = re.findall(r"^    ([a-z]+)  ", capsys.readouterr().out, flags=re.MULTILINE)
    assert len(commands) > 4
    assert {
        command for command in commands if not re.search(rf"chatroom-admin( --store \S+)? {command}\b", MANUAL)
    } == set()


class Someone:
    """Connections and commits of every kind, for what is only said of those that there are."""

    def __init__(self) -> None:
        self.closes = {"lost": 1}
        self.commit_sizes = self.commit_seconds = Histogram([1])

    def trouble(self) -> None:
        pass

    def standings(self) -> list[tuple[str, str]]:
        return []


def test_every_metric_is_explained_in_its_own_words() -> None:
    world, someone = World(), Someone()
    metrics = Metrics(world.lobby, someone, someone, Lateness(world.clock).seconds).collect()
    table = [
        [
            f"`{metric.name}{'_total' if metric.type == 'counter' else ''}`",
            metric.type,
            ", ".join(f"`{label}`" for label in metric.samples[0].labels if label != "le"),
            f"{metric.documentation}.",
        ]
        for metric in metrics
    ]
    shown = [row for row in rows() if row[0].startswith("`chatroom_") and len(row) == 4]
    assert shown == table
