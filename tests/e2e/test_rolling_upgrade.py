"""Servers of two releases over one database, whose schema the newer one has changed, are replaced one by one."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest

import chatroom
from tests.e2e.peers import Bot, Frame
from tests.e2e.processes import LOOPBACK, TWISTD, UNLIMITED, Server, complaints, running
from tests.engine import Engine

pytestmark = pytest.mark.engines

OLDER, NEWER = chatroom.__version__, "999.0"


class Chat:
    """Servers of both releases, in *folder*, over the database *where*; the newer release is in the folder *newer*."""

    def __init__(self, where: str, folder: Path, newer: Path, stack: ExitStack) -> None:
        self.where = where
        self._folder = folder
        self._options = (*UNLIMITED, "--store", where, "--grace", "60", "--room", "tea")
        self._newer = newer
        self._stack = stack

    def server(self, *, newer: bool = False) -> Server:
        """Start a server."""
        twistd = ("env", f"PYTHONPATH={self._newer}", TWISTD) if newer else (TWISTD,)
        return self._stack.enter_context(running(self._folder, *self._options, twistd=twistd, forked=not newer))

    def refusal(self) -> str:
        """Return why a server of the older release does not start."""
        return complaints(self._folder, *self._options, "--port", LOOPBACK)[-1]

    def come(self, server: Server, name: str, *, release: str, **place: object) -> tuple[Bot, Frame]:
        """Let somebody come to *server*, which is of that *release*, and into the room, or back to their *place*."""
        bot = self._stack.enter_context(Bot(server.address))
        while (welcome := bot.ask("login", username=name, session=name * 8))["type"] != "welcome":
            # It has not looked around yet.
            assert welcome["code"] == "unavailable"
        assert welcome["version"] == release
        entered = bot.ask("join", room="tea", **place)
        bot.wait(lambda frame: frame["type"] == "level")
        return bot, entered


@pytest.fixture(params=["migration", "functions alone"])
def newer(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Make a later release, with a function of its own, and mostly with a migration."""
    folder = tmp_path / "newer"
    package = folder / "chatroom"
    shutil.copytree(Path(chatroom.__file__).parent, package, ignore=shutil.ignore_patterns("__pycache__"))
    begin = package / "__init__.py"
    text, changes = re.subn(r'(?m)^__version__ = ".*"$', f'__version__ = "{NEWER}"', begin.read_text(encoding="utf-8"))
    assert changes == 1
    begin.write_text(text, encoding="utf-8")
    schema = package / "logs" / "postgres" / "schema"
    if request.param == "migration":
        (schema / "0999.sql").write_text("ALTER TABLE chat.logs ADD later text DEFAULT 'x';", encoding="utf-8")
    with (schema / "functions.sql").open("a", encoding="utf-8") as functions:
        functions.write("\nCREATE FUNCTION chat.later() RETURNS int LANGUAGE sql AS 'SELECT 1';\n")
    return folder


@pytest.fixture
def chat(postgresql: Engine, tmp_path: Path, newer: Path) -> Iterator[Chat]:
    with ExitStack() as stack:
        yield Chat(postgresql.database(), tmp_path, newer, stack)


def made_by(chat: Chat) -> str:
    """Return whose functions the database has."""
    with psycopg.connect(chat.where) as connection:
        [(version,)] = connection.execute("SELECT made_by FROM chat.meta WHERE to_regproc('chat.later') IS NOT NULL")
    return str(version)


def said(bot: Bot) -> list[str]:
    """Return what *bot* was shown, in order."""
    return [frame["text"] for frame in bot.seen if frame["type"] == "said"]


def says(bot: Bot, text: str, *others: Bot) -> None:
    """Let *bot* say *text*, and all *others* hear it."""

    def hears(frame: Frame) -> bool:
        return bool(frame["type"] == "said" and frame["text"] == text)

    assert bot.ask("say", room="tea", text=text)["type"] == "ok"
    for other in others:
        other.wait(hears)


def test_one_server_after_the_other_is_replaced_by_one_that_changes_the_schema(chat: Chat) -> None:
    one, two = chat.server(), chat.server()
    alice, entered = chat.come(one, "alice", release=OLDER)
    bob, _ = chat.come(two, "bob", release=OLDER)
    epoch = entered["epoch"]
    says(alice, "one", bob)
    # The first newer one changes the schema, and the others run on.
    three = chat.server(newer=True)
    carol, _ = chat.come(three, "carol", release=NEWER)
    assert made_by(chat) == NEWER
    says(alice, "two", bob, carol)
    says(carol, "three", alice, bob)
    # An older one that has ended is not started again: it would have to make its own of the database.
    two.stop()
    says(alice, "four", carol)
    assert re.search(r"was written by a newer chatroom \((schema 999|999\.0, and this is .*)\);", chat.refusal())
    assert made_by(chat) == NEWER
    two = chat.server(newer=True)
    bob, entered = chat.come(two, "bob", release=NEWER, after=3, epoch=epoch)
    assert (entered["resumed"], said(bob)) == (True, ["four"])
    says(bob, "five", alice, carol)
    one.stop()
    one = chat.server(newer=True)
    alice, entered = chat.come(one, "alice", release=NEWER, after=5, epoch=epoch)
    assert (entered["resumed"], said(alice)) == (True, [])
    says(alice, "six", bob, carol)
    assert said(carol)[-5:] == ["two", "three", "four", "five", "six"]
