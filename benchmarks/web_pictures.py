"""Pictures of the web page at work: ``python -m benchmarks.web_pictures docs/images``.

Server and browser are real ones, and the talk is that of the pictures of the terminal client. The time stands still.
The machine needs fonts for what is said there: on Debian, fonts-noto-cjk and fonts-noto-color-emoji.
"""

from __future__ import annotations

import argparse
import shutil
from base64 import b64decode
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from benchmarks.pictures import EVENING, GUESTS, ROOMS, perform
from benchmarks.stage import LIMIT, Guest, Stage, play

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

Scheme = Literal["dark", "light"]

DESK, PHONE = (1120, 720), (390, 760)


class Camera:
    """Takes pictures of *page* into *folder*."""

    def __init__(self, page: Page, folder: Path, end: str) -> None:
        self.page = page
        self._folder = folder
        self._end = end

    def shoot(self, name: str) -> None:
        """Take a picture, when all is drawn."""
        self.page.evaluate("document.fonts.ready.then(() => new Promise(requestAnimationFrame))")
        session = self.page.context.new_cdp_session(self.page)
        # Playwright itself knows only formats that take thrice as much.
        taken = session.send("Page.captureScreenshot", {"format": "webp", "quality": 90})
        (self._folder / f"web-{name}-{self._end}.webp").write_bytes(b64decode(taken["data"]))

    def say(self, text: str) -> None:
        """Type *text*, and Enter."""
        box = self.page.get_by_role("textbox", name="Message")
        box.fill(text)
        box.press("Enter")

    def sees(self, text: str) -> None:
        """Wait for *text*."""
        self.page.get_by_text(text).last.wait_for()


def visit(browser: Browser, house: Stage, folder: Path, scheme: Scheme, *, phone: bool = False) -> Camera:
    """Return what takes pictures of the page, which has just been opened."""
    width, height = PHONE if phone else DESK
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme=scheme,
        is_mobile=phone,
        has_touch=phone,
        timezone_id="UTC",
        locale="en-GB",
    )
    page = context.new_page()
    page.set_default_timeout(LIMIT * 1000)
    page.clock.set_fixed_time(datetime.fromtimestamp(house.now, UTC))
    page.goto(f"http://127.0.0.1:{house.port}/")
    page.get_by_role("textbox", name="Name").wait_for()
    return Camera(page, folder, scheme)


def enter(camera: Camera, name: str, room: str = "") -> None:
    """Come in by *name*, and into a *room*."""
    camera.page.get_by_role("textbox", name="Name").fill(name)
    camera.page.keyboard.press("Enter")
    camera.page.locator("body[data-state=online]").wait_for()
    if room:
        camera.say(f"/join {room}")
        camera.page.get_by_role("heading", name=room).wait_for()


def take(folder: Path, scheme: Scheme, house: Stage) -> None:
    """Write into *folder* the pictures in *scheme*."""
    from playwright.sync_api import sync_playwright

    path = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as found, ExitStack() as stack:
        browser = found.chromium.launch(executable_path=path, args=["--no-sandbox"])
        stack.callback(browser.close)
        guests = {who: stack.enter_context(closing(Guest(house, who))) for who in GUESTS}
        perform(house, guests)
        alice = visit(browser, house, folder, scheme)
        alice.shoot("door")
        enter(alice, "alice")
        alice.sees(ROOMS["books"])
        alice.shoot("lobby")
        for room in ("twisted", "garden", "tea"):
            alice.say(f"/join {room}")
            alice.page.get_by_role("heading", name=room).wait_for()
        alice.sees("fetches the milk")
        guests["frank"].say("garden", "the first crocus is out", 5)
        guests["maximilian"].say("twisted", "alice: your patch is merged", 5)
        alice.say("yes please, bob")
        alice.sees("yes please, bob")
        guests["carol"].say("tea", "one with lemon for you, and the tea is poured", 75)
        alice.sees("one with lemon for you")
        alice.page.get_by_role("textbox", name="Message").fill("erin: of cour")
        alice.shoot("room")
        alice.page.get_by_role("textbox", name="Message").fill("")
        alice.say("/search first")
        alice.sees("the first pot was my fault")
        alice.shoot("search")
        phone = visit(browser, house, folder, scheme, phone=True)
        enter(phone, "aylin", "tea")
        phone.sees("one with lemon for you")
        phone.shoot("phone")


def main() -> None:
    """Take the pictures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    schemes: tuple[Scheme, ...] = ("dark", "light")
    for scheme in schemes:
        play(EVENING, partial(take, folder, scheme), "--web", "on")


if __name__ == "__main__":
    main()
