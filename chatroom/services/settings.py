"""A file of settings in TOML: each line sets what the option of the same name sets on the command line."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal

from chatroom.toml import places

Kind = Literal["text", "texts", "number", "flag"]
"""What a setting may be; a text may be a whole number, too, for that is how one writes a port."""

_TYPES: Mapping[Kind, str] = {
    "text": "a text in quotes",
    "texts": "a list of texts in quotes",
    "number": "a number",
    "flag": "true or false",
}


class SettingsUnusable(ValueError):
    """The file can't be read, or says something that makes no sense; this says where, for a person."""


@dataclass(frozen=True, slots=True)
class Setting:
    """*arguments* are what one would write on the command line; *where* the file says so."""

    name: str
    arguments: list[str]
    where: str


def read_settings(path: Path, kinds: Mapping[str, Kind]) -> Iterator[Setting]:
    """Return what the file at *path* sets, of settings of these *kinds*.

    :raises SettingsUnusable: if it can't be read, or one of them does not exist or is of another kind.
    """
    try:
        text = path.read_text(encoding="utf-8")
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
        if name not in kinds:
            raise SettingsUnusable(f"{where}: there is no option {name!r}{_suggestion(name, kinds)}")
        values = _arguments(value, kinds[name])
        if values is None:
            raise SettingsUnusable(f"{where}: {name} takes {_TYPES[kinds[name]]}, not {_shown(value)}")
        yield Setting(name, [f"--{name}{value}" for value in values], where)


def _arguments(value: Any, kind: Kind) -> list[str] | None:
    """Return what follows the option's name for each time that it is to be given, or nothing for another kind."""
    match kind, value:
        case "flag", bool():
            return [""] * value
        case _, bool():
            return None
        case ("number", int() | float()) | ("text", str() | int()):
            return [f"={value}"]
        case "texts", list() if all(type(item) in {str, int} for item in value):
            return [f"={item}" for item in value]
    return None


def _suggestion(name: str, names: Collection[str]) -> str:
    similar = get_close_matches(name, names, 1)
    return f"; did you mean {similar[0]}?" if similar else ""


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
