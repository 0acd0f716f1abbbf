"""The configuration file: its contents, and its mistakes."""

from __future__ import annotations

import shlex
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from platformdirs import user_config_path

from chatroom.client.config.options import BadValue, Config, Parser, closest, value
from chatroom.client.drawing.styles import BadStyle, parse_style
from chatroom.client.drawing.themes import THEMES
from chatroom.client.keys.actions import Action, label
from chatroom.client.keys.bindings import DEFAULT, ESSENTIAL, BadKey, Bindings, key_named, name
from chatroom.client.model.alerts import EVENTS
from chatroom.client.views.hues import HUES
from chatroom.programs import toml
from chatroom.programs.suggestion import suggestion

KEYS, COLORS, PEOPLE, HOOKS = "keys", "colors", "hues", "hooks"
"""The tables of the file; what stands above them are options."""

NAME = "client.toml"

_ACTIONS = {name(action): action for action in Action}
_STYLES = {entry[0]: entry for entry in THEMES["dark"].palette}


def usual() -> Path:
    """Return where the file is, if nobody names another."""
    return user_config_path("chatroom") / NAME


def read(path: Path, parser: Parser, *, named: bool) -> Config:
    """Return what the file at *path* says about the options of *parser*, keys, styles and hues.

    :raises OSError: if it can't be read, although somebody has *named* it.
    """
    try:
        # Some editors begin a file with a mark that says it is UTF-8.
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        if named:
            raise
        text = ""
    except (OSError, UnicodeDecodeError) as error:
        if named and isinstance(error, OSError):
            raise
        reason = error.strerror if isinstance(error, OSError) else "it is not written in UTF-8"
        return Config(problems=[f"{shown(path)} can't be used: {reason}"], file=shown(path))
    return _Reading(path, text).config(parser)


def shown(path: Path) -> str:
    """Write *path* as people do."""
    try:
        return str(Path("~") / path.relative_to(Path.home()))
    except (ValueError, RuntimeError):
        return str(path)


class _Reading:
    """One reading of *text*, which stands in the file at *path*."""

    def __init__(self, path: Path, text: str) -> None:
        self._path = path
        self._text = text
        self._places: Mapping[toml.Path, int] | None = None
        self._problems: list[str] = []

    def config(self, parser: Parser) -> Config:
        """Return what stands there."""
        self._text, error = toml.mended(self._text)
        tables = tomllib.loads(self._text)
        if error:
            number, reason = error
            hint = "Each line is a name, = and a value; text stands in quotes."
            self._problems.append(f"{shown(self._path)}, line {number}: {reason}. {hint}")
        keys, styles, people, hooks = (self._table(tables, title) for title in (KEYS, COLORS, PEOPLE, HOOKS))
        options, bindings = self._options(tables, parser), Bindings(self._keys(keys))
        looks, hues = self._styles(styles), self._hues(people)
        commands = self._hooks(hooks)
        return Config(options, bindings, looks, hues, commands, self._problems, shown(self._path))

    def _table(self, tables: dict[str, Any], title: str) -> dict[str, Any]:
        """Take the table called *title* out of *tables*."""
        table = tables.pop(title, {})
        if isinstance(table, dict):
            return table
        self._wrong((title,), f"it is a table, which begins with a line [{title}]")
        return {}

    def _options(self, table: Mapping[str, Any], parser: Parser) -> Mapping[str, Any]:
        options = {}
        for called, given, path in self._known(table, parser.options, "option"):
            option = parser.options[called]
            try:
                options[option.dest] = value(option, given)
            except BadValue as error:
                self._wrong(path, str(error))
        return options

    def _keys(self, table: Mapping[str, Any]) -> Mapping[Action, Sequence[str]]:
        changes: dict[Action, Sequence[str]] = {}
        paths: dict[Action, toml.Path] = {}
        owners: dict[str, str] = {}
        for called, given, path in self._known(table, _ACTIONS, "action", KEYS):
            keys: list[str] = []
            for text in given if isinstance(given, list) else [given] if given != "" else []:
                try:
                    key = key_named(_text(text))
                except (BadKey, BadValue) as error:
                    self._wrong(path, str(error))
                    continue
                if owners.setdefault(key, called) == called:
                    keys.append(key)
                else:
                    self._wrong(path, f"{label(key)} is bound to {owners[key]} already, and stays so")
            # Where nothing of what was wanted can be, it stays as it was.
            if keys or given in ("", []):
                changes[_ACTIONS[called]] = keys
                paths[_ACTIONS[called]] = path
        self._free_essential(changes, paths)
        return changes

    def _free_essential(self, changes: dict[Action, Sequence[str]], paths: Mapping[Action, toml.Path]) -> None:
        """Take out of *changes* what would leave an essential action without a key."""
        for action in ESSENTIAL:
            if changes.get(action) == []:
                del changes[action]
                self._wrong(paths[action], "it can't be without a key")
            while not Bindings(changes).keys(action):
                own = set(DEFAULT.keys(action))
                thief = next(other for other, keys in changes.items() if own & set(keys))
                del changes[thief]
                self._wrong(paths[thief], f"{name(action)} would be without a key; give that another one too")

    def _styles(self, table: Mapping[str, Any]) -> Mapping[str, str]:
        styles = {}
        for called, given, path in self._known(table, _STYLES, "style", COLORS):
            try:
                parse_style(_text(given))
                styles[called] = given
            except (BadStyle, BadValue) as error:
                self._wrong(path, str(error))
        return styles

    def _hues(self, table: Mapping[str, Any]) -> Mapping[str, int]:
        hues = {}
        for person, given in table.items():
            if given in HUES:
                hues[person] = HUES.index(given)
            elif type(given) is int and 0 <= given < len(HUES):
                hues[person] = given
            else:
                hint = suggestion(str(given), HUES) or f"; a hue is one of {', '.join(HUES)}"
                self._wrong((PEOPLE, person), f'there is no hue "{given}"{hint}')
        return hues

    def _hooks(self, table: Mapping[str, Any]) -> Mapping[str, Sequence[str]]:
        hooks = {}
        for called, given, path in self._known(table, dict.fromkeys(EVENTS), "event", HOOKS):
            try:
                hooks[called] = shlex.split(_text(given))
            except (ValueError, BadValue) as error:
                self._wrong(path, str(error))
        return hooks

    def _known(
        self, table: Mapping[str, Any], known: Mapping[str, object], what: str, *above: str
    ) -> Iterator[tuple[str, Any, toml.Path]]:
        """Give what stands in *table* by the *known* names, and where; the rest is no such thing as *what*."""
        for written, given in table.items():
            # On the command line there is no other way than with hyphens; here both are usual.
            called = written.replace("_", "-")
            if called in known:
                yield called, given, (*above, written)
            else:
                hint = closest(called, known if above else [*known, KEYS, COLORS, PEOPLE, HOOKS])
                self._wrong((*above, written), f"there is no such {what}{hint}")

    def _wrong(self, path: toml.Path, reason: str) -> None:
        """Note that what stands at *path* is not used, for that *reason*."""
        if self._places is None:
            self._places = toml.places(self._text)
        line = f", line {self._places[path]}" if path in self._places else ""
        self._problems.append(f"{shown(self._path)}{line}, {path[-1]}: {reason}")


def _text(given: object) -> str:
    if not isinstance(given, str):
        raise BadValue('it is text, in quotes: "…"')
    return given
