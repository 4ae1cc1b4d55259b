"""Whether a text names a person.

Closed lists and the shape around them: a word such as *dhr* before a name; initials before a surname or
behind it; a given name before a surname or behind it. A surname need not be listed where both begin with
a capital, or where there is nothing else between two commas. A street, park or institution that is named
after a person is no person: *p.c. hooftstraat*, *jan van galen park*.
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from domain.given_names import given_names, plain
from domain.person_names import (
    ABBREVIATIONS,
    MARKERS,
    NO_PERSON_ENDINGS,
    NO_SURNAMES,
    PARTICLES,
    SAINTS,
    SURNAME_ENDINGS,
    SURNAMES,
    WEAK_MARKERS,
    WORDS_TOO,
)

_TOKEN = re.compile(r"((?:'t\b)|[^\W_]+(?:['’][^\W\d_]+)*)([^\w']*)")
_LETTERS = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_INNER_CAPITAL = re.compile(r"(?:[^\W\d_]['’]|Mac|Mc|IJ)[^\W\d_]+")
_ATTENTION = re.compile(r"\bt\.? ?a\.? ?v\.(?!\w)|\bter attentie van\b")
_MOST_INITIALS = 5
_PARTS = re.compile(r"[^\W_]+")
_BREAK = re.compile(r"[^\w\s.'-]|\s-+\s")
_INSTITUTIONS = frozenset(NO_PERSON_ENDINGS)
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


@cache
def _openers() -> frozenset[str]:
    """What a name begins with, or has before or behind it: a listed word, or a letter by itself."""
    return given_names() | WORDS_TOO | MARKERS | {"attentie", *"abcdefghijklmnopqrstuvwxyz"}


def names_person(text: str) -> bool:
    """Tell whether ``text`` names a person, as far as lists and shapes go."""
    text = plain(text)
    if _openers().isdisjoint(_PARTS.findall(text.lower())):
        return False
    words = [_word(found[1], found[2]) for found in _TOKEN.finditer(text)]
    if len(words) < 2:
        return False
    if _ATTENTION.search(text.lower()):
        return True
    return any(
        (word.text in MARKERS and _marked(words, at))
        or (len(word.text) == 1 and _initials(words, at))
        or ((word.text in given_names() or word.text in WORDS_TOO) and _given(words, at))
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
    if not _may_be_surname(words, surname, particle=surname > end):
        return False
    if marker not in WEAK_MARKERS or (at and words[at - 1].text == "de" and marker == "heer"):
        return True
    known = _is_surname(words[surname].text) or words[surname].text in given_names()
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
    if not _may_be_surname(words, surname, particle=surname > end):
        return False
    if dotted or surname > end:
        return True
    # A letter by itself, as a slug has it; "t" and "s" are what is left of 't and 's.
    return _is_surname(words[surname].text) and words[at].text not in ("t", "s")


def _given(words: list[_Word], at: int) -> bool:
    """``jan de vries``, ``jan p. jansen``, ``Achmed Bouzerda``, ``achmed bouzerda`` and nothing else."""
    if at and words[at - 1].text in SAINTS:
        return False
    end = _behind_initials(words, at + 1)
    surname = _skip_particles(words, end)
    particle = surname > end
    if not _may_be_surname(words, surname, particle=particle):
        return False
    capitals = words[at].capital and words[surname].capital
    if words[at].text in WORDS_TOO:
        listed = words[surname].text in SURNAMES
        return (capitals and (listed or particle)) or (listed and _alone(words, at, surname))
    return particle or capitals or _is_surname(words[surname].text) or _alone(words, at, surname)


def _alone(words: list[_Word], at: int, surname: int) -> bool:
    """Whether a name is all there is from one comma to the next, as ``fire, achmed bouzerda``.

    A second given name may stand in it, and a second surname behind a hyphen.
    """
    last = surname
    while last + 1 < len(words) and words[last].text in given_names():
        last += 1
    if (at and not _ends(words, at - 1)) or (last > surname and not _may_be_surname(words, last)):
        return False
    spaced = any(word.behind.isspace() for word in words[at:last])
    if words[last].text in given_names() and not spaced:  # willem-alexander
        return False
    if spaced and words[last].behind == "-":
        last += 1
    return _ends(words, last)


def _turned(words: list[_Word], at: int) -> bool:
    """``vries, j. de``, ``jansen, jan``."""
    if not _may_be_surname(words, at):
        return False
    first = words[at + 1]
    if first.text in given_names():
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


def _may_be_surname(words: list[_Word], at: int, *, particle: bool = False) -> bool:
    """Whether the word there can be a surname, and is not part of a street or an institution.

    Behind a particle *dijk* and *wal* are names too.
    """
    if at >= len(words):
        return False
    text = words[at].text
    if not words[at].regular or len(text) < _SURNAME_LENGTH or not _LETTERS.fullmatch(text):
        return False
    if text in NO_SURNAMES or (text.endswith(NO_PERSON_ENDINGS) and not (particle and text in SURNAMES)):
        return False
    following = "" if _ends(words, at) else words[at + 1].text
    if following.endswith(NO_PERSON_ENDINGS):  # thomas alva edisonweg; but jan jansen kerkstraat
        return following not in _INSTITUTIONS and _is_surname(text)
    return True


def _ends(words: list[_Word], at: int) -> bool:
    """Whether the word there is the last one, or the last before a comma."""
    return at + 1 == len(words) or _BREAK.search(words[at].behind) is not None


def _is_surname(text: str) -> bool:
    return text in SURNAMES or text.endswith(SURNAME_ENDINGS)
