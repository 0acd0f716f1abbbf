"""Lookalikes: every character that Unicode lists as confusable with another one, tried in its place in a name.

A package says which characters these are, and of which script: the product's scripts do not judge themselves.
"""

# ruff: noqa: RUF001

from __future__ import annotations

import unicodedata
from collections import defaultdict
from functools import cache
from itertools import permutations

import pytest
import regex
from confusable_homoglyphs.categories import alias, categories_data
from confusable_homoglyphs.confusables import confusables_data

from chatroom.core.values.errors import UsernameInvalid
from chatroom.core.values.names import key, username
from tests.characters import everything

NO_SCRIPT = {"COMMON", "INHERITED"}
EAST_ASIAN = {"BOPOMOFO", "HAN", "HANGUL", "HIRAGANA", "KATAKANA"}

# Characters that can be mistaken for a letter of another script: those of no script or of several, which fit many ...
OF_NO_SCRIPT = {
    *"0123456789",
    *"\u02b9\u02ba\u02bb\u02bc\u02bd\u02be\u02bf\u02c8\u02ca\u02cb\u02d0\u30fc",  # letters that modify others
    *"\u0306\u0307\u0312\u0314\u0315\u0317\u0329\u0350\u0352\u0354\u0355\u0357",  # marks
    *"\u064b\u064c\u064d\u064e\u064f\u0650\u0652\u0655",  # vowels of Arabic and Syriac
    *"\u0954\u1ab4\u1cdd\u1ddf\u1dee\u20db\u20e9\U0001d16d",
}
# ... and letters of scripts that are written together.
WRITTEN_TOGETHER = {
    "ノ丿",
    "イ亻",
    "ハ八",
    "カ力",
    "ロ囗",
    "ロ口",
    "タ夕",
    "く𡿨",
    "ト卜",
    "エ工",
    "へヘ",
    "ニ二",
    "ㄦ儿",
    "于𛄢",
}


@cache
def fits(character: str, letter: str) -> bool:
    """Return whether *character* may stand between letters like *letter*."""
    try:
        username(letter + character + letter)
    except UsernameInvalid:
        return False
    return True


def lookalikes() -> list[list[str]]:
    """Return the groups of letters, marks and digits that look like each other."""
    leader: dict[str, str] = {}

    def first(text: str) -> str:
        while leader.setdefault(text, text) != text:
            text = leader[text]
        return text

    for text, others in confusables_data.items():
        for other in others:
            # There are marks of direction around characters written from right to left.
            leader[first(text.strip("\u200e"))] = first(other["c"].strip("\u200e"))
    groups = defaultdict(list)
    for text in sorted(leader):
        if len(text) == 1 and unicodedata.category(text)[0] in "LMN" and unicodedata.is_normalized("NFC", text):
            groups[first(text)].append(text)
    return [group for group in groups.values() if len(group) > 1]


def letters() -> dict[str, str]:
    """Return a letter of each script that is of this one alone."""
    scripts = [script for script in categories_data["iso_15924_aliases"] if script not in NO_SCRIPT]
    found: dict[str, str] = {}
    for character in everything():
        if unicodedata.category(character) in {"Ll", "Lo"} and alias(character) not in {*NO_SCRIPT, *found}:
            of = [script for script in scripts if regex.match(rf"\p{{scx={script}}}", character)]
            if of == [alias(character)] and fits(character, character):
                found[alias(character)] = character
    return found


def test_a_lookalike_of_another_script_can_not_take_the_place_of_a_letter() -> None:
    letter = letters()
    tried = 0
    of_no_script, written_together, others = set(), set(), set()
    for group in lookalikes():
        for own, alien in permutations(group, 2):
            script, other = alias(own), alias(alien)
            if script == other or script not in letter or not fits(own, letter[script]):
                continue
            tried += other in letter and fits(alien, letter[other])
            if fits(alien, letter[script]):
                if other in NO_SCRIPT:
                    of_no_script.add(alien)
                elif {script, other} <= EAST_ASIAN:
                    written_together.add("".join(sorted(own + alien)))
                else:
                    others.add(own + alien)
    assert others == set()
    # Some are in later lists alone, and a later Unicode may find a script for others.
    assert written_together <= WRITTEN_TOGETHER
    assert of_no_script <= OF_NO_SCRIPT
    assert tried > 6000


@pytest.mark.parametrize(("one", "other"), [("coco", "сосо"), ("B0", "В0"), ("l0l", "lOl"), ("I1", "l1")])
def test_a_name_that_is_wholly_of_lookalikes_is_another_name(one: str, other: str) -> None:
    assert key(username(one)) != key(username(other))


def test_nothing_blank_is_in_a_name() -> None:
    blank = [it for it in everything() if unicodedata.category(it) in {"Cc", "Cf", "Zl", "Zp", "Zs"}] + ["\u2800"]
    assert len(blank) > 200
    assert [it for it in blank for letter in "aбב漢" if fits(it, letter)] == []
