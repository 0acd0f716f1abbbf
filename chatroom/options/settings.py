"""A file of settings in TOML: each sets the option of the same name."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from chatroom.programs.suggestion import suggestion
from chatroom.programs.toml import places

Notation = Literal["text", "texts", "endpoint", "endpoints", "number", "flag"]
"""The notation of a setting; an endpoint may be a whole number too, for that is how people write a port."""

_TYPES: Mapping[Notation, str] = {
    "text": "a text in quotes",
    "texts": "a list of texts in quotes",
    "endpoint": "a port, or an endpoint in quotes",
    "endpoints": "a list of ports, or of endpoints in quotes",
    "number": "a number",
    "flag": "true or false",
}

_ITEMS: Mapping[Notation, Collection[type]] = {"texts": (str,), "endpoints": (str, int)}


class SettingsUnusable(ValueError):
    """The file, or a setting in it, is of no use; the message says where, for a person."""


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting, as *arguments* of the command line; *where* is its line, for a person."""

    name: str
    arguments: list[str]
    where: str


def read_settings(path: Path, notations: Mapping[str, Notation]) -> Iterator[Setting]:
    """Return the settings in the file at *path*, whose *notations* are given by name.

    :raises SettingsUnusable: if the file can't be read, or a setting is unknown or in another notation.
    """
    try:
        # Editors of Windows begin by a byte order mark, which is no part of what stands there.
        text = path.read_text(encoding="utf-8-sig")
        found = tomllib.loads(text)
    except OSError as error:
        raise SettingsUnusable(f"{path} can't be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise SettingsUnusable(f"{path} is not UTF-8") from error
    except (ValueError, RecursionError) as error:
        raise SettingsUnusable(f"{path} is not TOML: {error}") from error
    lines = places(text)
    for name, value in found.items():
        where = f"{path}, line {lines[name,]}"
        if name not in notations:
            table = "; options stand in no table" if isinstance(value, dict) else ""
            raise SettingsUnusable(f"{where}: there is no option {name!r}{suggestion(name, notations) or table}")
        notation = notations[name]
        values = _arguments(value, notation)
        if values is None:
            raise SettingsUnusable(f"{where}: {name} takes {_TYPES[notation]}, not {_shown(_culprit(value, notation))}")
        yield Setting(name, [f"--{name}{value}" for value in values], where)


def _arguments(value: Any, notation: Notation) -> list[str] | None:
    """Return the ends of the arguments, one for each time the option is given; nothing for another notation."""
    match notation, value:
        case "flag", bool():
            return [""] * value
        case _, bool():
            return None
        case ("number", int() | float()) | ("text", str()) | ("endpoint", str() | int()):
            return [f"={value}"]
        case (("texts" | "endpoints"), list()) if all(type(item) in _ITEMS[notation] for item in value):
            return [f"={item}" for item in value]
    return None


def _culprit(value: Any, notation: Notation) -> Any:
    """Return the wrong part of *value*: of a list, the first wrong item."""
    if isinstance(value, list) and notation in _ITEMS:
        return next(item for item in value if type(item) not in _ITEMS[notation])
    return value


def _shown(value: Any) -> str:
    match value:
        case bool():
            return str(value).lower()
        case dict():
            return "a table"
        case list():
            return "a list"
        case str():
            return ascii(value)
    return str(value)
