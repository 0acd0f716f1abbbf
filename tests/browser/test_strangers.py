"""Pages of somebody else's: a browser that opens one lets it do nothing here."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any

import pytest
from typing_extensions import override

from tests.e2e.peers import Bot
from tests.e2e.processes import Server

if TYPE_CHECKING:
    from playwright.sync_api import Browser

TRIES = """async ([there, socket]) => {
    const tried = (what) => Promise.resolve().then(what).then(() => "done", () => "refused");
    const loaded = (element, field) => new Promise((done, failed) => {
        element.onload = done;
        element.onerror = failed;
        element[field] = there + "app.js";
        document.body.append(element);
    });
    const opened = () => new Promise((done, failed) => {
        const found = new WebSocket(socket);
        found.onopen = done;
        found.onerror = failed;
    });
    const said = "mallory\\ncreate evil\\n";
    await tried(() => fetch(there, {method: "POST", mode: "no-cors", body: said}));
    return {
        read: await tried(() => fetch(there)),
        blind: await tried(() => fetch(there, {mode: "no-cors"})),
        ticket: await tried(() => fetch(there + "remember", {headers: {"Chat-Ticket": "x"}})),
        forget: await tried(() => fetch(there + "forget", {mode: "no-cors", credentials: "include"})),
        script: await tried(() => loaded(document.createElement("script"), "src")),
        socket: await tried(opened),
    };
}"""


class Quiet(SimpleHTTPRequestHandler):
    """Serves files, and says nothing of it."""

    @override
    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def site(folder: Path, page: str) -> Iterator[str]:
    """Serve *page* to browsers, and give its address."""
    (folder / "index.html").write_text(page, encoding="utf-8")
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder))) as server:
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            # By another name than ours: so it is another site too.
            yield f"http://localhost:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def opened(browser: Browser) -> Iterator[Any]:
    """Return a page of a browser that complains of whatever it likes."""
    context = browser.new_context()
    yield context.new_page()
    context.close()


def test_a_page_from_elsewhere_can_do_nothing(server: Server, web_url: str, opened: Any, tmp_path: Path) -> None:
    # Here the browser is known.
    opened.goto(web_url)
    with site(tmp_path, "<title>evil</title><body>") as elsewhere, Bot(server.address, "watcher") as watcher:
        opened.goto(elsewhere)
        done = opened.evaluate(TRIES, [web_url, web_url.replace("http", "ws") + "ws"])
        assert done == dict.fromkeys(("read", "blind", "ticket", "forget", "script", "socket"), "refused")
        assert watcher.ask("who")["usernames"] == ["watcher"]
        assert watcher.ask("list")["rooms"] == []


def test_a_page_from_elsewhere_shows_nothing_of_ours_in_itself(web_url: str, opened: Any, tmp_path: Path) -> None:
    with site(tmp_path, f'<title>evil</title><iframe src="{web_url}"></iframe>') as elsewhere:
        opened.goto(elsewhere)
        [frame] = [frame for frame in opened.frames if frame.parent_frame]
        frame.wait_for_url("chrome-error://**")
