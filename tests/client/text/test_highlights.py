"""What stands out in a text."""

from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatroom.client.text.highlights import highlights, mentions

# Not st.text(), which would forget how likely each character is.
anything = st.lists(
    st.characters()
    | st.sampled_from(["alice", "Al\u00cdCE", "@", "-", "_", " ", "\u0301", "\u5c71\u7530", ")", "(", ".", "\u200d"])
    | st.sampled_from(["http://", "https://a.b/", "www.", "mailto:"])
).map("".join)


def found(text: str, username: str = "alice", *more: str) -> list[tuple[str, str]]:
    return [(mark.kind, text[mark.start : mark.end]) for mark in highlights(text, username, more)]


def link_in(text: str) -> str:
    [(kind, link)] = found(text)
    assert kind == "link"
    return link


@pytest.mark.parametrize(
    "text",
    [
        "alice", "alice: hi", "hi, Alice!", "(ALICE)", "alice's", "hi @alice", "alice- hi", "hi -alice", "hi--alice",
        "<-alice->", "\u201calice\u201d", "*alice*", "alice/bob", "\u00e1lic\u00e9", "ali\u0301ce", "\uff41lice",
        "alice\u3055\u3093", "\u4f60\u597dalice", "bob\nalice", "\U0001f600alice\U0001f600", "malice and alice",
    ],
)  # fmt: skip
def test_one_is_mentioned_by_the_whole_name_in_any_case_and_with_any_accents(text: str) -> None:
    assert mentions(text, "alice")


@pytest.mark.parametrize(
    "text",
    [
        "", "malice", "alices", "alice_", "_alice", "alice2", "2alice", "alice-x", "x-alice", "ali ce", "alic", "lice",
        "\u00e9alice", "alice\u00e9", "\u0430lice", "http://a.b/alice", "www.alice.org", "mailto:alice@a.b", "al-ice",
    ],
)  # fmt: skip
def test_no_part_of_a_longer_word_or_a_link_mentions_one(text: str) -> None:
    assert not mentions(text, "alice")


@pytest.mark.parametrize(
    ("username", "text"),
    [
        ("\u5c71\u7530", "\u3053\u3093\u306b\u3061\u306f\u5c71\u7530\u3055\u3093"),
        ("\uae40\ucca0\uc218", "\uae40\ucca0\uc218\ub2d8, \uc548\ub155"),
        ("\u0e2a\u0e21\u0e0a\u0e32\u0e22", "\u0e04\u0e38\u0e13\u0e2a\u0e21\u0e0a\u0e32\u0e22\u0e04\u0e23\u0e31\u0e1a"),
        ("\u30b8\u30e7\u30fc", "\u662f\u30b8\u30e7\u30fc\u3067\u3059"),
    ],
)
def test_a_name_in_a_script_without_spaces_is_found_anywhere(username: str, text: str) -> None:
    assert found(text, username) == [("mention", username)]


@pytest.mark.parametrize(
    ("username", "text"),
    [
        ("Zo\u00eb", "zoe"),
        ("zoe", "ZO\u00cb"),
        ("J\u00fcrgen_Wei\u00df", "JURGEN_WEISS"),
        ("\u0399\u03c9\u03ac\u03bd\u03bd\u03b7\u03c2", "\u03b9\u03c9\u03b1\u03bd\u03bd\u03b7\u03c3"),
        ("1-2", "1-2"),
        ("a-", "a-"),
    ],
)
def test_names_of_all_kinds_are_mentioned(username: str, text: str) -> None:
    assert found(f"\u00df {text}, \u0130 @{text}?", username) == [("mention", text), ("mention", f"@{text}")]


def test_a_mention_is_marked_where_it_stands_in_the_text() -> None:
    text = "\u00df\ufb03 \u0130 Zoe\u0308 \U0001f468\u200d\U0001f469 zo\u00eb"
    assert found(text, "zoe") == [("mention", "Zoe\u0308"), ("mention", "zo\u00eb")]


def test_a_character_that_is_not_seen_is_no_part_of_a_mention() -> None:
    assert found("alice\u200f hi") == [("mention", "alice")]


