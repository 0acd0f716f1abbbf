"""Where words begin and end: in what people say, and in what they search for."""

from __future__ import annotations

import re
import unicodedata

import regex

_ASCII_WORD = re.compile(r"[a-z0-9]+")

# What can't be seen makes no difference: joiners, selectors of a glyph, soft hyphens.
_IGNORED = regex.compile(r"\p{Default_Ignorable_Code_Point}+")

# Languages of East Asia put no spaces between words, so that each of their characters is one; so is each emoji.
_EAST_ASIAN = r"[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Hangul}\p{scx=Bopomofo}]"
_EMOJI = r"[\p{Extended_Pictographic}\p{Emoji_Modifier}]|\p{Regional_Indicator}{1,2}"
_WORD = regex.compile(
    rf"[[\p{{L}}\p{{N}}\p{{M}}]--{_EAST_ASIAN}]+|[[\p{{L}}\p{{N}}]&&{_EAST_ASIAN}]\p{{M}}*|{_EMOJI}", regex.V1
)


def cut(text: str) -> str:
    """Return the words of *text* with one space between them, the same for texts that differ only in case or form."""
    if text.isascii():
        return " ".join(_ASCII_WORD.findall(text.lower()))
    # Twice, for what is decomposed may have capital letters, and what is folded may be composed.
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return " ".join(_WORD.findall(_IGNORED.sub("", folded)))
