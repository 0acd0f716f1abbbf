"""Pictures of the terminal client at work: ``python -m benchmarks.pictures docs/images``.

Server, client and terminal are real ones. The same program gives the same pictures on any day: the server's time
stands still, and the guests say the same. Nothing is shown that bears the client's own time: nobody comes or goes while
it looks. Two numbers are written over, for they are others each time: the server's port is shown as 8080, and the time
that it takes to answer as 1 ms.
"""

from __future__ import annotations

import argparse
import re
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from benchmarks.stage import Guest, Stage, play
from benchmarks.svg import DARK, LIGHT, WIDTH, svg
from tests.client.emulator import CURSOR_SHOWN
from tests.client.terminal import ENTER, ESC, F2, F3, Terminal, ctrl, terminal

EVENING = datetime(2026, 3, 19, 22, 11, tzinfo=UTC).timestamp()

ROOMS = {
    "tea": "Tea and biscuits",
    "twisted": "Deferreds, endpoints, and what comes after",
    "garden": "What grows, and what the snails left",
    "lounge": "Anything at all",
    "night-owls": "Who is still up?",
    "books": "One chapter a week; now: The Left Hand of Darkness",
}

BOOKS = ROOMS["books"][:20]
"""The beginning of a topic, as the lobby shows it beside the newest lines."""

MEMBERS = {
    "tea": "carol bob maximilian dora erin",
    "twisted": "bob maximilian frank",
    "garden": "dora frank carol erin",
    "lounge": "erin bob",
    "night-owls": "frank erin",
    "books": "maximilian frank dora",
}
"""The people in each room; the first has opened it."""

GUESTS = "carol bob maximilian dora erin frank".split()

LIST = """so, this is what we need:
```
250 g  first flush
  1 l  milk
  4    lemons
```"""

YESTERDAY = [
    ("carol", "who comes on Saturday? I count seven so far", 10, None),
    ("bob", "I do, and bring the big pot", 35, None),
    ("erin", "me too", 20, None),
    ("maximilian", "if somebody tells me what first flush means", 70, None),
    ("carol", "the first leaves of the year. They are light, and cost three times as much", 45, 4),
    ("dora", "and taste three times as much of hay", 15, None),
    ("bob", "dora!", 8, None),
    ("maximilian", LIST, 120, None),
    ("erin", "sugar, for those of us who are no saints", 40, None),
    ("carol", "> sugar\nthere is honey in the cupboard", 30, None),
    ("bob", "my timer is at https://example.org/bob/steep now: `steep 3m` rings after three minutes", 600, None),
    ("dora", "does it run on a phone?", 60, None),
    ("bob", "in the terminal of a phone", 20, 12),
    ("erin", "of course", 12, None),
    ("maximilian", "the first pot was my fault, by the way: ten minutes, and the water was boiling", 300, None),
    ("carol", "we noticed. The snails in #garden like what was left of it", 25, None),
    ("maximilian", "good night, all", 400, None),
]
"""Who said what after how many seconds, and which message it answers."""

TALK = [
    ("bob", "anyone for a cup?", 77_400),
    ("carol", "always. The kettle is on, and there are biscuits from around the corner, the ones with lemon", 40),
    ("bob", "then I'll be there in five minutes", 50),
    ("maximilian", "has anybody tried the new green one? https://example.org/sencha says 70 °C, not more", 30),
    ("carol", "日本茶 🍵 needs patience, says my aunt", 65),
    ("dora", "alice: you wanted the recipe for the scones, I have found it", 40),
]

RECIPE = """Scones, for eight
225 g flour, a pinch of salt
2 spoons of sugar
55 g butter, cold
150 ml milk

12 minutes at 220 °C
"""

LAG_SHOWN = "● 1 ms"
LAG = re.compile(r'textLength="[\d.]+"([^>]*)>● \d+ ms<')


def perform(house: Stage, guests: dict[str, Guest]) -> None:
    """Let the guests open their rooms and talk."""
    for room, members in MEMBERS.items():
        host, *others = members.split()
        guests[host].ask("create", room=room, topic=ROOMS[room])
        for other in others:
            guests[other].ask("join", room=room)
    for name, text, after, answered in YESTERDAY:
        guests[name].say("tea", text, after, **({"re": answered} if answered else {}))
    for name, text, after in TALK:
        guests[name].say("tea", text, after)
    guests["bob"].say("tea", "fetches the milk", 20, action=True)
    house.now += 45


