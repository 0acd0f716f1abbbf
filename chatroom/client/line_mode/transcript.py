"""A chat where one line comes after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from chatroom.client.model import overview
from chatroom.client.model.chat import Chat
from chatroom.client.model.conversation import Conversation
from chatroom.client.model.window import Window
from chatroom.client.navigation.message import LOOKING
from chatroom.client.views.items import FoundMessage, RoomItem
from chatroom.client.views.lines import Line, MessageLine, Private
from chatroom.client.views.printed import Printed, day, information, trouble, written
from chatroom.client.views.view import ListView
from chatroom.wire.text.quoting import first_words

MAX_LISTED_ROOMS = 50
"""Rooms that are listed in the lobby."""


class LinePrinter:
    """Takes what is new out of *chat*, as lines to print; so little has to be kept of what was printed.

    What a conversation *holds* is not printed yet.
    """

    def __init__(self, chat: Chat, holds: Callable[[Conversation], bool] = lambda _: False) -> None:
        self._chat = chat
        self._holds = holds
        self._day = chat.now().date()
        self._room_item: Conversation | None = None
        self._told = False

    def take(self) -> list[Printed]:
        """Return what was said and what else there is to tell, in all rooms, since this was called last."""
        printed: list[Printed] = []
        for conversation in self._chat.conversations.values():
            if self._holds(conversation):
                continue
            # Where several rooms are heard at once, only the one that is talked in goes without its name.
            name = "" if conversation is self._chat.current else conversation.name
            printed += self._passage(conversation)
            printed += self._taken(conversation.window, name, conversation)
        answered = [printed for aside in self._chat.asides.take() for printed in written(aside, self._chat.clock)]
        return [*printed, *answered, *self._remarked(), *self._taken(self._chat.lobby)]

    def whereabouts(self) -> list[Printed]:
        """Return the user's whereabouts, if they have changed since this told them."""
        here = self._chat.current
        if self._told and here is self._room_item:
            return []
        if here is None:
            return self.lobby()
        self._told, self._room_item = True, here
        return information([entered(here)])

    def lobby(self) -> list[Printed]:
        """Return the open rooms, and the ways out of the lobby."""
        self._told, self._room_item = True, None
        rows = overview.lobby_rooms(self._chat)
        count = f"{len(rows)} room{' is' if len(rows) == 1 else 's are'} open"
        listed = [
            f"  {row.room}   {row.members}{f'/{row.capacity}' if row.capacity else ''}   {row.topic}".rstrip()
            for row in rows[:MAX_LISTED_ROOMS]
        ]
        more = [f"  and {len(rows) - MAX_LISTED_ROOMS} more"] if len(rows) > MAX_LISTED_ROOMS else []
        return information(
            [f"You are in the lobby; {count}. /join room enters one, /help lists the commands.", *listed, *more]
        )

    def listed(self, view: ListView) -> list[Printed]:
        """Return what *view* lists; what is at the top of a page comes last here."""
        if view.error:
            return trouble(view.notice)
        if not view.items:
            return information([view.notice])
        head = f"{view.title}: {view.about}" + (f" ({view.count})" if view.count else "")
        printed = information([head])
        for item in reversed(view.items):
            match item:
                case FoundMessage():
                    printed += self._dated(item.message, item.place if item.named else "")
                case RoomItem():
                    printed += information([f"  {item.room}: {item.unread} new"])
        return printed

    def _remarked(self) -> list[Printed]:
        """Return why a way led nowhere, if one did."""
        remark = self._chat.remark
        if not remark or remark == LOOKING:
            return []
        self._chat.remark = ""
        return trouble(f"{remark.removesuffix('.')}.")

    def _passage(self, conversation: Conversation) -> list[Printed]:
        """Return what stands from the message on to which the user has gone, as far as it is here."""
        reading = conversation.reading
        if reading.lookup or reading.anchor is None or reading.anchor.seq is None:
            return []
        window, begin, reading.anchor = reading.shown, reading.anchor.seq, None
        # Now it is printed, and nobody has to be led back.
        self._chat.remark = ""
        reading.return_to_live()
        reading.follow(True)
        last = window.last or begin
        window.lines = [line for line in window.lines if not isinstance(line, MessageLine) or line.seq >= begin]
        printed = self._taken(window, conversation=conversation)
        return [*printed, *(information([f"/goto #{last + 1} prints on."]) if last < conversation.newest else [])]

    def _taken(self, window: Window, room: str = "", conversation: Conversation | None = None) -> list[Printed]:
        lines, window.lines = window.lines, []
        printed: list[Printed] = []
        for line in self._chat.line_filter.shown(lines):
            printed += self._dated(line, room, self._answered(line, conversation))
            if conversation and isinstance(line, MessageLine):
                # How it began is all that is kept of it, for those that answer it.
                conversation.quotes.take(line.seq, replace(line, text=first_words(line.text)))
        return printed

    def _answered(self, line: Line, conversation: Conversation | None) -> str:
        """Return who is answered by *line* and how that begins; if it is not known any more, its number."""
        if conversation is None or not isinstance(line, MessageLine) or line.re is None:
            return ""
        answered = conversation.quotes.seen(self._chat.preferences.ignores).get(line.re)
        if answered is None:
            return conversation.speaker(line.re) or f"message {line.re}"
        return f"{answered.speaker}: {answered.retraction or answered.text}"

    def _dated(self, line: Line, room: str, answered: str = "") -> Iterator[Printed]:
        """Yield *line*, with who is *answered*, below its day if that is another one than before."""
        if isinstance(line, MessageLine | Private) and line.at.date() != self._day:
            self._day = line.at.date()
            yield from information([day(self._day)])
        yield from written(line, self._chat.clock, room, answered)


def entered(conversation: Conversation) -> str:
    """Name the room that was entered."""
    people = f"{conversation.count} {'person' if conversation.count == 1 else 'people'}"
    topic = f" Topic: {conversation.topic}" if conversation.topic else ""
    return f"You are in {conversation.name} ({people}).{topic}"


def help_lines(groups: Sequence[tuple[str, Sequence[tuple[str, str]]]]) -> list[Printed]:
    """Return the commands in *groups*, and what they do."""
    rows = [row for _, group in groups for row in group]
    longest = max(len(usage) for usage, _ in rows)
    return information([f"  {usage:<{longest}}   {purpose}" for usage, purpose in rows])
