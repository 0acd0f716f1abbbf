"""Tab: names of people, rooms, commands and emoji."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chatroom.client.compose.completion import CompletedText, Completion, Vocabulary, completions, ranked
from chatroom.client.compose.shortcodes import MAX_OFFERED
from chatroom.client.text.highlights import plain

VOCABULARY = Vocabulary(
    users=["bob", "J\u00fcrgen", "alice", "Alina"],
    rooms=["tea", "team", "coffee.2"],
    commands={
        "join": ("room",),
        "leave": (),
        "msg": ("user", "text"),
        "me": ("text",),
        "help": ("command",),
    },
)


def completed(shown: str) -> list[str]:
    """Return all completions of what is *shown*, where a bar is the cursor."""
    before, behind = shown.split("|")
    found = completions(before + behind, len(before), VOCABULARY)
    return [f"{each.text[: each.cursor]}|{each.text[each.cursor :]}" for each in found]


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        ("b|", ["bob: |"]),
        ("al|", ["alice: |", "Alina: |"]),
        ("AL|", ["alice: |", "Alina: |"]),
        ("hi al|", ["hi alice |", "hi Alina |"]),
        ("jurg|", ["J\u00fcrgen: |"]),
        ("j\u00fc|", ["J\u00fcrgen: |"]),
        ("\u00c1li\u0301n|", ["Alina: |"]),
        ("@b|", ["@bob: |"]),
        ("hi @b|", ["hi @bob |"]),
        ("hi (b|", ["hi (bob |"]),
        ("zzz|", []),
        ("lice|", []),
        ("te|", ["tea |", "team |"]),
        ("come to te|", ["come to tea |", "come to team |"]),
        ("come to coffee.|", ["come to coffee.2 |"]),
        ("@te|", []),
        ("#te|", ["#tea |", "#team |"]),
        ("come to #|", ["come to #tea |", "come to #team |", "come to #coffee.2 |"]),
        ("#b|", []),
    ],
)
def test_a_name_of_somebody_or_else_of_a_room_is_completed_whatever_its_case_and_accents(
    before: str, expected: list[str]
) -> None:
    assert completed(before) == expected


@pytest.mark.parametrize("before", ["|", "@|"])
def test_with_nothing_typed_those_come_who_are_spoken_with_in_their_order(before: str) -> None:
    assert completed(before) == [before[:-1] + name for name in ("bob: |", "J\u00fcrgen: |", "alice: |", "Alina: |")]


def test_behind_a_space_nothing_comes_in_a_text() -> None:
    assert completed("hi |") == []
    assert completed("/me |") == []
    assert len(completed("hi @|")) == 4


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        ("b| hi", "bob: |hi"),
        ("b|: hi", "bob|: hi"),
        ("b|, hi", "bob|, hi"),
        ("b|hi", "bob: |hi"),
        ("b|\nhi", "bob: |\nhi"),
        ("oh b| hi", "oh bob |hi"),
        ("oh b|! hi", "oh bob|! hi"),
        ("oh b|hi", "oh bob |hi"),
        ("oh b|\nhi", "oh bob|\nhi"),
        ("(b|)", "(bob|)"),
        ("/jo| tea", "/join |tea"),
    ],
)
def test_what_follows_already_is_not_added(before: str, expected: str) -> None:
    assert completed(before) == [expected]


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        ("/jo|", ["/join |"]),
        ("/M|", ["/msg |", "/me |"]),
        ("/|", ["/join |", "/leave |", "/msg |", "/me |", "/help |"]),
        ("hi /jo|", []),
        ("/join |", ["/join tea |", "/join team |", "/join coffee.2 |"]),
        ("/JOIN te|", ["/JOIN tea |", "/JOIN team |"]),
        ("/join  coffee.|", ["/join  coffee.2 |"]),
        ("/join al|", []),
        ("/join tea b|", []),
        ("/leave t|", []),
        ("/msg |", ["/msg bob |", "/msg J\u00fcrgen |", "/msg alice |", "/msg Alina |"]),
        ("/msg b|", ["/msg bob |"]),
        ("/msg bob b|", ["/msg bob bob |"]),
        ("/msg bob oh oh b|", ["/msg bob oh oh bob |"]),
        ("/me hugs b|", ["/me hugs bob |"]),
        ("/help jo|", ["/help join |"]),
        ("/help /jo|", ["/help /join |"]),
        ("/unknown b|", ["/unknown bob |"]),
    ],
)
def test_commands_are_completed_and_their_arguments_by_their_kinds(before: str, expected: list[str]) -> None:
    assert completed(before) == expected


def test_candidates_are_labelled_with_the_word_alone() -> None:
    assert completions("hi @al", 6, VOCABULARY) == [
        CompletedText("hi @alice ", 10, "alice"),
        CompletedText("hi @Alina ", 10, "Alina"),
    ]


def test_tab_goes_round_and_shift_tab_back() -> None:
    completion = Completion(completions("al", 2, VOCABULARY))
    chosen = [completion.chosen.label]
    for step in (1, 1, -1, -1):
        completion = completion.turned(step)
        chosen.append(completion.chosen.label)
    assert chosen == ["alice", "Alina", "alice", "Alina", "alice"]


def test_people_come_as_one_spoke_with_them_then_as_they_spoke_then_by_the_alphabet() -> None:
    there = ["zoe", "Bert", "anna", "\u00c9mile", "carl", "dora", "me"]
    assert ranked(there, ["carl", "gone", "dora"], ["me", "zoe", "carl"], "me") == [
        "carl",
        "dora",
        "zoe",
        "anna",
        "Bert",
        "\u00c9mile",
    ]


def test_nobody_is_offered_oneself() -> None:
    assert ranked(["me"], ["me"], ["me"], "me") == []


# Not st.text(), which would forget how likely each character is.
anything = st.lists(st.characters() | st.sampled_from(["/join ", "/msg ", "/", "@", "al", "b", "te", " ", "\n"])).map(
    "".join
)


@given(anything, anything)
@example(":al", "")
@example("a tea :tea:", "b")
def test_completing_loses_nothing_but_the_word_that_it_completes(before: str, behind: str) -> None:
    for each in completions(before + behind, len(before), VOCABULARY):
        # Beside an emoji stands the name by which it was found.
        shown, _, name = each.label.partition(" ")
        start, word, end = each.text[: each.cursor].rpartition(shown)
        assert word
        assert end in ("", " ", ": ")
        assert before.startswith(start)
        assert (each.text[each.cursor :] == behind) or (f" {each.text[each.cursor :]}" == behind and end)
        assert plain(f":{name}:" if name else word).startswith(plain(before.removeprefix(start)))


@given(st.lists(st.text("abcM\u00e9", max_size=2)), st.lists(st.text("abcM\u00e9", max_size=2)))
def test_ranking_keeps_everybody_once(usernames: list[str], spoken: list[str]) -> None:
    order = ranked(usernames, spoken, spoken[::-1], "a")
    assert sorted(order) == sorted({*usernames} - {"a"})


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        (":tea:|", ["\U0001f375|"]),
        ("a cup of :TEA:| for all", ["a cup of \U0001f375| for all"]),
        (":tea|", ["\U0001f375|", "\U0001fad6|"]),
        ("/me likes :tea:|", ["/me likes \U0001f375|"]),
        ("at 12:30|", []),
        ("tea:|", []),
        (":t|", [":tea |", ":team |"]),
        (":nosuchemoji:|", []),
    ],
)
def test_a_shortcode_becomes_its_emoji_and_what_is_none_stays(before: str, expected: list[str]) -> None:
    assert completed(before)[: len(expected) or 1] == expected


def test_of_many_emoji_those_with_short_names_are_offered() -> None:
    found = completions(":sm", 3, VOCABULARY)
    assert 1 < len(found) <= MAX_OFFERED
    assert [len(each.label) for each in found] == sorted(len(each.label) for each in found)
