"""The file of settings, read again while the server runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from chatroom.core.values.replies import Reloaded
from chatroom.options.command_line import Options
from chatroom.options.settings import SettingsUnusable


class SettingsFile:
    """The file that *options* name; *apply* takes all options whenever some that are live have changed in it."""

    def __init__(self, options: Options, apply: Callable[[Options], None]) -> None:
        self._started = self._live = options
        self._apply = apply

    def reload(self) -> Reloaded:
        """Read the file again; if it is of no use, keep all settings."""
        try:
            found = self._started.read_again()
        except SettingsUnusable as error:
            return Reloaded(failed=(f"keeping the old settings: {error}",))
        changed = [
            f"{option.name} is {_shown(found[option.name])} now, and was {_shown(self._live[option.name])}"
            for option in found.all
            if option.live and found[option.name] != self._live[option.name]
        ]
        if changed:
            self._apply(found)
            self._live = found
        return Reloaded(tuple(changed), tuple(self._too_late(found)))

    def _too_late(self, found: Options) -> Iterator[str]:
        """Yield what is said of each option that a running server does not change."""
        for option in found.all:
            if not option.live and found[option.name] != self._started[option.name]:
                yield f"{found.where(option.name)}: {option.name} changes only when the server is started again"


def _shown(value: Any) -> str:
    return f"{value:.15g}"
