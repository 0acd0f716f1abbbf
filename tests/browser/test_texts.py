"""What stands in a text: code, links, and one's own name."""

from __future__ import annotations

from collections.abc import Callable

from tests.browser.visitors import Visitor
from tests.e2e.peers import Bot
from tests.e2e.processes import Server

Visit = Callable[..., Visitor]

LIT = """(kind) => [...CSS.highlights.get(kind) ?? []].map(
    ({ startContainer, startOffset, endOffset }) => startContainer.data.slice(startOffset, endOffset))"""
"""Say which texts stand out in one way."""


def test_ones_own_name_stands_out_in_each_message(server: Server, visit: Visit) -> None:
    with Bot(server.address, "urn") as urn:
        urn.ask("create", room="tea")
        pia = visit("pia", "tea")
        for text in ("pia: a cup?", "or two, Pia?", "no"):
            urn.ask("say", room="tea", text=text)
            pia.sees(text)
        assert pia.measure(f"({LIT})('me')") == ["pia", "Pia"]


def test_a_block_of_code_looks_like_one(server: Server, visit: Visit) -> None:
    with Bot(server.address, "urn") as urn:
        urn.ask("create", room="mate")
        pia = visit("pia", "mate")
        for text in ("see:\n```py\n> x = `1`\n```\n> `so`", "```\nwithout an end", "a ```word``` in a line"):
            urn.ask("say", room="mate", text=text)
        pia.log.get_by_text("in a line").wait_for()
        blocks = pia.log.locator(".block")
        assert blocks.all_inner_texts() == ["see:\n```py\n> x = `1`\n```\n> `so`", "```\nwithout an end"]
        assert "mono" in blocks.first.evaluate("(block) => getComputedStyle(block).fontFamily")
        # Each text stays in one piece, so that it can be found and copied.
        assert blocks.first.evaluate("(block) => block.childNodes.length") == 1
        assert pia.measure(f"({LIT})('code')") == ["`so`", "```word```"]
        assert pia.measure(f"({LIT})('cited')") == ["> `so`", "```py", "```", "```"]


def test_a_link_in_a_topic_can_be_followed(server: Server, web_url: str, visit: Visit) -> None:
    link = f"{web_url}app.webmanifest"
    with Bot(server.address, "urn") as urn:
        urn.ask("create", room="oolong", topic=f"<b>Menu</b>: {link}, or ask")
        pia = visit("pia", "oolong")
        topic = pia.page.locator("header").get_by_text("<b>Menu</b>:")
        assert topic.inner_text() == f"<b>Menu</b>: {link}, or ask"
        with pia.page.expect_popup() as opened:
            topic.get_by_role("link", name=link, exact=True).click()
        assert opened.value.url == link
        assert opened.value.evaluate("window.opener") is None
        opened.value.close()


def test_escape_leaves_a_search_at_once(visit: Visit) -> None:
    pia = visit("pia")
    pia.create("sencha")
    pia.say("/search")
    dialog = pia.page.get_by_role("dialog", name="Search sencha")
    dialog.wait_for()
    pia.page.keyboard.type("cup")
    pia.page.keyboard.press("Escape")
    dialog.wait_for(state="hidden")
    assert pia.measure("document.activeElement.id") == "box"
