"""Tell twistd that there is a ``chatroom``."""

from __future__ import annotations

from twisted.application.service import ServiceMaker

chatroom = ServiceMaker("chatroom", "chatroom.tap", "A chat room server.", "chatroom")
