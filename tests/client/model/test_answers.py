"""What a message answers is known of it, however it came."""

from __future__ import annotations

from msgspec.structs import replace

from chatroom.client.views.lines import MessageLine
from chatroom.wire.frames import answers, requests
from tests.client.reader import Reader, entry, said


def test_the_number_of_what_a_message_answers_is_known() -> None:
    reader = Reader()
    reader.come_in()
    reader.enter_room("tea")
    reader.hear(said(3, "two"))
    reader.hear(replace(said(4, "three"), re=2))
    older = answers.Entries(room="tea", entries=[entry(1, "zero"), replace(entry(2, "one"), re=1)], more=False)
    reader.hear(older, requests.History(room="tea", before=3))
    answered = {line.text: line.re for line in reader.room_view.lines if isinstance(line, MessageLine)}
    assert answered == {"zero": None, "one": 1, "two": None, "three": 2}
