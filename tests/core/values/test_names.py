"""Names: which are valid, which are refused, and which are the same."""

# ruff: noqa: RUF001 - lookalikes are what this is about

from __future__ import annotations

import re
import time
import unicodedata
from collections.abc import Callable, Sequence

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st
from precis_i18n import get_profile

from chatroom.core.values import names
from chatroom.core.values.errors import RoomInvalid, UsernameInvalid
from chatroom.core.values.names import fold, key, room_name, username
from tests.characters import everything
from tests.people import REAL_NAMES

# By Unicode's property, and three marks that have no shape of their own although they lack it.
INVISIBLE = regex.compile(r"[\p{Default_Ignorable_Code_Point}\u2d7f\U0001107f\U00016fe4]")

# Not st.text(), which would forget how likely each character is.
anything = st.lists(st.characters() | st.sampled_from("aAàßΣ_-.0अ漢ب\u0301\u200d\ud800")).map("".join)


def is_name(text: str) -> bool:
    try:
        room_name(text)
    except RoomInvalid:
        return False
    return True


valid_names = (
    st.sampled_from([*REAL_NAMES.values(), "ΑΣασς", "Iiİı\u0307", "sSßẞǰ", "ＡａA", "ｶﾞガ", "\u0301\u0323\u0316eés"])
    .flatmap(lambda name: st.text(name + name.upper() + name.lower() + "0_-.", min_size=1, max_size=20))
    .filter(is_name)
    .map(room_name)
)


def test_a_name_is_kept_as_first_written_but_composed() -> None:
    assert {username("Zoe\u0308"), room_name("Zoe\u0308")} == {"Zoë"}


@pytest.mark.parametrize(
    ("name", "scripts"),
    [
        ("p\u0430ypal", "Latin and Cyrillic"),
        ("\u0430lice", "Cyrillic and Latin"),
        ("Μaria", "Greek and Latin"),
        ("alice2\u0455", "Latin and Cyrillic"),
        ("b\u0585b", "Latin and Armenian"),
        ("bob\u09ea", "Latin and Bengali"),
        ("bob\u0660", "Latin and Arabic"),
        ("一l", "East Asian and Latin"),
        ("a\u093e", "Latin and Devanagari"),
        ("aбα", "Latin and Cyrillic and Greek"),
        ("\u07c1\u0627", "Nko and Arabic"),
        ("\u10a0\u13a0", "Georgian and Cherokee"),
        ("\U00010300\u16a0", "Old Italic and Runic"),
    ],
)
def test_a_lookalike_that_mixes_scripts_is_refused(name: str, scripts: str) -> None:
    with pytest.raises(UsernameInvalid) as refused:
        username(name)
    assert refused.value.reason == f"A username mixes no scripts, and this one has {scripts} letters"
    with pytest.raises(
        RoomInvalid, match=rf"^A room name mixes no scripts, and this one has {scripts} letters; choose"
    ):
        room_name(name)


def test_east_asian_scripts_are_written_together() -> None:
    assert username("東京タワーのㄅ김々") == "東京タワーのㄅ김々"


@pytest.mark.parametrize("name", ["１２", "ａ1", "б1", "ب1", "東1", "ʹ"])
def test_what_is_of_no_script_fits_all(name: str) -> None:
    assert username(name) == name


def test_no_script_is_missing() -> None:
    # Those that Python does not know yet are refused by the profile anyway.
    letters = [c for c in regex.findall(r"[\p{L}\p{M}\p{Nd}]", everything()) if unicodedata.category(c) != "Cn"]
    assert len(letters) > 100_000
    runs = names._SCRIPT.finditer(names._OF_NO_SCRIPT.sub("", "".join(letters)))
    assert [run[0] for run in runs if run.lastgroup == "unknown"] == []


def test_letters_of_a_script_unknown_here_are_refused() -> None:
    for name in ("\U0003fffd", "\U00018e00", "\U00018e00\U00018e01"):
        with pytest.raises(UsernameInvalid):
            username(name)


def test_a_room_name_may_hold_dots_and_a_username_may_not() -> None:
    assert room_name("v1.2_a-b") == "v1.2_a-b"
    with pytest.raises(UsernameInvalid, match=r"^A username can't hold '\.'; choose another\.$"):
        username("v1.2")


