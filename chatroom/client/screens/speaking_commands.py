"""The commands that say something, to a room or to one person alone."""

from __future__ import annotations

from chatroom.client.model.chat import Chat
from chatroom.client.model.talk import SIGN
from chatroom.client.reducer import talking
from chatroom.client.screens.command import Command, Incomplete, NotDone, conversation, number, words
from chatroom.client.screens.overlays.messages import NO_REPLIES
from chatroom.client.screens.screen import Screen
from chatroom.core.values import names, texts
from chatroom.core.values.errors import ChatError
from chatroom.wire.frames.requests import AnyRequest


def say(chat: Chat, text: str, *, action: bool = False) -> AnyRequest | None:
    """Say *text* in the room that is looked at, in answer to the message that is to be answered there.

    :raises NotDone: if it can't be said.
    """
    if chat.current is None:
        raise NotDone("You are in the lobby: enter a room to talk, or write /msg and a name.")
    try:
        said = chat.say(chat.current, texts.message(text), action=action, re=chat.current.answering)
    except ChatError as error:
        raise NotDone(str(error)) from error
    chat.current.answering = None
    return said


def _me(screen: Screen, rest: str) -> AnyRequest | None:
    if not rest:
        raise Incomplete
    return say(screen.chat, rest, action=True)


def _reply(screen: Screen, rest: str) -> AnyRequest | None:
    what, text = words(rest)
    if not screen.chat.replies:
        raise NotDone(NO_REPLIES)
    there = conversation(screen)
    if not (seq := number(what) or there.newest_of(what)):
        raise NotDone(f"Nothing that {what} said here is left to answer.")
    there.answering = seq
    return say(screen.chat, text) if text else None


def _msg(screen: Screen, rest: str) -> AnyRequest | None:
    to, text = words(rest)
    to = to.removeprefix(SIGN)
    chat = screen.chat
    if text:
        return _tell(chat, to, text)
    if not chat.pages:
        raise Incomplete
    try:
        chat.further += talking.query(chat, names.username(to))
    except ChatError as error:
        raise NotDone(str(error)) from error
    return None


def _query(screen: Screen, rest: str) -> AnyRequest | None:
    to, text = words(rest)
    if screen.chat.pages:
        _msg(screen, to)
    return _msg(screen, rest) if text or not screen.chat.pages else None


def _tell(chat: Chat, to: str, text: str) -> AnyRequest:
    """Say *text* to one person alone.

    :raises NotDone: if it can't be said.
    """
    try:
        request = talking.tell(chat, names.username(to), texts.message(text))
    except ChatError as error:
        raise NotDone(str(error)) from error
    # Who looks at the page sees it there.
    return request if chat.current and chat.current is chat.talk(to) else chat.ask(request)


SPEAKING = (
    Command("me", "text", "do something, as in /me waves", _me, ("text",)),
    Command("reply", "user text", "answer their last message, or one by its number", _reply, ("user", "text")),
    Command(
        "msg",
        "user [text]",
        "say something to one person alone; without a text, go to the page of the talk",
        _msg,
        ("user", "text"),
        ("tell",),
    ),
    Command(
        "query", "user [text]", "go to the page of a talk, and say something there", _query, ("user", "text"), ("talk",)
    ),
)
"""Those that say something."""
