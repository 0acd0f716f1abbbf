"""Reports, as the chat tells of them to those who moderate."""

from __future__ import annotations

from collections.abc import Iterator

from chatroom.client.model.chat import Chat
from chatroom.client.views.lines import NoticeLine
from chatroom.core.values.wording import because
from chatroom.wire.frames import answers, requests
from chatroom.wire.frames.requests import AnyRequest


def reported(chat: Chat, event: answers.Reported) -> None:
    """Tell that somebody has reported a message: in the room that it is about, or wherever the user is."""
    chat.open_reports.reported(event.report, event.room or "")
    about = f"message {event.seq} {f'with {event.with_}' if event.with_ else f'of {event.room}'}"
    told = f"{event.by} reports {about}{because(event.reason)}; /reports shows it (report {event.report})."
    if conversation := chat.conversations.get(event.room or ""):
        conversation.show(NoticeLine(chat.now(), told))
    else:
        chat.notice(told)


def list_reports(chat: Chat, reply: answers.Reports, request: AnyRequest | None) -> None:
    """Tell what was reported, with what was said before each message, unless the client has only counted them."""
    if isinstance(request, requests.Reports) and request.room and not request.before:
        chat.open_reports.listed(request.room, reply.reports, more=reply.more)
        if chat.open_reports.was_asked(request):
            return
    rows = [row for report in reply.reports for row in _told(chat, report)]
    more = ["There are more."] if reply.more else []
    room = request.room if isinstance(request, requests.Reports) else ""
    chat.aside("\n".join([*rows, *more]) or f"Nothing is reported in {room}.")


def _told(chat: Chat, report: answers.Report) -> Iterator[str]:
    seen = f"; seen to by {report.resolver}{because(report.note or '')}" if report.resolver else ""
    where = f"with {report.with_}" if report.with_ else f"in {report.room}"
    about = f"message {report.seq} of {report.from_} {where}"
    yield f"{report.report}: {about}, as {report.by} reports{because(report.reason)}{seen}"
    for message in report.context:
        yield f"   {_said(chat, message.at, message.from_, message.text)}"
    yield f" > {_said(chat, report.said, report.from_, report.text)}"


def _said(chat: Chat, at: str, speaker: str, text: str) -> str:
    # What comes in lines is told in one: the list is of reports.
    said = " / ".join(text.split("\n")) or "(taken back)"
    return f"{chat.local(at):%Y-%m-%d %H:%M} {speaker}: {said}"
