"""Whether a text names a person.

Closed lists and the shape around them: a word such as *dhr* before a name; initials before a surname or
behind it; a given name before a surname or behind it. A street, park or institution that is named after
a person is no person: *p.c. hooftstraat*, *jan van galen park*. Case is used where there is some; event
data has none.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from domain.person_names import (
    ABBREVIATIONS,
    GIVEN_NAMES,
    MARKERS,
    NO_PERSON_ENDINGS,
    NO_SURNAMES,
    PARTICLES,
    SURNAME_ENDINGS,
    SURNAMES,
    WEAK_MARKERS,
)

_TOKEN = re.compile(r"((?:'t\b)|[^\W_]+(?:['’][^\W\d_]+)*)([^\w']*)")
_LETTERS = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_INNER_CAPITAL = re.compile(r"(?:[^\W\d_]['’]|Mac|Mc|IJ)[^\W\d_]+")
_ATTENTION = re.compile(r"\bt\.? ?a\.? ?v\.(?!\w)|\bter attentie van\b")
_MOST_INITIALS = 5
_PARTS = re.compile(r"[^\W_]+")
# A name begins with one of these, or has a letter by itself before or behind it.
_OPENERS = MARKERS | GIVEN_NAMES | {"attentie", *"abcdefghijklmnopqrstuvwxyz"}
_SURNAME_LENGTH = 3


class _Word(NamedTuple):
    """A word.

    Attributes:
        text: in lower case.
        behind: what stands between it and the next.
        capital: it begins with a capital, and is not wholly in capitals.
        regular: capitals stand as in a word, not as in a hash.
    """

    text: str
    behind: str
    capital: bool
    regular: bool


def names_person(text: str) -> bool:
    """Tell whether ``text`` names a person, as far as lists and shapes go."""
    if _OPENERS.isdisjoint(_PARTS.findall(text.lower())):
        return False
    words = [_word(found[1], found[2]) for found in _TOKEN.finditer(text)]
    if len(words) < 2:
        return False
    if _ATTENTION.search(text.lower()):
        return True
    return any(
        (word.text in MARKERS and _marked(words, at))
        or (len(word.text) == 1 and _initials(words, at))
        or (word.text in GIVEN_NAMES and _given(words, at))
        or ("," in word.behind and _turned(words, at))
        for at, word in enumerate(words[:-1])
    )


def _word(written: str, behind: str) -> _Word:
    rest = written[1:]
    shouted = len(written) > 1 and written.isupper()
    regular = shouted or rest.islower() or not rest or _INNER_CAPITAL.fullmatch(written) is not None
    return _Word(written.lower(), behind, written[0].isupper() and not shouted, regular)


def _marked(words: list[_Word], at: int) -> bool:
    """``dhr. de vries``; behind a weaker word only what is a name by itself: ``melder jansen``."""
    marker, start = words[at].text, at + 1
    if at and words[at - 1].text in ("s", "'s"):  # 's-Heer Arendskerke
        return False
    end = _behind_initials(words, start)
    surname = _skip_particles(words, end)
    if not _may_be_surname(words, surname):
        return False
    if marker not in WEAK_MARKERS or (at and words[at - 1].text == "de" and marker == "heer"):
        return True
    known = _is_surname(words[surname].text) or words[surname].text in GIVEN_NAMES
    return known or words[surname].capital or end > start


def _initials(words: list[_Word], at: int) -> bool:
    """``j.p. wiersemans``, ``a. de vries``, ``j-de-vries``."""
    end = _behind_initials(words, at)
    if end == at or (at and _is_initial(words[at - 1].text)):
        return False
    dotted = all(word.behind.startswith(".") for word in words[at:end])
    if dotted and "".join(word.text for word in words[at:end]) in ABBREVIATIONS:
        return False
    surname = _skip_particles(words, end)
    if not _may_be_surname(words, surname):
        return False
    if dotted or surname > end:
        return True
    # A letter by itself, as a slug has it; "t" and "s" are what is left of 't and 's.
    return _is_surname(words[surname].text) and words[at].text not in ("t", "s")


def _given(words: list[_Word], at: int) -> bool:
    """``jan de vries``, ``jan p. jansen``, ``Achmed Bouzerda``."""
    end = _behind_initials(words, at + 1)
    surname = _skip_particles(words, end)
    if not _may_be_surname(words, surname):
        return False
    if surname > end or _is_surname(words[surname].text):
        return True
    return words[at].capital and words[surname].capital


def _turned(words: list[_Word], at: int) -> bool:
    """``vries, j. de``, ``jansen, jan``."""
    if not _may_be_surname(words, at):
        return False
    first = words[at + 1]
    if first.text in GIVEN_NAMES:
        return _is_surname(words[at].text) or (words[at].capital and first.capital)
    end = _behind_initials(words, at + 1)
    initials = words[at + 1 : end]
    dotted = all(word.behind.startswith(".") for word in initials)
    return bool(initials) and dotted and "".join(w.text for w in initials) not in ABBREVIATIONS


def _behind_initials(words: list[_Word], at: int) -> int:
    end = at
    while end < len(words) and end - at < _MOST_INITIALS and _is_initial(words[end].text):
        end += 1
    return end


def _is_initial(text: str) -> bool:
    return len(text) == 1 and text.isalpha()


def _skip_particles(words: list[_Word], at: int) -> int:
    while at < len(words) and words[at].text in PARTICLES:
        at += 1
    return at


def _may_be_surname(words: list[_Word], at: int) -> bool:
    """Whether the word there can be a surname, and is not part of a street or an institution."""
    if at >= len(words):
        return False
    text = words[at].text
    if (
        not words[at].regular
        or len(text) < _SURNAME_LENGTH
        or not _LETTERS.fullmatch(text)
        or _is_no_person(text)
    ):
        return False
    following = words[at + 1].text if at + 1 < len(words) else ""
    return following not in NO_PERSON_ENDINGS


def _is_no_person(text: str) -> bool:
    return text in NO_SURNAMES or text.endswith(NO_PERSON_ENDINGS)


def _is_surname(text: str) -> bool:
    return text in SURNAMES or text.endswith(SURNAME_ENDINGS)