@pytest.mark.parametrize("name", ["_a", "-a", ".a", "\u0301a", "\u093eक"])
def test_a_name_starts_with_a_letter_or_a_digit(name: str) -> None:
    with pytest.raises(RoomInvalid, match=r"^A room name starts with a letter or a digit; choose"):
        room_name(name)
    with pytest.raises(UsernameInvalid):
        username(name)
    assert username("7a") == "7a"


def test_characters_are_counted_after_composing() -> None:
    assert username("e\u0301" * 32) == "é" * 32
    assert username("\u03b1\u0313\u0300\u0345" * 21) == "\u1f82" * 21
    assert room_name("e\u0301" * 64) == "é" * 64
    for text in ("", "e" * 33, "e\u0301" * 33):
        with pytest.raises(UsernameInvalid, match=r"^A username has 1 to 32 characters; choose"):
            username(text)
    for text in ("", "e" * 65, "e\u0301" * 65):
        with pytest.raises(RoomInvalid, match=r"^A room name has 1 to 64 characters; choose"):
            room_name(text)


def test_bytes_are_counted_too() -> None:
    assert username("漢" * 21) == "漢" * 21
    assert username("𠀀" * 16) == "𠀀" * 16
    assert room_name("漢" * 42) == "漢" * 42
    with pytest.raises(UsernameInvalid, match=r"^A username has at most 64 bytes of UTF-8; choose"):
        username("漢" * 22)
    with pytest.raises(RoomInvalid, match=r"^A room name has at most 128 bytes of UTF-8; choose"):
        room_name("漢" * 43)


def test_a_character_is_composed_of_at_most_four() -> None:
    # Unicode promises nothing; cutting a text before it is composed relies on this.
    assert max(len(unicodedata.normalize("NFD", character)) for character in everything()) == 4


def test_a_pile_of_marks_costs_no_time() -> None:
    pile = "a" + "\u0301\u0316" * 50_000
    begin = time.process_time()
    with pytest.raises(UsernameInvalid, match="1 to 32 characters"):
        username(pile)
    with pytest.raises(RoomInvalid, match="1 to 64 characters"):
        room_name(pile)
    fold(pile)
    # Composing the whole pile would take seconds.
    assert time.process_time() - begin < 0.5


@pytest.mark.parametrize("check", [username, room_name])
def test_of_every_code_point_only_letters_and_digits_are_names(
    check: Callable[[str], str], characters: Sequence[str]
) -> None:
    names, reasons = [], set()
    for character in characters:
        try:
            names.append(check(character))
        except (UsernameInvalid, RoomInvalid) as refused:
            reasons.add(refused.reason)
    assert len(names) > len(characters) / 12
    # In NFC some letters become a letter with a mark.
    assert {unicodedata.category(name[0])[0] for name in names} == {"L", "N"}
    assert {unicodedata.category(it)[0] for name in names for it in name[1:]} == {"M"}
    assert all(reason.isascii() and reason.isprintable() for reason in reasons)


@pytest.mark.parametrize("around", ["ab", "कष", "가나", "ᠪᠠ", "سم", "ⵜⵎ", "𑀓𑀔"])
def test_nothing_invisible_is_in_a_name(around: str) -> None:
    found = INVISIBLE.findall(everything())
    assert {"\u200c", "\u200d", "\u034f", "\ufe0f", "\u115f", "\u3164", "\uffa0", "\u180b", "\u17b4"} < set(found)
    for invisible in found:
        with pytest.raises(UsernameInvalid, match=rf"^A username can't hold U\+{ord(invisible):04X}\b"):
            username(around[0] + invisible + around[1])
        with pytest.raises(RoomInvalid, match=rf"^A room name can't hold U\+{ord(invisible):04X}\b"):
            room_name(around + invisible)


@pytest.mark.parametrize("character", "!/'\"<.")
def test_what_everybody_can_read_is_shown_where_it_is_refused(character: str) -> None:
    with pytest.raises(UsernameInvalid, match=rf"^A username can't hold '{re.escape(character)}'; choose another\.$"):
        username(f"a{character}b")


def test_a_space_is_called_so() -> None:
    with pytest.raises(RoomInvalid, match=r"^A room name can't hold a space; choose another\.$"):
        room_name("a b")


@pytest.mark.parametrize("character", "\t\n\r\x00\x1b\x7f\x85\u00a0\u2028\u202e\u2066\ufeff\ud800\udfff☃😀½²ª〇")
def test_what_is_no_letter_is_refused_without_being_shown(character: str) -> None:
    with pytest.raises(
        UsernameInvalid, match=rf"^A username can't hold U\+{ord(character):04X}( [A-Z][A-Z -]*)?; choose"
    ):
        username(f"a{character}b")


