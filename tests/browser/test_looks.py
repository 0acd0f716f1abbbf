"""What the page looks like: on a phone, in the dark, by forced colours, from right to left."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.browser.visitors import Visitor, through
from tests.e2e.peers import Bot
from tests.e2e.processes import Server
from tests.proxy import flaky

Visit = Callable[..., Visitor]

OVERFLOWS = """[...document.querySelectorAll("body *")].filter((one) => {
    const { left, right, width } = one.getBoundingClientRect();
    const shown = one.checkVisibility({ visibilityProperty: true }) && !one.closest(".unseen, .skip, .text, .quote");
    const cut = getComputedStyle(one.parentElement).overflowX === "hidden";
    return shown && !cut && width && (right > innerWidth + 1 || left < -1);
}).map((one) => one.outerHTML.slice(0, 80))"""

CONTRASTS = """[...document.querySelectorAll("body *")].filter((one) =>
    one.checkVisibility({ visibilityProperty: true, opacityProperty: true })
    && [...one.childNodes].some(({ nodeType, data }) => nodeType === 3 && data.trim())
    && getComputedStyle(one).fontSize !== "0px"
).map((one) => {
    const paint = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
    const draw = (colour, opacity = 1) => {
        paint.fillStyle = colour;
        paint.globalAlpha = opacity;
        paint.fillRect(0, 0, 1, 1);
        const parts = [...paint.getImageData(0, 0, 1, 1).data].slice(0, 3).map((part) => part / 255);
        const [r, g, b] = parts.map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    // What stands behind it, from the page to itself; and what lets that through.
    const around = [];
    for (let at = one; at; at = at.parentElement) around.unshift(getComputedStyle(at));
    const back = around.map(({ backgroundColor }) => draw(backgroundColor)).at(-1);
    const ink = draw(getComputedStyle(one).color, around.reduce((all, { opacity }) => all * opacity, 1));
    const [dark, light] = [ink, back].sort((x, y) => x - y);
    return [one.className, one.textContent, (light + 0.05) / (dark + 0.05)];
})"""


def long_words(urn: Bot, room: str) -> None:
    """Say in *room* what is hard to show."""
    urn.ask("create", room=room, topic="A topic " + "that goes on " * 20)
    for text in ("x" * 2000, "https://example.org/" + "a" * 500, "one\ntwo\n    three", "word " * 200):
        urn.ask("say", room=room, text=text)


@pytest.mark.parametrize("width", [320, 390, 700, 1400])
def test_nothing_is_wider_than_the_window(server: Server, visit: Visit, width: int) -> None:
    with Bot(server.address, "a" * 32) as urn:
        long_words(urn, f"{width}-{'r' * 50}")
        pia = visit("pia", viewport={"width": width, "height": 600})
        assert pia.measure(OVERFLOWS) == []
        pia.join(f"{width}-{'r' * 50}")
        pia.sees("one\ntwo\n    three")
        assert pia.measure("document.documentElement.scrollWidth - innerWidth") == 0
        assert pia.measure(OVERFLOWS) == []
        pia.say("/help")
        pia.page.get_by_role("dialog").wait_for()
        assert pia.measure(OVERFLOWS) == []


def test_a_phone_has_its_rooms_in_a_drawer(server: Server, visit: Visit) -> None:
    with Bot(server.address, "urn") as urn:
        urn.ask("create", room="tea")
        urn.ask("create", room="mate")
        phone = visit("pia", viewport={"width": 390, "height": 760}, is_mobile=True, has_touch=True)
        phone.page.get_by_role("button", name="tea").tap()
        phone.page.get_by_role("heading", name="tea", exact=True).wait_for()
        urn.ask("say", room="tea", text="touch me")
        phone.log.get_by_text("touch me").tap()
        phone.log.get_by_role("button", name="More").tap()
        phone.page.get_by_role("dialog").get_by_role("button", name="mention urn").tap()
        assert phone.box.input_value() == "urn: "
        phone.box.fill("by thumb")
        phone.page.get_by_role("button", name="Send").tap()
        phone.sees("by thumb")
        navigation = phone.page.get_by_role("navigation")
        assert not navigation.is_visible()
        phone.page.get_by_role("button", name="Rooms").tap()
        navigation.get_by_role("button", name="Lobby").tap()
        phone.page.get_by_role("heading", name="Lobby", exact=True).wait_for()
        navigation.wait_for(state="hidden")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_colour_can_be_read(server: Server, visit: Visit, web_url: str, scheme: str) -> None:
    with Bot(server.address, "urn") as urn, flaky(through(web_url)) as proxy:
        urn.ask("create", room=scheme, topic="colours")
        people = []
        for number in range(16):
            people.append(Bot(server.address, f"guest{number}"))
            people[-1].ask("join", room=scheme)
            people[-1].ask("say", room=scheme, text=f"hue {number}")
        pia = visit(f"pia-{scheme}", url=f"http://127.0.0.1:{proxy.port}/", color_scheme=scheme)
        weak = [(name, text, ratio) for name, text, ratio in pia.measure(CONTRASTS) if ratio < 4.5]
        assert weak == []
        pia.create(f"still-{scheme}")
        pia.say("/notify mute")
        pia.join(scheme)
        pia.sees("hue 15")
        urn.ask("say", room=scheme, text=f"pia-{scheme}, look")
        urn.ask("redact", room=scheme, seq=urn.ask("say", room=scheme, text="wrong")["seq"])
        pia.log.get_by_text("taken back").wait_for()
        pia.until("document.querySelectorAll('aside .name').length === 18")
        pia.meant = True
        proxy.refuse()
        pia.is_now("lost")
        pia.say("this waits")
        pia.page.locator(".waits").wait_for()
        weak = [(name, text, ratio) for name, text, ratio in pia.measure(CONTRASTS) if ratio < 4.5]
        assert weak == []
        proxy.accept()
        pia.stored()
        hues = pia.measure(
            "new Set([...document.querySelectorAll('#log .name')].map((one) => getComputedStyle(one).color)).size"
        )
        assert hues == 16
        ground = pia.measure("getComputedStyle(document.body).backgroundColor")
        assert ground == {"light": "rgb(252, 251, 248)", "dark": "rgb(21, 23, 26)"}[scheme]
        for bot in people:
            bot.close()


def test_forced_colours_keep_what_colours_say(server: Server, visit: Visit) -> None:
    with Bot(server.address, "urn") as urn:
        urn.ask("create", room="forced")
        pia = visit("pia", "forced", forced_colors="active")
        urn.ask("say", room="forced", text="pia, look")
        pia.sees("pia, look")
        for place in (".mention", "nav [aria-current=page]"):
            assert pia.measure(f"getComputedStyle(document.querySelector('{place}')).outlineStyle") == "solid"


def test_no_motion_where_none_is_wanted(visit: Visit) -> None:
    pia = visit("pia", viewport={"width": 390, "height": 700}, reduced_motion="reduce")
    assert pia.measure("getComputedStyle(document.getElementById('side')).transitionDuration") == "0s"


def test_texts_from_right_to_left_stand_at_their_side(server: Server, visit: Visit) -> None:
    with Bot(server.address, "סאמי") as sami:
        sami.ask("create", room="rtl")
        sami.ask("say", room="rtl", text="בוקר טוב")
        pia = visit("pia", "rtl")
        pia.sees("בוקר טוב")
        assert pia.measure("getComputedStyle(document.querySelector('#log .text')).direction") == "rtl"
        # The name stands beside the text, whatever its direction.
        name, text = (
            pia.measure(f"document.querySelector('#log {place}').getBoundingClientRect()")
            for place in (".name", ".text")
        )
        assert 0 < text["left"] - name["right"] < 30


def test_the_drawer_closes_by_escape_and_by_the_room_that_one_is_in(server: Server, visit: Visit) -> None:
    phone = visit("pia", viewport={"width": 390, "height": 760}, is_mobile=True, has_touch=True)
    navigation = phone.page.get_by_role("navigation")
    phone.page.get_by_role("button", name="Rooms", exact=True).tap()
    phone.until("document.activeElement.id === 'lobby'")
    navigation.get_by_role("button", name="Lobby").tap()
    navigation.wait_for(state="hidden")
    phone.create("drawn")
    phone.page.get_by_role("button", name="Rooms", exact=True).tap()
    navigation.get_by_role("button", name="drawn").tap()
    navigation.wait_for(state="hidden")
    phone.page.get_by_role("button", name="Rooms", exact=True).tap()
    navigation.get_by_role("button", name="drawn").press("Escape")
    navigation.wait_for(state="hidden")
    assert phone.page.get_by_role("button", name="Rooms", exact=True).get_attribute("aria-expanded") == "false"


def test_a_topic_that_is_cut_is_shown_in_full_by_a_touch(server: Server, visit: Visit) -> None:
    with Bot(server.address, "urn") as urn:
        urn.ask("create", room="cut", topic="What we drink " + "and drink " * 20 + "and say")
        phone = visit("pia", "cut", viewport={"width": 320, "height": 600}, is_mobile=True, has_touch=True)
        phone.page.locator("header").get_by_text("What we drink").tap()
        phone.page.get_by_role("status").get_by_text("and say").wait_for()


def test_what_is_printed_is_what_was_said(server: Server, visit: Visit) -> None:
    with Bot(server.address, "urn") as urn:
        urn.ask("create", room="printed")
        for number in range(60):
            urn.ask("say", room="printed", text=f"line {number}")
        pia = visit("pia", "printed")
        pia.sees("line 59")
        pia.page.emulate_media(media="print")
        assert not pia.box.is_visible()
        assert not pia.page.locator("nav").is_visible()
        # All of it, and not what fits the window.
        assert pia.measure("[document.body, document.getElementById('log')].map((one) => one.clientHeight > 1200)") == [
            True,
            True,
        ]
        pia.page.emulate_media(media="screen")
