"""Words are cut alike in what people say and in what they search for, whatever the script."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chatroom.core.cut import cut
from chatroom.core.errors import QueryInvalid
from chatroom.core.query import Phrase, matcher, phrases

POLITE = "\N{HANGUL SYLLABLE YO}"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("A cup of Tea, please!", "a cup of tea please"),
        ("don't user_name 3.5", "don t user name 3 5"),
        ("\t\n…", ""),
        ("Straße ÉTÉ", "strasse été"),
        ("E\u0301te\u0301", "été"),
        ("\N{LATIN SMALL LIGATURE FI}ne x\N{SUPERSCRIPT TWO} \N{DOUBLE-STRUCK CAPITAL H}", "fine x2 h"),
        ("co\N{SOFT HYPHEN}operate", "cooperate"),
        ("हिन्दी чай שָׁלוֹם", "हिन्दी чай " + unicodedata.normalize("NFKC", "שָׁלוֹם")),
        ("我喜欢喝茶,真的", "我 喜 欢 喝 茶 真 的"),
        ("お茶を飲む。コーヒー", "お 茶 を 飲 む コ ー ヒ ー"),
        ("\N{HALFWIDTH KATAKANA LETTER KA}\N{HALFWIDTH KATAKANA VOICED SOUND MARK}", "ガ"),
        ("학교에서 tea마셔" + POLITE, "학 교 에 서 tea 마 셔 " + POLITE),
        (unicodedata.normalize("NFD", "학교"), "학 교"),
        ("ㄅㄆ", "ㄅ ㄆ"),
        ("tea☕☕now", "tea ☕ ☕ now"),
        ("👍🏽👩‍👧❤️", "👍 🏽 👩 👧 ❤"),
        ("🇩🇪🇫🇷", "🇩🇪 🇫🇷"),
    ],
)
def test_a_text_is_cut_into_words(text: str, words: str) -> None:
    assert cut(text) == words


@given(st.text())
@example("\N{LATIN CAPITAL LETTER I WITH DOT ABOVE}")
def test_forms_of_a_text_that_look_alike_have_the_same_words(text: str) -> None:
    for form in ("NFC", "NFD", "NFKC", "NFKD"):
        assert cut(unicodedata.normalize(form, text)) == cut(text)


@given(st.text())
def test_every_text_that_has_words_is_found_by_itself(text: str) -> None:
    words = cut(text)
    try:
        assert matcher(f'"{words}"')(text)
        assert words
    except QueryInvalid:
        assert not words or len(words.encode()) > 298


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("tea cup", [Phrase("tea"), Phrase("cup")]),
        ("Tea tea TEA", [Phrase("tea")]),
        ("te* te", [Phrase("te", prefix=True), Phrase("te")]),
        ('"a  cup" of', [Phrase("of"), Phrase("a cup")]),
        ("don't", [Phrase("don t")]),
        ("喝茶 ☕☕", [Phrase("喝 茶"), Phrase("☕ ☕")]),
        ('tea"cup*"', [Phrase("tea"), Phrase("cup")]),
        ("! * tea -", [Phrase("tea")]),
    ],
)
def test_a_query_is_phrases(query: str, found: list[Phrase]) -> None:
    assert phrases(query) == found


@pytest.mark.parametrize("query", ["", "  ", "*", "!?", '""', '"', '"tea', 'a "b" "', "\ud800", "é" * 151])
def test_what_has_no_word_or_no_end_or_is_too_long_is_no_query(query: str) -> None:
    with pytest.raises(QueryInvalid):
        phrases(query)


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("茶", "我喜欢喝茶"),
        ("喜欢 喝茶", "我喜欢喝茶"),
        ("飲みます", "お茶を飲みます"),
        ("학교", "학교에서"),
        ("👍", "yes👍🏽!"),
        ("❤", "I ❤\N{VARIATION SELECTOR-16} tea"),
        ("🇫🇷", "🇩🇪🇫🇷"),
        ("don't", "DON'T"),
        ("été", "l'E\u0301TE\u0301"),
    ],
)
def test_short_words_of_every_script_are_found(query: str, text: str) -> None:
    assert matcher(query)(text)


@pytest.mark.parametrize(
    ("query", "text"),
    [("茶喝", "我喜欢喝茶"), ("👎", "👍"), ("🇪🇫", "🇩🇪🇫🇷"), ("te", "tea"), ('"te*"', "tea"), ("don't", "don a t")],
)
def test_what_was_not_said_is_not_found(query: str, text: str) -> None:
    assert not matcher(query)(text)
