"""A command line whose options can stand in a file too, each under its own name."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from typing_extensions import override

from chatroom.client.keys.bindings import DEFAULT, Bindings
from chatroom.programs.standard_output import ArgumentParser
from chatroom.programs.suggestion import suggestion

_MAX_TOLD = 4
"""Problems that are told one by one on a screen."""


class BadValue(Exception):
    """A value that an option can't have; its text says why."""


@dataclass(frozen=True, slots=True)
class Config:
    """The user's settings: *options* by their names in the program, keys, styles, hues of some people, hooks.

    *problems* are for the user, who can mend them in *file*.
    """

    options: Mapping[str, Any] = field(default_factory=dict)
    keys: Bindings = DEFAULT
    styles: Mapping[str, str] = field(default_factory=dict)
    hues: Mapping[str, int] = field(default_factory=dict)
    hooks: Mapping[str, Sequence[str]] = field(default_factory=dict)
    problems: Sequence[str] = ()
    file: str = ""

    @property
    def told(self) -> Sequence[str]:
        """The problems, as far as there is room for them on a screen, and where to see the others."""
        more = len(self.problems) - _MAX_TOLD
        if more <= 1:
            return self.problems
        rest = f"{more} more things in {self.file} are not understood; chatroom-urwid --check-config lists them"
        return [*self.problems[:_MAX_TOLD], rest]


class Parser(ArgumentParser):
    """A parser of the command line; of its *arguments*, *options* are what can stand in a file, by the names there.

    That is every argument with a default; ``default=argparse.SUPPRESS`` keeps one to the command line. One that may
    be given several times has a list for its default.
    """

    def __init__(self, **settings: Any) -> None:
        self.arguments: list[argparse.Action] = []
        self.options: dict[str, argparse.Action] = {}
        super().__init__(**settings)

    @override
    def add_argument(self, *names: str, **settings: Any) -> argparse.Action:
        action = super().add_argument(*names, **settings)
        self.arguments.append(action)
        if action.default is not argparse.SUPPRESS:
            self.options.setdefault(action.dest.replace("_", "-"), action)
        return action


def value(option: argparse.Action, given: object) -> object:
    """Return what *option* is if *given* stands for it in the file.

    :raises BadValue: if it can't be that.
    """
    if given == "" and option.default is None:
        return None
    if option.nargs == 0:
        if not isinstance(given, bool):
            raise BadValue("it is true or false, without quotes")
        return given
    if isinstance(option.default, list):
        several = given if isinstance(given, list) else [given]
        return [_one(option, each) for each in several]
    return _one(option, given)


def default(option: argparse.Action) -> object:
    """Return what stands in the file for *option* as it is if nobody wants it otherwise."""
    return "" if option.default is None else option.default


def purpose(option: argparse.Action) -> str:
    """Return what *option* is for, as the help says it."""
    return (option.help or "") % vars(option)


def sentence(text: str) -> str:
    """Return what something is for as a sentence."""
    return f"{text[:1].upper()}{text[1:]}."


def closest(name: str, known: Iterable[str]) -> str:
    """Ask for the one of the *known* names that is most like *name*, if one is."""
    return suggestion(name, list(known)) or "; chatroom-urwid --print-config lists what there is"


def _one(option: argparse.Action, given: object) -> object:
    text: object = given
    # What the command line has to read as something else may be written as that.
    if callable(option.type) and isinstance(given, int | float) and not isinstance(given, bool):
        text = str(given)
    if not isinstance(text, str):
        raise BadValue("it is a number" if isinstance(option.default, int) else 'it is text, in quotes: "…"')
    found: object = text
    if callable(option.type):
        try:
            found = option.type(text)
        except argparse.ArgumentTypeError as error:
            raise BadValue(str(error)) from error
        except ValueError as error:
            raise BadValue(f'"{text}" is none') from error
    if option.choices is not None and found not in option.choices:
        raise BadValue(f'"{text}" is none of {", ".join(map(str, option.choices))}')
    return found
