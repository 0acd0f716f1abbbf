"""Names of all scripts, in both dialects: shown as they were first written, and found in whatever case."""

from __future__ import annotations

import unicodedata

import pytest

from tests.fronts.house import House
from tests.people import REAL_NAMES

# In capitals they have other letters: ß becomes SS, and the capital of the dotless i that of the other i.
CHANGED_IN_CAPITALS = {"German", "Turkish"}


@pytest.mark.parametrize("language", REAL_NAMES)
def test_people_everywhere_are_called_as_they_write_themselves(language: str) -> None:
    typed = unicodedata.normalize("NFD", REAL_NAMES[language])
    shown = unicodedata.normalize("NFC", typed)
    house = House()
    guest, program, person = house.program("guest"), house.connect(), house.connect()
    assert person.type(typed)[1].startswith(f"* Hello {shown}. ")
    cases = {typed, shown, shown.lower()} | ({shown.upper()} if language not in CHANGED_IN_CAPITALS else set())

    for name in sorted(cases):
        [taken] = program.ask({"type": "login", "username": name})
        assert (taken["code"], taken["username"]) == ("username-taken", shown)
        assert guest.ask({"type": "tell", "to": name, "text": name}) == [{"type": "ok"}]
        assert person.lines()[-1].endswith(f" [guest] {name}")
    assert guest.ask({"type": "who"})[0]["usernames"] == sorted(["guest", shown], key=str.lower)

    assert person.type(f"CREATE {typed}")[0].startswith(f"* You are in {shown} (1/256).")
    for name in sorted(cases):
        entered, _ = guest.ask({"type": "join", "room": name})
        assert (entered["room"], entered["creator"]) == (shown, shown)
        assert guest.ask({"type": "leave", "room": name}) == [{"type": "ok"}]
    assert guest.ask({"type": "list", "match": typed})[0]["rooms"][0]["room"] == shown
