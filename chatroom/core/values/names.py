"""Names of users and rooms: which are valid, and which are the same."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import NewType

import regex
from precis_i18n import get_profile

from chatroom.core.values.errors import RoomInvalid, UsernameInvalid

Username = NewType("Username", str)
"""A username as its owner writes it, checked."""

RoomName = NewType("RoomName", str)
"""The name of a room as its creator wrote it, checked."""

Key = NewType("Key", str)
"""The case-mapped form of a name, by which names are compared and sorted."""

# Characters in the longest username and in the longest name of a room; in bytes each may be twice that.
_USERNAME_LENGTH = 32
_ROOM_LENGTH = 64

# Characters that show nothing: besides all that Unicode calls so, the joiners of Tifinagh and Brahmi, Khitan's filler.
_INVISIBLE = r"[\p{Default_Ignorable_Code_Point}\u2d7f\U0001107f\U00016fe4]"
_USERNAME_ALIEN = regex.compile(rf"[^\p{{L}}\p{{M}}\p{{Nd}}_-]|{_INVISIBLE}")
_ROOM_ALIEN = regex.compile(rf"[^\p{{L}}\p{{M}}\p{{Nd}}_.-]|{_INVISIBLE}")
_START = regex.compile(r"[\p{L}\p{Nd}]")
_OF_NO_SCRIPT = regex.compile(r"[\p{scx=Common}\p{scx=Inherited}]+")

# All scripts of Unicode 17 that have letters, marks or digits, but for the East Asian ones, which are written together.
# The first ones are the likely ones. `regex` knows them, but has no public list.
_SCRIPTS = """
    Latin Cyrillic Greek Arabic Hebrew Devanagari Bengali Thai Tamil Telugu Georgian Armenian Ethiopic
    Adlam Ahom Anatolian_Hieroglyphs Avestan Balinese Bamum Bassa_Vah Batak Beria_Erfe Bhaiksuki Brahmi Buginese Buhid
    Canadian_Aboriginal Carian Caucasian_Albanian Chakma Cham Cherokee Chorasmian Coptic Cuneiform Cypriot Cypro_Minoan
    Deseret Dives_Akuru Dogra Duployan Egyptian_Hieroglyphs Elbasan Elymaic Garay Glagolitic Gothic Grantha Gujarati
    Gunjala_Gondi Gurmukhi Gurung_Khema Hanifi_Rohingya Hanunoo Hatran Imperial_Aramaic Inscriptional_Pahlavi
    Inscriptional_Parthian Javanese Kaithi Kannada Kawi Kayah_Li Kharoshthi Khitan_Small_Script Khmer Khojki Khudawadi
    Kirat_Rai Lao Lepcha Limbu Linear_A Linear_B Lisu Lycian Lydian Mahajani Makasar Malayalam Mandaic Manichaean
    Marchen Masaram_Gondi Medefaidrin Meetei_Mayek Mende_Kikakui Meroitic_Cursive Meroitic_Hieroglyphs Miao Modi
    Mongolian Mro Multani Myanmar Nabataean Nag_Mundari Nandinagari Newa New_Tai_Lue Nko Nushu Nyiakeng_Puachue_Hmong
    Ogham Ol_Chiki Old_Hungarian Old_Italic Old_North_Arabian Old_Permic Old_Persian Old_Sogdian Old_South_Arabian
    Old_Turkic Old_Uyghur Ol_Onal Oriya Osage Osmanya Pahawh_Hmong Palmyrene Pau_Cin_Hau Phags_Pa Phoenician
    Psalter_Pahlavi Rejang Runic Samaritan Saurashtra Sharada Shavian Siddham Sidetic SignWriting Sinhala Sogdian
    Sora_Sompeng Soyombo Sundanese Sunuwar Syloti_Nagri Syriac Tagalog Tagbanwa Tai_Le Tai_Tham Tai_Viet Tai_Yo Takri
    Tangsa Tangut Thaana Tibetan Tifinagh Tirhuta Todhri Tolong_Siki Toto Tulu_Tigalari Ugaritic Vai Vithkuqi Wancho
    Warang_Citi Yezidi Yi Zanabazar_Square
