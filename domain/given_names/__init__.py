"""Given names that are common in the Netherlands, of every origin.

Written down from what is generally known (the yearly lists of names of children of the SVB, the register
of given names of the Meertens Instituut and the like); no file was copied. Names that are ordinary Dutch
words are left out, or stand in ``person_names.WORDS_TOO``.
"""

from __future__ import annotations

import unicodedata
from functools import cache

from domain.given_names.dutch import DUTCH
from domain.given_names.elsewhere import ELSEWHERE

# Letters of Turkish, Polish and the like that do not fall apart into a letter and an accent.
_LETTERS = str.maketrans(
    {"ı": "i", "ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D", "ß": "ss", "æ": "ae"}
)


@cache
def given_names() -> frozenset[str]:
    """Return all of them, in lower case and without accents."""
    return frozenset(name for names in (DUTCH, *ELSEWHERE) for name in names.split())


def plain(text: str) -> str:
    """Return ``text`` without accents, in the case it has: a name is written with and without them."""
    if text.isascii():
        return text
    apart = unicodedata.normalize("NFKD", text.translate(_LETTERS))
    return "".join(letter for letter in apart if not unicodedata.combining(letter))
