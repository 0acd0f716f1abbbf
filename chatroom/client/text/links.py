"""Links in texts, and the addresses that they lead to: only of kinds that open something and run nothing."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from urllib.parse import quote, urlsplit, urlunsplit

import idna

from chatroom.client.text.highlights import highlights

SCHEMES = frozenset(("http", "https", "mailto", "gemini", "gopher", "ftp"))
"""Kinds of addresses that are handed on to other programs."""

MAX_ADDRESS = 2000
"""Characters of an address that is handed on: terminals refuse longer ones."""

# What may stand in an address as it is; a percent sign too, for what is written by it already.
_KEPT = "/:@!$&'()*+,;=-._~%?[]"


@lru_cache(maxsize=1024)
def address(link: str) -> str | None:
    """Return the address of *link* as it stands in a text, in printable ASCII; None if it is none to be handed on."""
    if link[:4].lower() == "www.":
        link = f"https://{link}"
    try:
        parts = urlsplit(link)
        machine = _machine(parts.netloc)
        path, query, fragment = (quote(part, safe=_KEPT) for part in (parts.path, parts.query, parts.fragment))
    except ValueError:
        return None
    found = urlunsplit((parts.scheme, quote(machine, safe=_KEPT), path, query, fragment))
    if parts.scheme not in SCHEMES or len(found) > MAX_ADDRESS or not (found.isascii() and found.isprintable()):
        return None
    return found if parts.scheme == "mailto" or machine else None


def _machine(place: str) -> str:
    """Return *place*, a machine with perhaps a user and a port, in ASCII, so that browsers find the same machine.

    :raises ValueError: if they find none, or another one than is to be seen.
    """
    if "\\" in place:
        # To browsers the name ends there, to others it does not.
        raise ValueError(place)
    if place.isascii():
        return place
    user, at, rest = place.rpartition("@")
    name, colon, port = rest.partition(":")
    # By UTS #46, as they do it: no letter becomes another one that is a letter too.
    labels = [_label(label) for label in idna.uts46_remap(name, std3_rules=False, transitional=False).split(".")]
    if not idna.valid_string_length(".".join(labels), trailing_dot=name.endswith(".")):
        raise ValueError(name)
    return f"{user}{at}{'.'.join(labels)}{colon}{port}"


def _label(label: str) -> str:
    """Return the *label* of a name, which was mapped, as it is looked up."""
    if label.isascii():
        return label
    idna.check_bidi(label)
    idna.check_initial_combiner(label)
    if not all(idna.valid_contextj(label, place) for place, sign in enumerate(label) if sign in _JOINERS):
        raise ValueError(label)
    looked_up = f"xn--{label.encode('punycode').decode()}"
    if not idna.valid_label_length(looked_up):
        raise ValueError(label)
    return looked_up


# They are not seen, and stand only where they change how a word is written.
_JOINERS = "\u200c\u200d"


def addresses(text: str) -> Iterator[str]:
    """Give the addresses of the links in *text*, in order."""
    for found in highlights(text, ""):
        if found.kind == "link" and (to := address(text[found.start : found.end])):
            yield to
