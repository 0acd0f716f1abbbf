"""The bindings of a user: the table of keys, with their own changes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from chatroom.client.keys.actions import CLIENT, KEYS, Action, label

ESSENTIAL = (Action.SUBMIT, Action.CANCEL)
"""Actions that need a key: without one, the user would be caught."""

_MODIFIERS = {"ctrl": "ctrl", "control": "ctrl", "alt": "meta", "meta": "meta", "shift": "shift"}
_WRITTEN = re.compile(rf"((?:(?:{'|'.join(_MODIFIERS)})[-+ ])*)(.+)", re.IGNORECASE | re.DOTALL)
_ORDER = ("shift", "meta", "ctrl")
"""Of several modifiers, as urwid has it."""

_NAMED = {
    name.replace(" ", ""): name
    for name in (
        *"up down left right home end insert delete backspace tab enter esc".split(),
        *(f"f{number}" for number in range(1, 21)),
        "page up",
        "page down",
    )
} | {"pgup": "page up", "pgdn": "page down", "del": "delete", "ins": "insert", "return": "enter", "escape": "esc"}

_WITH_CTRL = frozenset("abcdefghijklmnopqrstuvwxyz]^_")
_OTHERWISE = {
    "i": "a terminal sends the same for Ctrl+i and Tab",
    "m": "a terminal sends the same for Ctrl+m and Enter",
    "z": "Ctrl+z is the terminal's, to leave the client in the background",
    "\\": "Ctrl+\\ is the terminal's, to end the client",
}


class BadKey(Exception):
    """Text that names no key that can be bound; it says why."""


def key_named(text: str) -> str:
    """Return what urwid calls the key that people write as *text*: ``Alt+PgUp``, ``alt-pgup`` are ``meta page up``.

    :raises BadKey: if there is no such key.
    """
    written = _WRITTEN.fullmatch(text.strip())
    if not written:
        raise BadKey("no key is named")
    modifiers = {_MODIFIERS[name] for name in re.split("[-+ ]", written[1].lower()) if name}
    last = written[2]
    if len(last) == 1:
        last = _character(text, last, modifiers)
    elif (name := re.sub("[-_ ]", "", last.lower())) in _NAMED:
        last = _NAMED[name]
    else:
        raise BadKey(f'there is no key "{text}"; write it like ctrl-x, alt-p, shift-up, pgup or f5')
    return " ".join([*(modifier for modifier in _ORDER if modifier in modifiers), last])


def _character(text: str, character: str, modifiers: set[str]) -> str:
    """Return the key that types *character*, written as *text*, as it is called when *modifiers* are held."""
    if not modifiers - {"shift"} or not character.isprintable() or character == " ":
        raise BadKey(f'"{text}" types text; take it with ctrl- or alt-, or a key like f5')
    if "ctrl" in modifiers:
        character = character.lower()
        if character in _OTHERWISE:
            raise BadKey(_OTHERWISE[character])
        if character not in _WITH_CTRL:
            raise BadKey(f'terminals have no "{text}"; with ctrl- goes a letter')
    elif "shift" in modifiers:
        character = character.upper()
    modifiers.discard("shift")
    return character


class Bindings:
    """The table of keys in which the actions of *changes* have other keys, as urwid calls them.

    A key that is bound anew means nothing else any more.
    """

    def __init__(self, changes: Mapping[Action, Sequence[str]]) -> None:
        self._changed = frozenset(changes)
        taken = {key for keys in changes.values() for key in keys}
        self._keys: dict[Action, Sequence[str]] = {
            row.action: changes.get(row.action, [key for key in row.keys if key not in taken]) for row in KEYS
        }
        self.actions: Mapping[str, Action] = {key: action for action, keys in self._keys.items() for key in keys}

    def keys(self, action: Action) -> Sequence[str]:
        """Return the keys that mean *action*."""
        return self._keys[action]

    def label(self, action: Action) -> str:
        """Write the first key that means *action*; nothing if there is none."""
        return next(map(label, self._keys[action]), "")

    def groups(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """Return what the keys do, to be read: groups of keys and what they do."""
        found: dict[str, list[tuple[str, str]]] = {}
        for row in KEYS:
            # What goes without saying does not when it is somewhere else.
            purpose = row.purpose or (unsaid(row.action) if row.action in self._changed else "")
            if purpose and (keys := self._keys[row.action]):
                found.setdefault(row.group, []).append((", ".join(map(label, keys)), purpose))
        # The terminal itself does these two.
        found.setdefault(CLIENT, []).append(("Ctrl+z", "leave it waiting in the background; fg brings it back"))
        found[CLIENT].append(("Ctrl+\\", "end it, whatever is open"))
        return list(found.items())


def name(action: Action) -> str:
    """Return what *action* is called where it is written down."""
    return action.name.lower().replace("_", "-")


def unsaid(action: Action) -> str:
    """Return what *action* is for, where the table leaves it to the row above: only for the rooms by number."""
    return f"to {action.name.lower().replace('_', ' ')}"


DEFAULT = Bindings({})
"""The keys as they are when nobody has changed them."""

NONE = Bindings({row.action: () for row in KEYS})
"""No keys: those of a client without a screen, whose sentences then name none."""
