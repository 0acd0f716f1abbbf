"""The files of the web page, which are part of the package."""

from __future__ import annotations

import re
from collections.abc import Mapping
from gzip import compress
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable

from chatroom.core.values.replies import Reloaded
from chatroom.wire.http.site import Asset

KINDS = {
    "css": "text/css; charset=utf-8",
    "html": "text/html; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "png": "image/png",
    "svg": "image/svg+xml",
    "webmanifest": "application/manifest+json",
}
"""The kinds of files, by the ends of their names."""


_COMMENT = re.compile(rb"^[ \t]*(?:/\*(?:(?!\*/).)*\*/|//[^\n]*)\n", re.DOTALL | re.MULTILINE)
"""Comments that have lines of their own: a seventh of what the files take, and of no use to a browser."""


class Assets:
    """The files in *folder*, read at the start, so that a server that is about to be upgraded stays one piece.

    What is said in scripts and styles to their readers stays at home.
    """

    def __init__(self, folder: Traversable | None = None) -> None:
        self._folder = folder or files("chatroom") / "web"
        self.found: dict[str, Asset] = {}
        self.found.update(self._read())

    def reload(self) -> Reloaded:
        """Read the files again."""
        try:
            found = self._read()
        except OSError as error:
            return Reloaded(failed=(f"keeping the old web page: {error}",))
        if found == self.found:
            return Reloaded()
        self.found.clear()
        self.found.update(found)
        return Reloaded(changed=("read the web page again",))

    def _read(self) -> Mapping[str, Asset]:
        return {
            # Weak, for it is that of both, packed or not.
            file.name: Asset(body, kind, f'W/"{sha256(body).hexdigest()[:10]}"', compress(body, mtime=0))
            for file in self._folder.iterdir()
            if (kind := KINDS.get(file.name.rpartition(".")[2])) is not None
            for body in [_said(file)]
        }


def _said(file: Traversable) -> bytes:
    body = file.read_bytes()
    return _COMMENT.sub(b"", body) if file.name.endswith((".css", ".js")) else body