def test_other_words_can_be_watched_for_too() -> None:
    assert found("tea for Alice, and cake", "alice", "TEA", "cake", "") == [
        ("mention", "tea"),
        ("mention", "Alice"),
        ("mention", "cake"),
    ]


def test_of_two_words_that_begin_alike_the_longer_is_marked() -> None:
    assert found("alice cooper", "alice", "alice cooper", "cooper") == [("mention", "alice cooper")]


def test_nobody_is_mentioned_by_an_empty_name() -> None:
    assert found("hello @ you", "") == []


@pytest.mark.parametrize(
    "link",
    [
        "http://a.b", "HTTPS://a.b:80/c?d=e&f=%20#g", "gopher://a.b/1", "gemini://a.b", "ftp://a.b/c", "www.a.b",
        "mailto:bob@a.b", "https://de.wikipedia.org/wiki/K\u00f6ln_(Stadt)", "https://a.b/c_(d)_(e)", "http://[::1]/",
        "http://\u4f8b\u3048.jp/\u9053", "https://a.b/?x[]=1", "https://a.b/~c/", "http://a.b/-_=", "http://a",
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    "around",
    [
        "{}", "see {}.", "({})", "<{}>", "{}, and", "\u201c{}\u201d", "[text]({}).", "what, {}?!", "'{}'", "{}: so",
        "\u770b{}\uff0c\u597d", "\uff08{}\uff09", "\u300c{}\u300d", "a\n{}\nb", '"{}"', "{}\u2026",
    ],
)  # fmt: skip
def test_a_link_is_marked_without_what_is_around_it(link: str, around: str) -> None:
    assert link_in(around.format(link)) == link


@pytest.mark.parametrize(
    "text",
    ["http://", "www.", "www..", "mailto:", "xhttp://a.b", "awww.a.b", "http:a.b", "a.b", "file:///etc", "http:// a.b"],
)
def test_what_only_looks_like_a_link_is_none(text: str) -> None:
    assert found(text) == []


def test_links_and_mentions_are_in_order() -> None:
    assert found("alice: www.a.b, (http://c.d/alice)(https://e.f) Alice") == [
        ("mention", "alice"),
        ("link", "www.a.b"),
        ("link", "http://c.d/alice"),
        ("link", "https://e.f"),
        ("mention", "Alice"),
    ]


@given(anything, st.sampled_from(["alice", "\u5c71\u7530", "a", "Al\u00edce"]), st.lists(anything, max_size=2))
def test_marks_are_in_order_apart_and_within_the_text(text: str, username: str, more: list[str]) -> None:
    end = 0
    for mark in highlights(text, username, more):
        assert end <= mark.start < mark.end <= len(text)
        end = mark.end


@given(st.text("alice-_ @.\u00c1\u0301\u5c71", max_size=20), st.text("alice-_ @.\u00c1\u0301\u5c71", max_size=20))
def test_whatever_else_is_said_a_name_between_spaces_is_marked(before: str, behind: str) -> None:
    text = f"{before} alice {behind}"
    start = len(before) + 1
    assert any(mark.start == start and mark.end == start + 5 for mark in highlights(text, "alice"))


@given(anything)
def test_how_the_text_is_composed_does_not_matter(text: str) -> None:
    composed, decomposed = (unicodedata.normalize(form, text) for form in ("NFC", "NFD"))
    assert mentions(composed, "alice") == mentions(decomposed, "alice")


@pytest.mark.parametrize(
    "unit",
    [
        "a", "a-", "-", "@", "@a", "http://a)", "http://a(", "http://", "www.", "www.a", "(", ")", ".", "\u0301",
        "\U0001f1e9", "a\u200d", "\u5c71", "\ufdfa", "http://a.b\n", "mailto:",
    ],
)  # fmt: skip
def test_the_longest_texts_are_looked_through_at_once(unit: str) -> None:
    text = unit * (4000 // len(unit.encode()))
    began = time.process_time()
    for whole in (text, f"http://a{text}", f"http://a{text[::-1]}"):
        highlights(whole, "a" * 32, ["a", "\u5c71"])
    assert time.process_time() - began < 0.5
