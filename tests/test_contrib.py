"""What is given to systemd and to containers starts the server as it is."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Any

from twisted.scripts.twistd import ServerOptions  # type: ignore[attr-defined]

from chatroom.foreground import ForegroundOptions
from chatroom.options.command_line import Options

ROOT = Path(__file__).parents[1]
MANUAL = (ROOT / "docs" / "starting.md").read_text(encoding="utf-8")
UNIT = (ROOT / "contrib" / "chatroom.service").read_text(encoding="utf-8")
DOCKERFILE = (ROOT / "contrib" / "Dockerfile").read_text(encoding="utf-8")


def started(command: list[str]) -> Options:
    """Return the options of the server that *command* starts, in the foreground and without a file for its number."""
    if command[0] == "chatroom":
        foreground = ForegroundOptions()
        foreground.parseOptions(command[1:])
        return foreground
    twistd = ServerOptions()
    twistd.parseOptions(command[1:])
    assert Path(command[0]).name == "twistd"
    assert (twistd["nodaemon"], twistd["pidfile"], twistd.subCommand) == (True, "", "chatroom")
    options: Options = twistd.subOptions
    return options


def setting(name: str) -> str:
    """Return what the unit says of *name*."""
    found: list[str] = re.findall(rf"^{name}=(.*)$", UNIT, re.MULTILINE)
    return found[-1]


def instruction(name: str) -> Any:
    """Return what follows *name* in the Dockerfile, which is in its form without a shell."""
    return json.loads(re.findall(rf"\b{name} (\[.*\])$", DOCKERFILE, re.MULTILINE)[-1])


def test_the_unit_starts_the_server() -> None:
    assert started(shlex.split(setting("ExecStart")))["port"] == "8080"


def test_systemd_waits_for_longer_than_the_server_takes_to_stop() -> None:
    assert int(setting("TimeoutStopSec")) > started(shlex.split(setting("ExecStart")))["stop-timeout"]


def test_the_manual_shows_commands_that_systemd_can_start() -> None:
    commands = re.findall(r"^ *ExecStart=(.+)$", MANUAL, re.MULTILINE)
    assert [started(shlex.split(command))["port"] for command in commands] == ["8080", "systemd:domain=INET6:index=0"]


def test_the_container_starts_the_server_with_what_its_health_is_seen_by() -> None:
    options = started(instruction("ENTRYPOINT") + instruction("CMD"))
    assert options["port"] == "8080"
    assert f"http://localhost:{options['metrics']}/healthz" in DOCKERFILE


def test_every_way_to_install_it_brings_the_page() -> None:
    lines = [DOCKERFILE, (ROOT / "docs" / "install.md").read_text(encoding="utf-8"), MANUAL]
    # One more thing may be added to what is there, and is then not named with the rest.
    found = [re.findall(r"(?:pipx? install|uv tool install|\.whl\)).*?\[([\w,]+)\]", text) for text in lines]
    assert [bool(extras) for extras in found] == [True] * 3
    assert [extras for way in found for extras in way if "web" not in extras.split(",")] == []


def test_the_container_is_given_what_it_is_made_of() -> None:
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    taken = {line.removeprefix("!") for line in lines if line.startswith("!")}
    assert taken == {"LICENSE", "README.md", "pyproject.toml", "setup.py", "chatroom", "twisted", "docs/man"}
    assert [name for name in taken if not (ROOT / name).exists()] == []


def test_the_example_of_settings_has_options_that_there_are() -> None:
    options = Options()
    options.parseOptions([f"--config={ROOT / 'contrib' / 'chatroom.toml'}"])
    assert (options["room"], options["keep-days"]) == (["lounge"], 365)


def test_the_containers_over_a_database_start_the_server() -> None:
    compose = (ROOT / "contrib" / "compose.yaml").read_text(encoding="utf-8")
    [command] = re.findall(r"^  command: \[(.*)\]$", compose, re.MULTILINE)
    options = started([*instruction("ENTRYPOINT"), *(word.strip('"') for word in command.split(", "))])
    assert options["store"].startswith("postgresql://chat@primary,standby/chat?")
    assert "postgres" in re.findall(r"\[([a-z,]+)\]\"", DOCKERFILE)[0].split(",")


def test_the_manual_shows_the_server_as_haproxy_has_it() -> None:
    haproxy = (ROOT / "contrib" / "haproxy.cfg").read_text(encoding="utf-8")
    manual = (ROOT / "docs" / "nodes.md").read_text(encoding="utf-8")
    [command] = re.findall(r"^(twistd -n chatroom --port haproxy.*\n.*)$", manual, re.MULTILINE)
    twistd, *words = shlex.split(command.replace("\\\n", ""))
    options = started([twistd, "-n", "--pidfile=", *words[1:]])
    assert f"check port {options['metrics'].removeprefix('tcp:')} " in haproxy
    assert f":{options['port'].rpartition(':')[2]}\n" in haproxy
