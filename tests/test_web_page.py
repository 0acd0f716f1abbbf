"""The files of the page: what a browser loads, and what its policy would refuse."""

from __future__ import annotations

import re
from gzip import compress
from importlib.resources import files

import pytest

WEB = {file.name: file.read_text(encoding="utf-8") for file in files("chatroom").joinpath("web").iterdir()}
MODULES = sorted(name for name in WEB if name.endswith(".js"))

IMPORT = re.compile(r'^import .*?(?:\{(?P<names>[^}]*)\}|\* as \w+) from "\./(?P<module>[^"]+)";$', re.MULTILINE)


def test_all_files_together_are_small() -> None:
    assert sum(len(compress(text.encode())) for text in WEB.values()) < 70_000


@pytest.mark.parametrize("name", MODULES)
def test_a_module_is_short_and_imports_what_there_is(name: str) -> None:
    text = WEB[name]
    assert text.startswith("// @ts-check\n")
    assert text.count("\n") <= 300
    for found in IMPORT.finditer(text):
        for word in filter(None, re.split(r"[\s,]+", found["names"] or "")):
            exported = rf"export (?:async )?(?:function|const|class) {word}\b"
            assert re.search(exported, WEB[found["module"]]), f"{found['module']} has no {word}"


@pytest.mark.parametrize("name", [*MODULES, "index.html"])
def test_nothing_is_there_that_the_policy_refuses(name: str) -> None:
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function", WEB[name])
    assert not re.search(
        r"""\sstyle=|\son\w+=["']|javascript:|https?://(?!www)""", WEB[name].replace("http://${link}", "")
    )


@pytest.mark.parametrize("name", MODULES)
def test_no_key_of_an_input_method_is_taken_for_a_key_of_the_page(name: str) -> None:
    for does in re.findall(r'keydown(?:", | = )(.+)', WEB[name]):
        # What looks at no key may happen at any.
        assert does.startswith(("keys(", "null", "() =>")), does


def test_all_modules_are_asked_for_at_once() -> None:
    page = WEB["index.html"]
    assert sorted(re.findall(r'rel="modulepreload" href="(.+)"', page)) == [
        name for name in MODULES if name != "app.js"
    ]
    for name in re.findall(r'(?:href|src)="([^"#]+)"', page):
        assert name in WEB
    for name in re.findall(r'"src": "(.+?)"', WEB["app.webmanifest"]):
        assert name in WEB


def test_each_command_and_key_of_the_tables_does_something() -> None:
    tables, hands = WEB["tables.js"], WEB["hands.js"]
    does = WEB["commands.js"] + WEB["moderating.js"]
    commands, _, rest = tables.partition("export const KEYS")
    keys, _, menus = rest.partition("export const MESSAGES")
    for command in re.findall(r'^\["(\w+)",', commands, re.MULTILINE):
        assert re.search(rf"^  (?:async )?{command}(?:\(|: )", does, re.MULTILINE), f"nothing does /{command}"
    for action in re.findall(r'^\["(\w+)",', keys, re.MULTILINE):
        assert action.startswith("ROOM_") or f"  {action}: " in hands, f"nothing does {action}"
    for whose in re.findall(r'^\["[^"]*","[^"]*","\w+","(\w+)"', menus, re.MULTILINE):
        assert re.search(rf"^(?:const {whose} =|  {whose}: |  .*\b{whose}\b,)", WEB["menus.js"], re.MULTILINE), whose
    for then in re.findall(r'^\["[^"]*","[^"]*","(\w+)","\w+"', menus, re.MULTILINE):
        assert re.search(rf"^  (?:async )?{then}(?:\(|: )", WEB["menus.js"], re.MULTILINE), f"nothing does {then}"
