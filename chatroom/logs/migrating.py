"""What the server's log says of a store that is brought to the form of this version."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from twisted.logger import Logger

log = Logger()


@contextmanager
def migrating(store: Path | str, before: int, after: int) -> Iterator[None]:
    """Tell that *store* is brought from one version of its schema to another, and when that is done.

    Of a new one, of version 0, there is nothing to tell.
    """
    tells = 0 < before < after
    if tells:
        log.info(
            "bringing {store} from version {before} of its schema to {after}: nobody comes in until that is done",
            store=store,
            before=before,
            after=after,
        )
    yield
    if tells:
        log.info("{store} is of version {after} now", store=store, after=after)
