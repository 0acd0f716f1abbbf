"""Each option stands in the table of options, and all else that says something of options follows from it."""

from __future__ import annotations

import re
from ipaddress import ip_network
from pathlib import Path

import pytest

from chatroom.core.values.limits import Limits
from chatroom.foreground import ForegroundOptions
from chatroom.options.command_line import Options
from chatroom.options.kinds import (
    ACCOUNTS,
    CHECKER,
    COUNT,
    ENDPOINT,
    ENDPOINTS,
    FILE,
    FLAG,
    LINE,
    NAMES,
    NETWORKS,
    NUMBER,
    ORIGINS,
    PLAIN,
    PORTS,
    ROOMS,
    ROWS,
    STORE,
    SYNC,
    TITLE,
    WEB,
)
from chatroom.options.table import OPTIONS, Option
from tools.server_manpage import page

ROOT = Path(__file__).parents[2]

WRITTEN = {
    COUNT: ("7", 7),
    ENDPOINT: ("8081", "8081"),
    ENDPOINTS: ("[8081, 'unix:x']", ["8081", "unix:x"]),
    FILE: ("'tea.txt'", "tea.txt"),
    FLAG: ("true", 1),
    LINE: ("700", 700),
    NUMBER: ("0.5", 0.5),
    PORTS: ("'5-6'", range(5, 7)),
    ROOMS: ("['tea', 'Milk', 'TEA']", ["tea", "Milk"]),
    ROWS: ("300", 300),
    STORE: ("':memory:'", "memory"),
    SYNC: ("'normal'", "normal"),
    ACCOUNTS: ("'required'", "required"),
    PLAIN: ("'no'", "no"),
    CHECKER: ("'unix'", "unix"),
    TITLE: ("'The Tea House'", "The Tea House"),
    WEB: ("'off'", "off"),
    NAMES: ("['Chat.example.org.', 'chat']", ["chat.example.org", "chat"]),
    ORIGINS: ("['https://Chat.example.org:8443']", ["https://chat.example.org:8443"]),
    NETWORKS: ("['10.0.0.0/8', '::1']", [ip_network("10.0.0.0/8"), ip_network("::1")]),
}
"""A value of each kind as a file of settings has it, and what becomes of it."""

ALL = [option for options in OPTIONS.values() for option in options]
EVERY = pytest.mark.parametrize("option", ALL, ids=[option.name for option in ALL])


def test_the_server_and_its_command_take_the_options_of_the_table_and_no_others() -> None:
    assert [*map(len, (ALL, Options()))] == [len({option.name for option in ALL})] * 2
    assert {option.name for option in ALL} == {*Options()} < {*ForegroundOptions()}
    assert {option.name for options in ForegroundOptions.table.values() for option in options} == {*ForegroundOptions()}


def test_every_limit_of_the_core_is_an_option() -> None:
    assert Options().limits() == Limits()


@EVERY
def test_each_has_its_default(option: Option) -> None:
    default = (
        [*option.default] if option.kind.is_list else option.default or 0 if option.kind.is_flag else option.default
    )
    assert Options()[option.name] == default


@EVERY
def test_each_is_in_the_help_and_the_manual_page(option: Option) -> None:
    about = " ".join(option.about.split())
    assert re.search(rf"(?m)^  --{option.name}(={option.kind.argument})? ", Options().getUsage())
    assert about in " ".join(Options().getUsage().split())
    term = rf"\fB--{option.name}\fP" + ("" if option.kind.is_flag else rf"=\fI{option.kind.argument}\fP")
    assert f".TP\n{term}\n{about}\n" in page().replace(r"\-", "-").replace(r"\(aq", "'")


@EVERY
def test_each_has_a_row_in_the_manual(option: Option) -> None:
    text = (ROOT / "docs" / "options.md").read_text(encoding="utf-8")
    [default] = re.findall(rf"^\| `--{option.name}` \| (.*?) \| .+ \|$", text, flags=re.MULTILINE)
    value = option.default
    assert default.strip("`") == (f"{value:,.10g}" if isinstance(value, int | float) else value or "")


@EVERY
def test_each_can_be_set_in_a_file_unless_it_says_that_it_can_t(option: Option, tmp_path: Path) -> None:
    written, value = WRITTEN[option.kind]
    (file := tmp_path / "chatroom.toml").write_text(f"{option.name} = {written}\n", encoding="utf-8")
    options = Options()
    if option.in_file:
        options.parseOptions([f"--config={file}"])
        assert options[option.name] == value
    else:
        with pytest.raises(SystemExit, match=f"there is no option '{option.name}'"):
            options.parseOptions([f"--config={file}"])


@EVERY
def test_show_limits_shows_each_that_is_a_limit(option: Option, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        Options().parseOptions(["--show-limits"])
    shown = re.findall(rf"^{option.name} = .* # {re.escape(option.purpose)}$", capsys.readouterr().out, re.MULTILINE)
    assert len(shown) == option.limit


def test_the_manual_lists_the_limits_that_a_running_server_does_not_change() -> None:
    text = " ".join((ROOT / "docs" / "hand.md").read_text(encoding="utf-8").split())
    [listed] = re.findall(r"\| ((?:`[a-z-]+`(?:, | and )?)+), and all options that are no limits, change only", text)
    assert re.findall("`([a-z-]+)`", listed) == [option.name for option in ALL if option.limit and not option.live]
    assert not [option.name for option in ALL if option.live and not option.limit]


@pytest.mark.parametrize(
    ("option", "written"),
    [
        ("web", "maybe"),
        ("web-host", "http://chat.example.org"),
        ("web-host", "chat example"),
        ("web-origin", "chat.example.org"),
        ("web-origin", "https://chat.example.org/chat"),
        ("web-origin", "ftp://chat.example.org"),
        ("web-origin", "https://chat.example.org:65536"),
        ("web-origin", "https://chat.example.org:0"),
        ("web-origin", "https://bücher.example"),
        ("web-host", "bücher.example"),
        ("trust-proxy", "10.0.0.1/8"),
        ("trust-proxy", "proxy.example.org"),
    ],
)
def test_what_the_web_is_told_wrong_is_told_with_an_example(
    option: str, written: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match=rf"--{option} takes .*(like|on or off)"):
        Options().parseOptions([f"--{option}={written}"])
