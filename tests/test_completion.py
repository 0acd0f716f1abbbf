"""Shells complete what stands behind chatroom-admin: its commands, their options, and words of a fixed set."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.e2e

BIN = Path(sys.executable).parent
"""Where chatroom-admin is, and the program that teaches shells."""

REGISTER = "register-python-argcomplete"

BASH = f"""
eval "$({REGISTER} chatroom-admin)"
COMP_LINE=$0 COMP_POINT=${{#0}} COMP_TYPE=9
read -r -a COMP_WORDS <<< "$0"
_python_argcomplete chatroom-admin
printf '%s\\n' "${{COMPREPLY[@]}}"
"""

# As its own completion would call it; that needs a terminal.
ZSH = f"""
compdef() {{ }}
_describe() {{ print -l -- ${{(P)2}} }}
eval "$({REGISTER} chatroom-admin)"
BUFFER=$0 CURSOR=${{#0}} words=(${{=0}})
_python_argcomplete
"""

FISH = f"""
{REGISTER} --shell fish chatroom-admin | source
complete --do-complete $argv[1]
"""

SHELLS = {"bash": ["bash", "--norc", "-c", BASH], "zsh": ["zsh", "-f", "-c", ZSH], "fish": ["fish", "-N", "-c", FISH]}


def completed(shell: str, line: str) -> set[str]:
    """Return what *shell* offers at the end of *line*, without what it says of that."""
    if not shutil.which(shell):
        pytest.skip(f"need {shell}")
    environment = os.environ | {"PATH": f"{BIN}:{os.environ['PATH']}"}
    done = subprocess.run(
        [*SHELLS[shell], line], capture_output=True, encoding="utf-8", env=environment, timeout=60, check=True
    )
    words = (word.split("\t")[0] for word in done.stdout.splitlines())
    # zsh has what is said behind a colon.
    return {word.split(":")[0].strip() for word in words} - {""}


@pytest.mark.parametrize("shell", SHELLS)
def test_a_shell_completes_commands_options_and_words(shell: str) -> None:
    assert completed(shell, "chatroom-admin re") == {"redact", "reload", "reports", "resolve"}
    assert completed(shell, "chatroom-admin --store x.sqlite un") == {"unban", "unmute"}
    assert completed(shell, "chatroom-admin account r") == {"role", "remove"}
    assert completed(shell, "chatroom-admin reload --") == {"--help", "--store", "--control", "--json"}
    assert completed(shell, "chatroom-admin mute --ho") == {"--host"}
    assert completed(shell, "chatroom-admin log-level ") == {"debug", "info", "warn", "error"}
    assert completed(shell, "chatroom-admin account role alice o") == {"operator"}
