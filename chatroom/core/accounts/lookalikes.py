"""Names that look like others: skeletons as Unicode's security mechanisms make them (UTS #39)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from importlib.metadata import version
from unicodedata import normalize, unidata_version

from chatroom.core.values.names import Username, key

_ASCII = str.maketrans({"0": "O", "1": "l", "I": "l", "m": "rn"})
"""What stands for the letters of ASCII names, in which most people need no table."""

_OURS = {"\u04cf": "l"}
"""What we see otherwise than the table: to it, the small palochka looks like an i."""

_GLANCED = str.maketrans("i3457", "least", "-_")
"""What is not looked at closely: an i beside the l for which a 1 stands, digits, and what is between letters."""


@lru_cache(maxsize=4096)
def skeletons(name: Username) -> frozenset[str]:
    """Return what *name* looks like, as it is written and in lower case: names with one in common look the same."""
    return frozenset({_skeleton(name), _skeleton(key(name))})


def glances(name: Username) -> frozenset[str]:
    """Return what *name* looks like at a glance: without dashes, and with digits read as the letters they stand for."""
    return frozenset(look.translate(_GLANCED) for look in skeletons(name))


def table() -> str:
    """Return which table of what looks like what this is: by another one names may have other skeletons."""
    return f"{version('confusable_homoglyphs')} {unidata_version} {''.join(_OURS)}"


def _skeleton(name: str) -> str:
    if name.isascii():
        return name.translate(_ASCII).casefold()
    # Case goes afterwards: a capital I looks like an l.
    return normalize("NFD", "".join(map(_prototype, normalize("NFD", name)))).casefold()


@cache
def _data() -> Mapping[str, Sequence[Mapping[str, str]]]:
    """Return what looks like what."""
    # Only here: it takes 70 ms and 6 MiB, and where nobody has an account, nobody needs it.
    from confusable_homoglyphs.confusables import confusables_data

    data: Mapping[str, Sequence[Mapping[str, str]]] = confusables_data
    return data


def _prototype(letter: str) -> str:
    """Return what stands for *letter* and all that look like it."""
    if letter in _OURS:
        return _OURS[letter]
    alike = [_bare(other["c"]) for other in _data().get(letter, ())]
    # The data says which look alike, and not which one stands for them: that is the one with many others. Of two alone,
    # either will do, as long as it is the same one.
    if len(alike) != 1:
        return letter
    [other] = alike
    return other if len(_data().get(other, ())) > 1 or (-len(other), other) < (-1, letter) else letter


def _bare(letter: str) -> str:
    """Return *letter* without the marks of direction by which the data keeps it readable."""
    return letter.strip("\u200e")
