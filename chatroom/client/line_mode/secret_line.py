"""The line that nobody shall see, where one is asked for."""

from __future__ import annotations

from collections.abc import Callable

from chatroom.client.line_mode.printer import Printer
from chatroom.client.ports import LineSource
from chatroom.client.views.printed import information, trouble


class SecretLine:
    """The next line of *input*, if that is a secret."""

    def __init__(self, input: LineSource, printer: Printer) -> None:
        self._input = input
        self._printer = printer
        self._take: Callable[[str], None] | None = None

    @property
    def asked(self) -> bool:
        """Whether the next line is one."""
        return self._take is not None

    def ask(self, prompt: str, take: Callable[[str], None]) -> None:
        """Let *take* have the next line that is typed, after *prompt*, and nobody see it."""
        self._take = take
        self._input.echo(False)
        self._printer.print(information([prompt.strip()]))

    def take(self, line: bytes) -> None:
        """Hand on *line*, which is one."""
        take, self._take = self._take, None
        assert take, "one was asked for"
        try:
            text = line.removesuffix(b"\r").decode()
        except UnicodeDecodeError:
            self._printer.print(trouble("This line is not in UTF-8."))
            text = ""
        take(text)
        if not self.asked:
            self._input.echo(True)
