"""Links in texts, and the addresses that they lead to: only of kinds that open something and run nothing."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from urllib.parse import quote, urlsplit, urlunsplit

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
        # What is not ASCII in the name of a machine is written in another way than elsewhere.
        machine = parts.netloc if parts.netloc.isascii() else parts.netloc.encode("idna").decode()
        path, query, fragment = (quote(part, safe=_KEPT) for part in (parts.path, parts.query, parts.fragment))
    except ValueError:
        return None
    found = urlunsplit((parts.scheme, quote(machine, safe=_KEPT), path, query, fragment))
    if parts.scheme not in SCHEMES or len(found) > MAX_ADDRESS or not (found.isascii() and found.isprintable()):
        return None
    return found if parts.scheme == "mailto" or machine else None


def addresses(text: str) -> Iterator[str]:
    """Give the addresses of the links in *text*, in order."""
    for found in highlights(text, ""):
        if found.kind == "link" and (to := address(text[found.start : found.end])):
            yield to
