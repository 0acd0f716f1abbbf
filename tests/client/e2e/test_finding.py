"""Finding: what was said, where one was mentioned, what is new, and the way to a room."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from tests.client.e2e.house import client, says, sees, shows, tabs, talk, typed, wait
from tests.client.terminal import DOWN, ENTER, ESC, F3, F4, HOME, PAGE_UP, UP, Terminal, alt, ctrl
from tests.e2e.peers import Bot, bots
from tests.e2e.processes import Server

SAID = 300
CTRL_END = "\x1b[1;5F"


def line(number: int) -> str:
    """Return what bob says as the line with that *number*: words to search for, and mentions, are far apart."""
    words = {20: "line 20 with a kettle", 90: "line 90 for alice", 150: "line 150 with a Kettle, boiling"}
    return words.get(number, f"line {number}")


@contextmanager
def reader(server: Server, room: str) -> Iterator[tuple[Terminal, Bot]]:
    """Let bob say 300 lines in *room*, and alice come in after that."""
    with bots(server.address, "bob") as [bob], client(server.address[1], "alice") as t:
        bob.ask("create", room=room)
        says(bob, room, *map(line, range(1, SAID + 1)))
        t.press(f"/join {room}", ENTER)
        shows(t, f" alice · {room}", f"line {SAID}", "2 people")
        yield t, bob


def numbers(t: Terminal) -> list[int]:
    """Return the numbers of the lines in view."""
    return [int(row.split()[2]) for row in talk(t) if row.startswith("bob line ")]


def at(t: Terminal, number: int) -> None:
    """Wait until the line with that *number* stands where one is brought to, with those around it."""

    def there(t: Terminal) -> bool:
        seen = numbers(t)
        return number in seen[4:-4] and seen == list(range(seen[0], seen[-1] + 1))

    there.__name__ = f"the way to line {number}"
    wait(t, there)


def lists(t: Terminal, *texts: str, without: str = "\0") -> None:
    """Wait until all of *texts* are on a screen on which nothing is typed, so that it has no cursor."""

    def shown(t: Terminal) -> bool:
        return all(text in t.text for text in texts) and without not in t.text

    shown.__name__ = f"the list with {texts}"
    t.wait_for(shown)


def test_what_was_said_long_ago_is_found_and_gone_to_and_one_comes_back(server: Server) -> None:
    with reader(server, "long") as (t, bob):
        # Ctrl+s is a key like any other, and the terminal does not stop.
        t.press("a draft", ctrl("s"), "kettle", ENTER)
        shows(
            t, "Found in long · kettle", "2 found", "line 150 with a Kettle", "line 20 with a kettle", "Search: kettle"
        )
        t.press(DOWN, ENTER)
        at(t, 20)
        shows(t, "Esc leads back", "-- more --", " > a draft")
        row, column = t.find("line 20 with")
        assert t.style(row, column).bg != t.style(row + 1, column).bg
        # What is said meanwhile does not move it.
        before = t.lines[:-2]
        says(bob, "long", "meanwhile")
        shows(t, "1 new, End to jump")
        assert t.lines[:-2] == before
        # Esc drops what was typed, then it leads back.
        t.press(ESC)
        typed(t, "")
        assert t.style(row, column).bg == t.style(row + 1, column).bg
        t.press(ESC)
        sees(t, f"bob line {SAID}", "bob meanwhile")

        t.press('/search "no end', ENTER)
        shows(t, "is not closed", "Search:")
        t.press(ctrl("u"), "teapot", ENTER)
        shows(t, "Nobody said that in long as whole words; teapot* finds those that begin so.")
        t.press(ESC)
        shows(t, " alice · long")


def test_keys_lead_to_mentions_and_to_what_is_new(server: Server) -> None:
    with reader(server, "names") as (t, bob):
        t.press(alt("p"))
        at(t, 90)
        t.press(alt("p"))
        shows(t, "No earlier mention")
        t.press(alt("n"))
        shows(t, "No later mention")
        t.press(CTRL_END)
        sees(t, f"bob line {SAID}")

        # More is new than fits, and more than is kept of what was shown on entering.
        t.press("/create aside", ENTER)
        shows(t, " alice · aside")
        says(bob, "names", *(f"line {number}" for number in range(SAID + 1, 2 * SAID)), "alice, enough")
        wait(t, lambda t: tabs(t)[0] == "1 names @99+")
        t.press(alt("1"))
        sees(t, "bob alice, enough")
        t.press(alt("u"))
        at(t, SAID + 1)
        lines = [row.replace("─", "").strip() for row in talk(t)]
        assert lines[lines.index("new") + 1] == f"bob line {SAID + 1}"
        t.press(ESC)
        sees(t, "bob alice, enough")
        t.press(alt("U"), PAGE_UP, alt("u"))
        shows(t, "Nothing is new here")


def test_all_rooms_are_on_one_screen_and_any_is_reached_by_its_letters(server: Server) -> None:
    with bots(server.address, "bob") as [bob], client(server.address[1], "alice") as t:
        for room in ("tea-time", "coffee", "elsewhere"):
            bob.ask("create", room=room)
            says(bob, room, f"first in {room}")
        for room in ("tea-time", "coffee"):
            t.press(f"/join {room}", ENTER)
            shows(t, f" alice · {room}", f"first in {room}")
        says(bob, "tea-time", "alice: one", "two", "three")
        wait(t, lambda t: tabs(t)[0] == "1 tea-time @3")

        t.press(F3)
        lists(t, "Catching up", "3 new, 1 mention", "alice: one", "first in coffee")
        says(bob, "tea-time", "four")
        lists(t, "4 new, 1 mention", "four")
        t.press(alt("U"))
        lists(t, "nothing is new", without="mention")
        # The rooms are in their order again.
        t.press(UP, ENTER)
        shows(t, " alice · tea-time", "alice: one")

        t.press(ctrl("n"))
        shows(t, " alice · coffee")
        t.press(F4)
        lists(t, "Mentions", "1 found", "tea-time", "alice: one")
        t.press(ENTER)
        shows(t, " alice · tea-time", "Esc leads back")
        t.press(ESC)
        shows(t, " alice · coffee")

        # What is in view with what one goes to has been seen.
        says(bob, "tea-time", "alice: five", "six")
        wait(t, lambda t: tabs(t)[0] == "1 tea-time @2")
        t.press(F4)
        lists(t, "Mentions", "alice: five")
        t.press(ENTER)
        shows(t, " alice · tea-time", "Esc leads back", "six")
        t.press(alt("2"))
        shows(t, " alice · coffee")
        assert tabs(t)[0] == "1 tea-time"

        # Ctrl+k cuts what is behind the cursor; where nothing is, it is the way to a room.
        t.press("cut", HOME, ctrl("k"))
        typed(t, "")
        t.press(ctrl("k"), "tt")
        shows(t, "Go to a room", "Room: tt", "tea-time", without=("coffee",))
        t.press(ENTER)
        shows(t, " alice · tea-time")
        # The lobby tells of new rooms from time to time.
        t.press(ctrl("k"), "else")
        shows(t, "Room: else", "   elsewhere")
        t.press(ENTER)
        shows(t, " alice · elsewhere", "first in elsewhere")
