"""twisted.words as an IRC server where any name and any room is welcome: ``PORT=... twistd -n --python words.py``.

``twistd words`` can make no rooms: its option for them fails on Python 3.
"""

from __future__ import annotations

import os

from twisted.application.service import Application
from twisted.application.strports import service
from twisted.cred.checkers import ICredentialsChecker
from twisted.cred.credentials import IUsernamePassword
from twisted.cred.portal import Portal
from twisted.internet.defer import Deferred, succeed
from twisted.words.service import InMemoryWordsRealm, IRCFactory
from zope.interface import implementer


@implementer(ICredentialsChecker)
class Anybody:
    """Lets in everybody who gives a password."""

    credentialInterfaces = (IUsernamePassword,)  # noqa: N815

    def requestAvatarId(self, credentials: IUsernamePassword) -> Deferred[bytes | tuple[()]]:  # noqa: N802
        """Return who it is."""
        return succeed(credentials.username)


realm = InMemoryWordsRealm("words")
realm.createGroupOnRequest = True
application = Application("words")
where = f"tcp:{os.environ['PORT']}:interface=127.0.0.1"
service(where, IRCFactory(realm, Portal(realm, [Anybody()]))).setServiceParent(application)
