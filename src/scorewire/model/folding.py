"""Names as people type them: without case, accents and the few letters that decompose into nothing plainer.

`Modrić` is `modric`, `1. FC Köln` is `1. fc koln`, `Ødegaard` is `odegaard`, `Großkreutz` is `grosskreutz`.

Source: Unicode Standard Annex 15 (NFKD), Unicode 3.13 (case folding).
"""

import unicodedata
from typing import Final

LETTERS: Final = {
    "ß": "ss", "æ": "ae", "œ": "oe", "þ": "th",
    "ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "ŋ": "n", "ŧ": "t",
    "’": "'", "‘": "'", "ʼ": "'", "–": "-", "‐": "-",
}  # fmt: skip
"""Lower-case letters, and marks between them, that normalisation leaves as they are."""

_TABLE: Final = str.maketrans(LETTERS)


def folded(text: str) -> str:
    """A name, or what is searched for, in the form in which they are compared."""
    if text.isascii():
        return text.lower()
    plain = unicodedata.normalize("NFKD", text).casefold()
    return "".join(one for one in plain if unicodedata.category(one)[0] != "M").translate(_TABLE)