"""

# The name of the group that matches is the script's. The last one is for letters that `regex` knows before us.
_SCRIPT = regex.compile(
    r"(?P<East_Asian>[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Hangul}\p{scx=Bopomofo}]+)"
    + "".join(rf"|(?P<{script}>\p{{scx={script}}}+)" for script in _SCRIPTS.split())
    + "|(?P<unknown>.)"
)

_PROFILE = get_profile("UsernameCaseMapped")


@lru_cache(maxsize=4096)
def username(text: str) -> Username:
    """Return *text* in NFC as a username; raise :exc:`~.errors.UsernameInvalid` if it can't be one."""
    name = _composed(text, _USERNAME_LENGTH)
    if objection := _objection(name, "A username", _USERNAME_LENGTH, _USERNAME_ALIEN):
        raise UsernameInvalid(objection)
    return Username(name)


@lru_cache(maxsize=4096)
def room_name(text: str) -> RoomName:
    """Return *text* in NFC as the name of a room; raise :exc:`~.errors.RoomInvalid` if it can't be one."""
    name = _composed(text, _ROOM_LENGTH)
    if objection := _objection(name, "A room name", _ROOM_LENGTH, _ROOM_ALIEN):
        raise RoomInvalid(objection)
    return RoomName(name)


@lru_cache(maxsize=4096)
def key(name: str) -> Key:
    """Return the key of a valid *name*: names with equal keys are the same."""
    # In ASCII nothing else is left to the profile.
    return Key(name.lower() if name.isascii() else _PROFILE.enforce(name))


def fold(text: str) -> str:
    """Return any *text* folded, to be found in a folded name."""
    # A key won't do: only a name has one, and in it the last sigma is another letter than those before.
    # Decomposed, a part stays a part when marks follow it. The text is cut because sorting marks takes quadratic time,
    # 3 ms for a thousand; it stays longer than any folded name.
    return unicodedata.normalize("NFKD", text[: 4 * _ROOM_LENGTH].casefold())


def _composed(text: str, length: int) -> str:
    """Return *text* in NFC; beyond *length* characters, it may be cut to a beginning that is still longer than that."""
    # A character is composed of four at most. Composing takes quadratic time: 0.1 s for a line full of marks.
    return unicodedata.normalize("NFC", text[: 4 * length + 1])


def _objection(name: str, kind: str, length: int, alien: regex.Pattern[str]) -> str | None:
    """Return an objection to *name* as a part of a sentence, or ``None``."""
    if not 1 <= len(name) <= length:
        return f"{kind} has 1 to {length} characters"
    if found := alien.search(name):
        return f"{kind} can't hold {_described(found[0])}"
    if not _START.match(name):
        return f"{kind} starts with a letter or a digit"
    if name.isascii():
        return None
    if len(name.encode()) > 2 * length:
        return f"{kind} has at most {2 * length} bytes of UTF-8"
    letters = _OF_NO_SCRIPT.sub("", name)
    if letters and not _SCRIPT.fullmatch(letters):
        scripts = dict.fromkeys(str(run.lastgroup).replace("_", " ") for run in _SCRIPT.finditer(letters))
        return f"{kind} mixes no scripts, and this one has {' and '.join(scripts)} letters"
    try:
        _PROFILE.enforce(name)
    except UnicodeEncodeError as error:
        if error.reason == "DISALLOWED/bidi_rule":
            return f"{kind} from right to left starts with a letter, ends with one or a digit, has digits of one kind"
        return f"{kind} can't hold {_described(error.object[error.start])}"
    return None


def _described(character: str) -> str:
    """Return a description of *character*, which shows it only if that is safe."""
    if character == " ":
        return "a space"
    if character.isascii() and character.isprintable():
        return f"'{character}'"
    return f"U+{ord(character):04X} {unicodedata.name(character, '')}".rstrip()