def take(folder: Path, name: str, house: Stage) -> None:
    """Write into *folder* the pictures of the session in the theme *name*, dark or light."""
    scheme = DARK if name == "dark" else LIGHT
    with ExitStack() as stack:
        guests = {who: stack.enter_context(closing(Guest(house, who))) for who in GUESTS}
        perform(house, guests)
        command = ("chatroom-urwid", "127.0.0.1", str(house.port), "--theme", name)
        t = stack.enter_context(
            terminal(*command, columns=100, rows=30, dark=name == "dark", env={"COLORTERM": "truecolor"})
        )

        def picture(page: str) -> None:
            drawing = svg(t.screen, scheme).replace(f" {house.port}", " 8080".ljust(len(f" {house.port}")))
            drawing = LAG.sub(rf'textLength="{len(LAG_SHOWN) * WIDTH:g}"\1>{LAG_SHOWN}<', drawing)
            (folder / f"{page}-{name}.svg").write_text(drawing, encoding="utf-8")

        wait(t, "Your name")
        picture("username")
        t.press("alice", ENTER)
        for room in ("tea", "twisted", "garden"):
            wait(t, BOOKS)
            t.press(room)
            wait(t, f"Room: {room}")
            t.press(ENTER)
            wait(t, f" alice · {room}", "alice\n" if room != "tea" else "fetches the milk")
            t.press(F2)
        # The lobby hears of who came in a little later.
        wait(t, "6/256", "5/256", "4/256", " ms")
        picture("lobby")
        t.press("\x1b1")
        wait(t, "fetches the milk")
        t.press("yes please, bob", ENTER)
        wait(t, "alice  yes please")
        t.press(F2)
        wait(t, BOOKS)
        guests["carol"].say("tea", "one with lemon for you, and the tea is poured", 75)
        guests["frank"].say("garden", "the first crocus is out", 5)
        guests["dora"].say("garden", "here too!", 5)
        guests["maximilian"].say("twisted", "alice: your patch is merged", 5)
        t.press("\x1b1")
        wait(t, "one with lemon for you", " new ", "@1")
        guests["erin"].say("tea", "may I have the recipe too?", 20)
        guests["erin"].ask("tell", to="alice", text="it is dora's birthday tomorrow, shall we sing?")
        wait(t, "@erin")
        t.press("erin: of cour")
        wait(t, "> erin: of cour")
        picture("room")
        for columns, rows in ((80, 24), (160, 50)):
            resize(t, columns, rows)
            picture(f"room-{columns}x{rows}")
        resize(t, 100, 30)
        t.press(F3)
        # There is no cursor there: the end of the bar, in the last row, is drawn last.
        t.wait_for(lambda t: "here too!" in t.text and t.style(29, 99).bg != "default")
        picture("catchup")
        t.press(ESC)
        wait(t, "> erin: of cour")
        t.press("\x1b4")
        wait(t, "shall we sing?")
        picture("talk")
        t.press("\x1b1")
        wait(t, "> erin: of cour")
        t.press(ctrl("u"))
        t.paste(RECIPE)
        wait(t, "7 lines pasted")
        picture("paste")


def wait(t: Terminal, *texts: str) -> None:
    """Wait until all of *texts* are on the screen, and the cursor is back, as it is when a drawing is whole."""

    def shown(t: Terminal) -> bool:
        return CURSOR_SHOWN in t.screen.on and all(text in t.text for text in texts)

    shown.__name__ = str(texts)
    t.wait_for(shown)


def resize(t: Terminal, columns: int, rows: int) -> None:
    """Give the room another size, and wait until the first and the last row are where they belong."""
    t.resize(columns, rows)

    def drawn(t: Terminal) -> bool:
        return len(t.line(0)) == columns - 1 and t.line(-1).startswith(" > ") and CURSOR_SHOWN in t.screen.on

    t.wait_for(drawn)


def main() -> None:
    """Take the pictures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="where the pictures go")
    folder: Path = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("dark", "light"):
        play(EVENING, partial(take, folder, name))


if __name__ == "__main__":
    main()
