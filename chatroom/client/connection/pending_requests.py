"""The requests that wait for their replies."""

from __future__ import annotations

from itertools import count

import msgspec
from twisted.internet.defer import Deferred
from twisted.python.failure import Failure

from chatroom.client.states import Refused
from chatroom.wire.frames import answers, requests
from chatroom.wire.frames.requests import AnyRequest

REPLIES: dict[type, type[answers.ReplyFrame]] = {
    requests.Login: answers.Welcome,
    requests.Authenticate: answers.Ok,
    requests.Trust: answers.Ok,
    requests.Register: answers.Ok,
    requests.ChangePassword: answers.Ok,
    requests.Unregister: answers.Ok,
    requests.Devices: answers.Devices,
    requests.Revoke: answers.Ok,
    requests.Ignore: answers.Ok,
    requests.Unignore: answers.Ok,
    requests.Ignored: answers.Ignored,
    requests.Operate: answers.Ok,
    requests.Rename: answers.Ok,
    requests.Profile: answers.Ok,
    requests.List: answers.Rooms,
    requests.Create: answers.Entered,
    requests.Join: answers.Entered,
    requests.Leave: answers.Ok,
    requests.Delete: answers.Ok,
    requests.Say: answers.Ok,
    requests.Tell: answers.Ok,
    requests.Confide: answers.Ok,
    requests.Talks: answers.Talks,
    requests.Who: answers.Members,
    requests.WhoIs: answers.People,
    requests.WhoWas: answers.People,
    requests.Monitor: answers.Monitored,
    requests.Topic: answers.Ok,
    requests.History: answers.Entries,
    requests.Search: answers.Entries,
    requests.Mark: answers.Ok,
    requests.Unread: answers.Unread,
    requests.Kick: answers.Ok,
    requests.Appoint: answers.Ok,
    requests.Configure: answers.Ok,
    requests.Invite: answers.Ok,
    requests.Mute: answers.Ok,
    requests.Unmute: answers.Ok,
    requests.Ban: answers.Ok,
    requests.Unban: answers.Ok,
    requests.Exempt: answers.Ok,
    requests.Unexempt: answers.Ok,
    requests.Uninvite: answers.Ok,
    requests.Sanctions: answers.Sanctions,
    requests.Redact: answers.Ok,
    requests.Report: answers.Ok,
    requests.Resolve: answers.Ok,
    requests.Reports: answers.Reports,
    requests.Audit: answers.Audit,
    requests.Connections: answers.Connections,
    requests.Disconnect: answers.Ok,
    requests.Notify: answers.Ok,
    requests.Reload: answers.Ok,
    requests.SetLogLevel: answers.Ok,
    requests.Accounts: answers.Accounts,
    requests.Account: answers.Ok,
    requests.Ping: answers.Pong,
    requests.Quit: answers.Bye,
}
"""The reply to each request, unless it is an error."""


class PendingRequests:
    """Requests that were sent, by their ids."""

    def __init__(self) -> None:
        self._ids = count(1)
        self._asked: dict[object, tuple[AnyRequest, Deferred[answers.AnyReply]]] = {}

    def ask(self, request: AnyRequest) -> tuple[AnyRequest, Deferred[answers.AnyReply]]:
        """Return *request* with an id of its own, and what fires with the reply."""
        request = msgspec.structs.replace(request, id=next(self._ids))
        reply: Deferred[answers.AnyReply] = Deferred()
        self._asked[request.id] = (request, reply)
        return request, reply

    def asked(self, reply: answers.AnyReply) -> AnyRequest | None:
        """Return the request to which this is the *reply*, if it is one that fits."""
        request, _ = self._asked.get(reply.id, (None, None))
        return request if isinstance(reply, (answers.Error, REPLIES.get(type(request), answers.Error))) else None

    def answer(self, reply: answers.AnyReply) -> None:
        """Give *reply* to who asked."""
        _, asked = self._asked.pop(reply.id)
        if isinstance(reply, answers.Error):
            asked.errback(Refused(reply))
        else:
            asked.callback(reply)

    def fail(self, error: Exception | Failure) -> None:
        """Tell all who asked that there will be no reply, because of *error*."""
        lost, self._asked = self._asked, {}
        for _, asked in lost.values():
            asked.errback(error)
