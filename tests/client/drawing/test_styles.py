"""Looks as people write them, and themes that have them."""

from __future__ import annotations

import pytest
import urwid

from chatroom.client.drawing.styles import BadStyle, parse_style, restyled, written
from chatroom.client.drawing.themes import THEMES, Style, theme


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("bold, yellow on dark blue", ("bold,yellow", "dark blue")),
        ("  dark red ", ("dark red", "")),
        ("on black", ("", "black")),
        ("#ff8700 on g#26", ("#ff8700", "g#26")),
        ("underline", ("underline", "")),
        ("", ("", "")),
    ],
)
def test_a_look_is_a_colour_on_another(text: str, found: tuple[str, str]) -> None:
    assert parse_style(text) == found


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("bold, red", 'there is no "red"; did you mean dark red or light red?'),
        ("yelow", 'there is no "yelow"; did you mean yellow'),
        ("#-00001", 'there is no "#-00001"'),
        ("#12345", 'there is no "#12345"; colours are names like'),
        ("black on bluish green", 'there is no "bluish green"'),
        ("yellow, white", '"yellow, white" is not one colour on another'),
        ("white on bold", '"white on bold" is not one colour on another'),
    ],
)
def test_what_is_no_look_is_refused_with_a_reason(text: str, reason: str) -> None:
    with pytest.raises(BadStyle) as refused:
        parse_style(text)
    assert str(refused.value).startswith(reason)


def test_a_theme_wears_what_somebody_has_chosen() -> None:
    chosen = restyled(theme("dark"), {"own": "#ff8700 on black", "time": "bold, dark red"})
    palette = {entry[0]: entry[1:] for entry in chosen.palette}
    usual = {entry[0]: entry[1:] for entry in theme("dark").palette}

    # 16 colours lack the first one, and keep what they have.
    assert palette["own"] == (*usual["own"][:3], "#ff8700", "black")
    assert palette["time"] == ("bold,dark red", "", "faint", "bold,dark red", "")
    assert {style for style in palette if palette[style] != usual[style]} == {"own", "time"}


def test_without_colours_nobody_has_chosen_any() -> None:
    assert restyled(theme("mono"), {"own": "dark red"}) is theme("mono")


@pytest.mark.parametrize("name", THEMES)
def test_a_theme_that_is_written_down_can_be_read(name: str) -> None:
    assert restyled(theme(name), written(theme(name))) == theme(name)


def test_the_palette_of_the_terminal_rules_in_the_theme_that_leaves_it_to_that() -> None:
    for style, few, few_behind, _, many, many_behind in theme("ansi").palette:
        assert (few, few_behind) == (many, many_behind), style
        look = urwid.AttrSpec(few, few_behind, 16)
        # The bright ones are greys in some palettes, and one of them is the background.
        assert not look.foreground_basic or look.foreground_number < 8, style
        assert not look.background_basic, style
    styles = {entry[0]: entry[1] for entry in theme("ansi").palette}
    assert len({styles[style] for style in (Style.TEXT, Style.MENTION, Style.ERROR, Style.PRIVATE, Style.NOTICE)}) == 5
