"""``chatroom``: the options that it has besides those of the server, and what twistd is told of them."""

from __future__ import annotations

import re
from contextlib import redirect_stdout
from io import StringIO

import pytest
from twisted.scripts.twistd import ServerOptions  # type: ignore[attr-defined]

from chatroom.foreground import PROCESS, ForegroundOptions
from chatroom.options.command_line import Options


def command(*arguments: str) -> ForegroundOptions:
    options = ForegroundOptions()
    options.parseOptions([*arguments])
    return options


def told(*arguments: str) -> ServerOptions:
    """Return the options of twistd for somebody who gives *arguments*."""
    twistd = ServerOptions()
    twistd.parseOptions([*command(*arguments).for_twistd()])
    return twistd


def test_it_takes_every_option_of_the_server() -> None:
    assert {*command()} - {option.name for option in PROCESS} == {*Options()}
    options = command("--port=1", "--room", "tea", "--burst=99", "--log-json")
    assert (options["port"], options["room"], options["burst"], options["log-json"]) == ("1", ["tea"], 99, 1)


def test_it_stays_in_the_foreground_and_leaves_no_file_behind() -> None:
    twistd = told("--port=1")
    assert (twistd["nodaemon"], twistd["pidfile"], twistd["no_save"], twistd["logfile"]) == (True, "", True, None)


def test_what_twistd_does_for_a_server_in_the_foreground_is_passed_on() -> None:
    twistd = told(
        *("--logfile=a.log", "--pidfile", "/a.pid", "--rundir=/srv", "--chroot=/jail", "--syslog", "--prefix=tea"),
        *("--uid=0", "--gid=root", "--umask=027", "--port=1"),
    )
    assert {option.name: twistd[option.name] for option in PROCESS} == {
        "logfile": "a.log",
        "pidfile": "/a.pid",
        "rundir": "/srv",
        "chroot": "/jail",
        "syslog": True,
        "prefix": "tea",
        "uid": 0,
        "gid": 0,
        "umask": 0o27,
    }


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("--uid=nobody-here",), "--uid takes a name or a number of this machine, not nobody-here"),
        (("--gid=nobody-here",), "--gid takes a name or a number of this machine, not nobody-here"),
        (("--umask=9",), "--umask takes a number in octal, like 077, not 9"),
        (("--pidfle=x",), "there is no option --pidfle; did you mean --pidfile?"),
        (("--prot=1",), "there is no option --prot; did you mean --port?"),
        (("-n",), "-n is for twistd itself: twistd -n chatroom"),
        (("--reactor=poll",), "--reactor is for twistd itself: twistd --reactor chatroom"),
        (("-l", "a.log"), "there is no option -l; write --logfile"),
        (("--logfile",), "option --logfile requires argument"),
        (("8080",), "8080 is no option; write --port 8080"),
    ],
)
def test_what_is_wrong_is_told_under_its_own_name(arguments: tuple[str, ...], why: str) -> None:
    with pytest.raises(SystemExit) as ended:
        command(*arguments)
    assert ended.value.code == f"chatroom: {why} (chatroom --help lists the options)"


def test_its_help_shows_all_options_and_names_twistd_for_the_rest() -> None:
    printed = StringIO()
    with redirect_stdout(printed), pytest.raises(SystemExit):
        command("--help")
    shown = printed.getvalue()
    assert shown.startswith("Usage: chatroom [options]\n")
    for name in ForegroundOptions():
        assert re.search(rf"(?m)^  --{name}\b", shown)
    assert "\n  chatroom --port 8080\n" in shown
    assert "twistd --help" in shown
    assert max(map(len, shown.splitlines())) < 80
