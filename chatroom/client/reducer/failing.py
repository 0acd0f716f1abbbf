"""Failing: a request was not carried out, and what was typed for it is not lost."""

from __future__ import annotations

from chatroom.client.model.chat import Chat
from chatroom.client.model.conversation import Conversation
from chatroom.client.reducer import leaving
from chatroom.wire.frames import requests
from chatroom.wire.frames.requests import AnyRequest


def failed(chat: Chat, request: AnyRequest, reason: str, *, back: bool = False) -> None:
    """Know that *request* was not carried out; what was typed for it comes *back* into the line of its room."""
    chat.was_asked(request)
    if isinstance(request, requests.Join):
        chat.bound_for = None
    if lookup := chat.lookups.take(request):
        lookup.failed(reason)
    elif isinstance(request, requests.Say) and request.cid and (found := chat.room(request.room)):
        _refused(chat, found, request, reason, back=back)
    elif isinstance(request, requests.Tell) and request.cid and (talk := chat.addressed(request)):
        _refused(chat, talk, request, reason, back=back)
        if talk is not chat.current:
            _not_told(chat, request, reason)
        if talk.unused and talk is not chat.current:
            # It was opened for that alone.
            leaving.forget(chat, talk, back=False)
    elif isinstance(request, requests.Say):
        # The room is gone, or one is; what was said there is not lost for that.
        chat.notice(f"Not sent: {request.text}\n{reason}", error=True)
    elif isinstance(request, requests.History):
        # Where nobody looks any more, nobody waits for it.
        if there := chat.at(request.room, request.with_):
            there.loading = False
    elif isinstance(request, requests.Tell):
        _not_told(chat, request, reason)
    elif not isinstance(request, requests.Quit):
        # What nobody asked for just now may come while they type.
        tell = chat.notice if isinstance(request, requests.Join) and request.room in chat.wanted else chat.aside
        tell(reason, error=True)
        if isinstance(request, requests.Topic) and back:
            chat.returned = f"/topic {request.topic}"


def _refused(
    chat: Chat, found: Conversation, request: requests.Say | requests.Tell, reason: str, *, back: bool
) -> None:
    """Show that the message of *request* won't be said; what was typed is put into the line again, if it fits."""
    found.refused(request.cid or "", reason, chat.now())
    put = back and not found.reverse_search and found.returned.put(_typed(request))
    if found is chat.current and not put and (back or "\n" not in request.text):
        chat.returned = _typed(request)


def _not_told(chat: Chat, request: requests.Tell, reason: str) -> None:
    chat.aside(reason, error=True)
    # Nobody has it, so whoever wrote it shall not have to write it again.
    chat.returned = f"/msg {request.to} {request.text}"


def _typed(say: requests.Say | requests.Tell) -> str:
    """Return what was typed for *say*."""
    if say.action:
        return f"/me {say.text}"
    if say.re:
        return f"/reply {say.re} {say.text}"
    return f"/{say.text}" if say.text.startswith("/") else say.text
