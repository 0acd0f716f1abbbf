"""A theme for every terminal, in which everything can be read and everybody has a colour for ever."""

from __future__ import annotations

import pytest
import urwid

from chatroom.client.drawing.name_looks import name_style
from chatroom.client.drawing.themes import THEMES, Style, choose, theme
from chatroom.client.views.hues import HUES

NOBODY = "anna bela carl dora emil fred gina hugo ines jens kira lars mona nils olga paul rosa sven tina udo".split()

# Red, green and blue of what is behind the text; the names in between may stand on any.
BACKGROUNDS = {"dark": (0, 0, 0), "light": (255, 255, 255)}


def luminance(colour: tuple[int, ...]) -> float:
    """Return how bright *colour* is, as the WCAG has it."""
    parts = [part / 255 for part in colour]
    parts = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(colour: tuple[int, ...], other: tuple[int, ...]) -> float:
    """Return how well *colour* is told from *other*: from 1 to 21."""
    dim, bright = sorted((luminance(colour), luminance(other)))
    return (bright + 0.05) / (dim + 0.05)


@pytest.mark.parametrize("colours", [256, 2**24])
@pytest.mark.parametrize("name", BACKGROUNDS)
def test_whatever_is_to_be_read_can_be(name: str, colours: int) -> None:
    for style, _, _, _, foreground, background in theme(name).palette:
        look = urwid.AttrSpec(foreground, background, colours)  # type: ignore[arg-type]
        red, green, blue, *behind = look.get_rgb_values()
        # The terminal's own colours are its user's; and a rule is not to be read.
        if red is None or green is None or blue is None or style == Style.RULE:
            continue
        ground = tuple(part for part in behind if part is not None) or BACKGROUNDS[name]
        assert contrast((red, green, blue), ground) >= 4.5, style


@pytest.mark.parametrize("name", THEMES)
@pytest.mark.parametrize("colours", [1, 16, 256, 2**24])
def test_every_style_has_a_look_on_every_terminal(name: str, colours: int) -> None:
    for _, few, few_behind, mono, many, many_behind in theme(name).palette:
        if colours == 1:
            urwid.AttrSpec(mono, "default", 1)
        elif colours == 16:
            urwid.AttrSpec(few, few_behind, 16)
        else:
            urwid.AttrSpec(many, many_behind, colours)  # type: ignore[arg-type]
    assert {entry[0] for entry in theme(name).palette} >= {*map(str, Style), *map(name_style, NOBODY)}


def test_without_colours_there_are_none() -> None:
    for style, few, few_behind, _, many, many_behind in theme("mono").palette:
        assert urwid.AttrSpec(few, few_behind, 16).colors == 1, style
        assert urwid.AttrSpec(many, many_behind, 256).colors == 1, style


def test_what_has_been_read_stays_on_the_terminals_own_background() -> None:
    palette = {entry[0]: entry for entry in theme("dark").palette}
    for style in (Style.TEXT, Style.OWN, Style.TIME, Style.INPUT, Style.TITLE):
        assert palette[style][2] == palette[style][5] == ""


def test_a_name_keeps_its_colour() -> None:
    # Written down, so that neither Python's hash nor a new version of ours changes it unnoticed.
    names = ("alice", "bob", "carol", "dave", "日本")
    assert [name_style(name) for name in names] == ["name-7", "name-0", "name-3", "name-8", "name-12"]


def test_a_name_has_its_colour_however_it_is_written() -> None:
    assert name_style("Alice") == name_style("alice") == name_style("ALICE")


def test_a_name_has_the_colour_of_the_hue_that_it_is_given() -> None:
    assert name_style("Alice", {"alice": 7, "bob": 3}) == "name-7"
    assert name_style("carol", {"alice": 7}) == name_style("carol")


def test_twenty_people_have_many_colours() -> None:
    assert len({name_style(name) for name in NOBODY}) >= 8


def lightness(colour: tuple[int, ...]) -> float:
    """Return how light *colour* is in OKLCH, from 0 to 1."""
    parts = [part / 255 for part in colour]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    long = 0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue
    middle = 0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue
    short = 0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue
    return float(0.2104542553 * long ** (1 / 3) + 0.7936177850 * middle ** (1 / 3) - 0.0040720468 * short ** (1 / 3))


def name_colours(name: str, colours: int) -> list[tuple[int, ...]]:
    """Return red, green and blue of all hues in the theme *name*."""
    palette = {entry[0]: entry for entry in theme(name).palette}
    looks = [palette[f"name-{number}"] for number in range(len(HUES))]
    specs = [urwid.AttrSpec(look[4], look[5], colours) for look in looks]  # type: ignore[arg-type]
    return [tuple(part or 0 for part in spec.get_rgb_values()[:3]) for spec in specs]


@pytest.mark.parametrize(("name", "light", "apart"), [("dark", 0.78, 16), ("light", 0.45, 11)])
def test_all_hues_are_equally_light_and_no_two_alike(name: str, light: float, apart: int) -> None:
    colours = name_colours(name, 2**24)
    assert len(set(colours)) == len(HUES) == 16
    assert all(abs(lightness(colour) - light) < 0.01 for colour in colours)
    # Those that 256 colours have are not as near to each other.
    assert len(set(name_colours(name, 256))) >= apart


@pytest.mark.parametrize(("name", "apart"), [("dark", 10), ("light", 9), ("ansi", 11)])
def test_sixteen_colours_tell_many_hues_apart(name: str, apart: int) -> None:
    palette = {entry[0]: entry for entry in theme(name).palette}
    assert len({palette[f"name-{number}"][1] for number in range(len(HUES))}) >= apart


def test_a_name_of_any_characters_has_a_colour() -> None:
    assert name_style("\ud800").startswith("name-")


@pytest.mark.parametrize(
    ("requested", "environ", "chosen"),
    [
        ("auto", {}, "dark"),
        ("auto", {"COLORFGBG": "0;15"}, "light"),
        ("auto", {"COLORFGBG": "0;default;7"}, "light"),
        ("auto", {"COLORFGBG": "15;0"}, "dark"),
        ("auto", {"COLORFGBG": "nonsense"}, "dark"),
        ("auto", {"NO_COLOR": "1", "COLORFGBG": "0;15"}, "mono"),
        ("auto", {"NO_COLOR": ""}, "dark"),
        ("light", {"NO_COLOR": "1"}, "light"),
        ("mono", {}, "mono"),
    ],
)
def test_the_theme_is_the_one_asked_for_or_the_one_that_suits(
    requested: str, environ: dict[str, str], chosen: str
) -> None:
    assert choose(requested, environ).name == chosen


def test_a_theme_that_is_not_there_is_not_replaced_by_another() -> None:
    with pytest.raises(KeyError):
        choose("pink", {})
