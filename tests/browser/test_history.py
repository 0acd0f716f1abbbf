"""What was said before: it is loaded as one reads, and nothing that one reads moves."""

from __future__ import annotations

from collections.abc import Callable

from tests.browser.visitors import Visitor
from tests.e2e.peers import Bot
from tests.e2e.processes import Server

Visit = Callable[..., Visitor]

FIRST = "Number(document.querySelector('#log [data-seq]').dataset.seq)"

UP = """() => {
    const log = document.getElementById("log");
    log.scrollTop = 300;
    const top = log.getBoundingClientRect().top;
    const row = [...log.querySelectorAll("[data-seq]")].find((one) => one.getBoundingClientRect().bottom > top);
    return [Number(row.dataset.seq), row.getBoundingClientRect().top];
}"""
"""Scroll near the top, and say which row is there and where."""

TOP = "(seq) => document.querySelector(`#log [data-seq='${seq}']`).getBoundingClientRect().top"


def tell(urn: Bot, room: str, many: int) -> None:
    """Say so many things in *room*."""
    for number in range(1, many + 1):
        urn.begin("say", room=room, text=f"message {number}" + " and more" * (number % 40))
    urn.ask("ping")


def test_a_thousand_messages_are_scrolled_up_without_a_jump(server: Server, visit: Visit) -> None:
    with Bot(server.address, "urn") as urn:
        urn.ask("create", room="long")
        tell(urn, "long", 1000)
        pia = visit("pia", "long")
        pia.until(f"{FIRST} <= 901")
        seen: set[int] = set()
        while (first := pia.measure(FIRST)) > 1:
            seq, top = pia.measure(UP)
            pia.until(f"{FIRST} < {first}")
            assert abs(pia.measure(f"({TOP})({seq})") - top) <= 1
            rows = pia.measure(
                "[...document.querySelectorAll('#log [data-seq]')].map((row) => Number(row.dataset.seq))"
            )
            assert rows == list(range(rows[0], rows[-1] + 1))
            assert len(rows) <= 600
            seen.update(rows)
        assert seen >= set(range(1, 901))


def test_one_scrolls_down_again_to_the_newest(server: Server, visit: Visit) -> None:
    with Bot(server.address, "urn") as urn:
        urn.ask("create", room="deep")
        tell(urn, "deep", 900)
        pia = visit("pia", "deep")
        pia.say("/goto #1")
        pia.until(f"{FIRST} === 1")
        urn.ask("say", room="deep", text="meanwhile")
        pia.page.get_by_role("button", name="new ↓").wait_for()
        assert pia.measure(FIRST) == 1
        last = "Number([...document.querySelectorAll('#log [data-seq]')].at(-1).dataset.seq)"
        while (there := pia.measure(last)) < 901:
            pia.measure("document.getElementById('log').scrollTop = 1e9")
            pia.until(f"{last} > {there}")
        urn.ask("say", room="deep", text="the very newest")
        pia.measure("document.getElementById('log').scrollTop = 1e9")
        pia.sees("the very newest")


def test_what_is_said_meanwhile_moves_nothing_and_is_counted(server: Server, visit: Visit) -> None:
    with Bot(server.address, "urn") as urn:
        urn.ask("create", room="still")
        tell(urn, "still", 80)
        pia = visit("pia", "still")
        pia.sees("message 80")
        seq, top = pia.measure(UP)
        for text in ("one", "two", "three"):
            urn.ask("say", room="still", text=text)
        pia.page.get_by_role("button", name="3 new ↓").wait_for()
        assert abs(pia.measure(f"({TOP})({seq})") - top) <= 1
        pia.page.keyboard.press("End")
        pia.page.get_by_role("button", name="new ↓").wait_for(state="hidden")
        assert pia.log.get_by_text("three").is_visible()


def test_a_window_that_becomes_smaller_keeps_the_newest_in_view(server: Server, visit: Visit) -> None:
    with Bot(server.address, "urn") as urn:
        urn.ask("create", room="small")
        tell(urn, "small", 60)
        pia = visit("pia", "small")
        pia.sees("message 40")
        pia.page.set_viewport_size({"width": 500, "height": 400})
        pia.until(
            "(() => { const log = document.getElementById('log');"
            " return log.scrollHeight - log.scrollTop - log.clientHeight < 2; })()"
        )
