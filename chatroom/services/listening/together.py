"""The services of a server: all of them start, or what listens already leaves nothing behind."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from twisted.application.service import MultiService
from typing_extensions import override

from chatroom.services.listening.listener import Listener


class Together(MultiService):
    """Services that start together: if one of them can't, or is interrupted, no socket of another stays there."""

    @override
    def privilegedStartService(self) -> None:
        """Start what needs privileges."""
        with self._all_or_nothing():
            super().privilegedStartService()

    @override
    def startService(self) -> None:
        """Start the others."""
        with self._all_or_nothing():
            super().startService()

    @contextmanager
    def _all_or_nothing(self) -> Iterator[None]:
        try:
            yield
        except BaseException:
            for service in self:
                if isinstance(service, Listener):
                    service.abandon()
            raise
