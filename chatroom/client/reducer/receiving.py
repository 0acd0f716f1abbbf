"""Receiving: what somebody has said becomes a message that is shown, written down, and taken back."""

from __future__ import annotations

from chatroom.client.model.chat import Chat
from chatroom.client.model.conversation import Conversation
from chatroom.client.model.logs import LogFailed
from chatroom.client.model.retractions import TAKEN_BACK
from chatroom.client.text.highlights import mentions
from chatroom.client.views.lines import MessageLine
from chatroom.core.values.texts import MAX_TEXT
from chatroom.wire.frames import answers


def message(chat: Chat, said: answers.Said | answers.Message) -> MessageLine:
    """Return what was *said* as it is shown."""
    own = said.from_ == chat.username
    may_mention = not own and not chat.preferences.ignores(said.from_)
    mention = may_mention and mentions(said.text, chat.username, chat.highlight_words)
    at = chat.local(said.at)
    if said.redacted:
        return MessageLine(said.seq, at, said.from_, "", own=own, retraction=TAKEN_BACK)
    return MessageLine(
        said.seq,
        at,
        said.from_,
        # No text is longer, and a word that filled many screens would take seconds to draw.
        said.text[:MAX_TEXT],
        action=said.action is True,
        own=own,
        mention=mention,
        re=said.re or None,
        notice=said.notice is True,
    )


def messages(chat: Chat, page: answers.Entries) -> list[MessageLine]:
    """Return the messages of a *page* of a log as they are shown."""
    lines = [message(chat, entry) for entry in page.entries]
    conversation = chat.at(page.room, page.with_)
    return [conversation.retractions.applied(line) for line in lines] if conversation else lines


def take_back(chat: Chat, conversation: Conversation, event: answers.Redacted) -> None:
    """Know that a message in *conversation* was taken back: no copy of it is kept."""
    was = conversation.take_back(event)
    chat.alerts.take_back(conversation.name, event.seq)
    # Who takes back their own may be about to say it better.
    if was and not was.own and chat.clipboard.text == was.text:
        chat.clipboard.text = ""


def write_down(chat: Chat, conversation: Conversation, message: MessageLine) -> None:
    """Write *message* into the log of *conversation*, if the user has begun one."""
    if message.own or not chat.preferences.ignores(message.speaker):
        try:
            chat.logs.said(conversation.name, message)
        except LogFailed as failed:
            chat.notice(str(failed), error=True)