def test_what_the_profile_refuses_is_refused() -> None:
    for compatible in ("ﬁn", "x\u1d2c", "Ⅷ", "\u0640", "\u01c5"):
        assert not is_name(compatible)
    with pytest.raises(UsernameInvalid, match=r"^A username can't hold U\+FB01 LATIN SMALL LIGATURE FI; choose"):
        username("ﬁn")


@pytest.mark.parametrize("name", ["ש-", "2שלום", "م1١", "ب_"])
def test_a_name_from_right_to_left_can_not_change_the_order_of_its_line(name: str) -> None:
    with pytest.raises(UsernameInvalid, match=r"^A username from right to left starts with a letter, ends with"):
        username(name)


@given(anything)
def test_any_text_is_a_name_or_is_refused_in_plain_words(text: str) -> None:
    reason = ""
    try:
        assert username(username(text)) == username(text)
    except UsernameInvalid as refused:
        reason = refused.reason
    try:
        assert room_name(room_name(text)) == room_name(text)
    except RoomInvalid as refused:
        reason += refused.reason
    assert not reason or (reason.isascii() and reason.isprintable())


@pytest.mark.parametrize(
    ("one", "other"),
    [("Alice", "aLICE"), ("ФЁДОР", "фёдор"), ("Zoe\u0308", "ZOË"), ("ＡＢ", "ab"), ("ｶﾞ", "ガ"), ("Ꮞ", "ꮞ"), ("ẞ", "ß")],
)
def test_names_that_differ_in_case_or_width_are_the_same(one: str, other: str) -> None:
    assert key(username(one)) == key(username(other))


def test_names_that_differ_otherwise_are_not() -> None:
    different = ["Zoe", "Zoë", "Weiss", "Weiß", "a_b", "a-b", "ısık", "isik"]
    assert len({key(username(name)) for name in different}) == len(different)


@given(valid_names)
def test_a_key_is_what_the_profile_says(name: str) -> None:
    assert key(name) == get_profile("UsernameCaseMapped").enforce(name)


@given(valid_names)
def test_a_key_is_the_same_in_lower_case(name: str) -> None:
    assert key(key(name)) == key(name)
    assert key(room_name(name.lower())) == key(name)


@given(valid_names, st.data())
def test_a_part_of_a_name_is_found_in_it_in_any_case(name: str, data: st.DataObject) -> None:
    # Where marks are cut from their letter anything goes.
    cuts = [i for i in range(len(name) + 1) if i == len(name) or not unicodedata.combining(name[i])]
    begin, end = sorted(data.draw(st.tuples(st.sampled_from(cuts), st.sampled_from(cuts))))
    part = name[begin:end]
    for text in (part, part.lower(), part.casefold(), unicodedata.normalize("NFD", part)):
        assert fold(text) in fold(name)


@given(valid_names)
def test_equal_keys_fold_to_the_same(name: str) -> None:
    assert fold(key(name)) == fold(name)


@pytest.mark.parametrize(
    ("part", "name"),
    [
        ("LIC", "alice"),
        ("STRASSE", "Hauptstraße"),
        ("ΟΔΟΣ", "οδοσήμανση"),
        ("zoe\u0308", "ZOË"),
        ("jose", "José"),
        ("ab", "ＣＡＢ"),
        ("", "x"),
    ],
)
def test_parts_are_found_as_people_would_expect(part: str, name: str) -> None:
    assert fold(part) in fold(room_name(name))


@pytest.mark.parametrize(("part", "name"), [("x", "alice"), ("ë", "Zoe"), ("a" * 2000, "a" * 64), ("\ud800", "a")])
def test_what_is_not_in_a_name_is_not_found(part: str, name: str) -> None:
    assert fold(part) not in fold(room_name(name))


@given(anything, st.integers(1, 200))
def test_any_text_can_be_folded(text: str, times: int) -> None:
    fold(text * times)


def test_what_is_cut_from_a_text_is_in_no_name(characters: Sequence[str]) -> None:
    # Folding shortens nothing and makes no character of a name longer than four, so a cut text is in no name.
    for character in characters:
        assert fold(character)
        assert len(fold(character)) <= 4 or not is_name(character)
