"""A real browser before a real server: one of each for the tests of a module."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.visitors import Visitor
from tests.e2e.processes import FAST, Server, running

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext

REQUIRED = os.environ.get("CHATROOM_BROWSER") == "required"
"""Whether the tests fail where there is no browser; else they are skipped."""

MISSING = "need a browser (make browser)"

OPTIONS = ("--linger", "0", "--keep-closed", "0", "--per-host", "0", *FAST)
"""What the server is told: nobody is slowed, and no room is left to the next test."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Return a server that runs until the tests of the module are done."""
    with running(tmp_path_factory.mktemp("server"), *OPTIONS) as server:
        yield server


@pytest.fixture(scope="module")
def web_url(server: Server) -> str:
    """Return the address of its page."""
    return f"http://127.0.0.1:{server.address[1]}/"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Return a Chromium, Debian's if there is one."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        assert not REQUIRED, MISSING
        pytest.skip(MISSING)
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not path:
        assert not REQUIRED, MISSING
        pytest.skip(MISSING)
    with pytest.MonkeyPatch.context() as environment:
        # A browser has a socket in a folder of its own, whose path can't be long.
        environment.setenv("TMPDIR", "/tmp")
        with sync_playwright() as found:
            browser = found.chromium.launch(executable_path=path, args=["--no-sandbox"])
            yield browser
            browser.close()


@pytest.fixture
def visit(browser: Browser, web_url: str) -> Iterator[Callable[..., Visitor]]:
    """Return what opens the page for somebody, in a browser of their own; nothing may be complained of there."""
    faults: list[str] = []
    with ExitStack() as stack:

        def visit(
            name: str = "",
            room: str = "",
            *,
            url: str = web_url,
            context: BrowserContext | None = None,
            **looks: Any,
        ) -> Visitor:
            if context is None:
                context = browser.new_context(**({"viewport": {"width": 1100, "height": 700}} | looks))
                stack.callback(context.close)
            visitor = Visitor(context.new_page(), faults)
            if url == web_url:  # a proxy may be gone by then
                stack.callback(visitor.leave)
            visitor.open(url)
            if name:
                visitor.enter(name)
            if room:
                visitor.join(room)
            return visitor

        yield visit
    assert not faults
