"""Words of messages and queries: where they begin and end."""

from __future__ import annotations

import re
import unicodedata

import regex

from chatroom.core.values.texts import MAX_TEXT

_ASCII_WORD = re.compile(r"[a-z0-9]+")

# Invisible characters make no difference: joiners, selectors of a glyph, soft hyphens.
_IGNORED = regex.compile(r"\p{Default_Ignorable_Code_Point}+")

# Languages of East Asia put no spaces between words, so that each of their characters is one; so is each emoji.
_EAST_ASIAN = r"[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Hangul}\p{scx=Bopomofo}]"
_EMOJI = r"[\p{Extended_Pictographic}\p{Emoji_Modifier}]|\p{Regional_Indicator}{1,2}"
_WORD = regex.compile(
    rf"[[\p{{L}}\p{{N}}\p{{M}}]--{_EAST_ASIAN}]+|[[\p{{L}}\p{{N}}]&&{_EAST_ASIAN}]\p{{M}}*|{_EMOJI}", regex.V1
)

# Sorting marks takes the square of their number. No language has more than 30 in a row: Stream-Safe Text, UAX #15. The
# last two are letters that become marks.
_MARKS = regex.compile(r"([\p{M}\uff9e\uff9f]{30})[\p{M}\uff9e\uff9f]+")


def tokenize(text: str) -> str:
    """Return the words of *text* with one space between them, the same for texts that differ only in case or form.

    Marks beyond 30 in a row do not count, nor any text beyond the longest message when ligatures are written out.
    """
    if text.isascii():
        return " ".join(_ASCII_WORD.findall(text.lower()))
    # Twice, because decomposed text may have capital letters, and folded text may be composed.
    folded = _begin(unicodedata.normalize("NFKC", _MARKS.sub(r"\1", text)))
    folded = _begin(unicodedata.normalize("NFKC", folded.casefold()))
    return " ".join(_WORD.findall(_IGNORED.sub("", folded)))


def _begin(folded: str) -> str:
    """Return the beginning of *folded*, no longer in bytes than a message: one ligature can become 18 letters."""
    if 4 * len(folded) <= MAX_TEXT:
        return folded
    return folded.encode(errors="ignore")[:MAX_TEXT].decode(errors="ignore")
