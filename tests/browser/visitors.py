"""Somebody at a page: what they do and see there, found as a screen reader finds it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

LIMIT = 8
"""Seconds after which what is waited for will not come."""

LOST = re.compile(r"WebSocket|ERR_")
"""What a browser itself complains of when there is no server."""


class Visitor:
    """Somebody at *page*; of what the browser complains is added to *faults*.

    Lost connections are none while they are *meant*.
    """

    def __init__(self, page: Page, faults: list[str]) -> None:
        self.page = page
        self.meant = False
        page.set_default_timeout(LIMIT * 1000)
        page.on("console", lambda said: self._complaint(faults, said.text))
        page.on("pageerror", lambda error: faults.append(str(error)))

    def _complaint(self, faults: list[str], text: str) -> None:
        if not (self.meant and LOST.search(text)):
            faults.append(text)

    @property
    def box(self) -> Locator:
        """The box in which one writes."""
        return self.page.get_by_role("textbox", name="Message")

    @property
    def log(self) -> Locator:
        """What was said."""
        return self.page.get_by_role("log")

    def open(self, url: str) -> None:
        """Open the page."""
        self.page.goto(url)

    def enter(self, name: str, password: str = "") -> None:
        """Come in by *name*."""
        self.page.get_by_role("textbox", name="Name").fill(name)
        self.page.keyboard.press("Enter")
        if password:
            self.page.get_by_label("Password").wait_for()
            self.page.keyboard.type(password)
            self.page.keyboard.press("Enter")
        self.is_now("online")

    def leave(self) -> None:
        """Go away, if one is there, so that the name is free."""
        if not self.page.is_closed() and self.page.locator("body[data-state=online]").count():
            self.page.keyboard.press("Escape")
            self.say("/quit")
            self.page.get_by_role("textbox", name="Name").wait_for()

    def is_now(self, state: str) -> None:
        """Wait until the page is in this state."""
        self.page.wait_for_selector(f"body[data-state={state}]")

    def say(self, text: str) -> None:
        """Write *text*, and send it."""
        self.box.fill(text)
        self.box.press("Enter")

    def join(self, room: str) -> None:
        """Enter *room*."""
        self.say(f"/join {room}")
        self.page.get_by_role("heading", name=room, exact=True).wait_for()

    def create(self, room: str) -> None:
        """Open *room*, and enter it."""
        self.say(f"/create {room}")
        self.page.get_by_role("heading", name=room, exact=True).wait_for()

    def sees(self, text: str) -> None:
        """Wait until *text* was said, and stands there once."""
        self.log.get_by_text(text, exact=True).wait_for()
        assert self.log.get_by_text(text, exact=True).count() == 1

    def stored(self) -> None:
        """Wait until nothing waits for the server any more."""
        self.until("!document.querySelector('.waits')")

    def said(self) -> list[str]:
        """Return what was said, as it stands there."""
        found: list[str] = self.log.locator(".text").all_inner_texts()
        return found

    def until(self, holds: str) -> None:
        """Wait until the script *holds*; playwright's own way to wait is against the policy of the page."""
        self.page.evaluate(
            f"""new Promise((done, failed) => {{
                const since = Date.now();
                const look = () => {{
                    if ({holds}) done();
                    else if (Date.now() - since > {LIMIT * 1000}) failed(new Error("it did not come: " + {holds!r}));
                    else setTimeout(look, 10);
                }};
                look();
            }})"""
        )

    def measure(self, script: str) -> Any:
        """Return what *script* finds out of the page."""
        return self.page.evaluate(script)


def through(url: str) -> int:
    """Return the port of *url*."""
    return int(url.rstrip("/").rsplit(":", 1)[1])
