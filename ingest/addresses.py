"""Addresses as sources write them: street, house number and postcode out of one field or several.

``AddressReader`` is for fields that hold an address and nothing else; never for free text, in which a
street cannot be told from a person. What the text of a page takes beside it is in
``ingest.p2000.streets``, made of the same parts: ``as_postcode``, ``take_number``, ``place_names``. The
house number is read so that it can be left out: ``Address.location`` has no place for it, and it is not
shown when an address is printed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import ValidationError

from domain.areas import GemeenteCode, Municipality
from domain.places import Location

# Letters that no postcode has: SA, SD and SS (https://nl.wikipedia.org/wiki/Postcodes_in_Nederland).
_PC6 = re.compile(r"(?<![\w-])([1-9]\d{3})\s?((?!sa|sd|ss)[a-z]{2})(?![\w])", re.IGNORECASE)
# What BAG calls huisnummer, huisletter, toevoeging, as people join them: 28A, 20 Bb, 12-3, 12/3, 5 bis,
# 12-bis hs.
_ADDITION = r"(?:[a-z]{1,2}|bis|hs|huis|rood|zw|zwart)"
_NUMBER = re.compile(
    rf"[\s,]+(?:nr\.?\s*|no\.?\s*)?(\d{{1,5}}\s?{_ADDITION}?(?:\s?[-/+]\s?[a-z0-9]{{1,4}})*(?:\s(?:bis|hs))?)$",
    re.IGNORECASE,
)
_YEAR = re.compile(r"19\d\d")
_EDGES = " \t.,;:-/()"
# Words of letters, or an ordinal: a number that was left in a street could be that of a house.
_STREET = re.compile(
    r"'?(?:[^\W\d_]|\d{1,2}e\b)+(?:[ .'’/()-]+(?:[^\W\d_]+|\d{1,2}e\b))*[.)]?( 19\d\d)?"
)
_LONGEST = 200
_LONGEST_STREET = 60


@dataclass(frozen=True, slots=True)
class Address:
    """An address that a source gave.

    Attributes:
        street: as written, without the house number; None where only a postcode is given.
        number: house number with letter and addition. Must not leave the connector.
        pc6: full postcode without a space, upper case.
        gemeente: code of the gemeente that the place name lies in, where one is given.
    """

    street: str | None
    number: str | None = field(default=None, repr=False)
    pc6: str | None = None
    gemeente: GemeenteCode | None = None

    def location(self) -> Location:
        """Return what may leave the connector: street and postcode, and the gemeente if it is known.

        A street that does not have the shape of ``Location.street`` is left out.
        """
        known = Location(pc6=self.pc6, gemeente=self.gemeente)
        if self.street is None:
            return known
        try:
            return Location(street=self.street.lower(), pc6=self.pc6, gemeente=self.gemeente)
        except ValidationError:
            return known


def place_names(municipality: Municipality) -> Mapping[str, GemeenteCode]:
    """Return the gemeente by the place names that a municipality knows, its own included."""
    return {
        **municipality.region_places,
        **dict.fromkeys(municipality.place_names, municipality.code),
    }


def as_postcode(word: str) -> str | None:
    """Return a full postcode without a space, upper case; None for a word that is none."""
    found = _PC6.fullmatch(word)
    return (found[1] + found[2]).upper() if found else None


def take_number(text: str) -> tuple[str, str | None]:
    """Return what stands before the house number that ``text`` ends with, and the number.

    A text without one comes back as it is, with None. The year of *Plein 1944* belongs to the street.
    """
    found = _NUMBER.search(text)
    street = text[: found.start()] if found else text
    if found is None or not any(c.isalpha() for c in street):
        return text, None
    if street.lower().endswith("plein") and _YEAR.fullmatch(found[1]):
        return text, None
    return street, found[1]


class AddressReader:
    """Reads addresses for one municipality.

    Args:
        municipality: its ``place_names``, with their abbreviations, and its ``region_places`` are known.
    """

    def __init__(self, municipality: Municipality) -> None:
        self._gemeenten = place_names(municipality)
        names = "|".join(
            re.escape(name).replace(r"\ ", r"[\s-]+")
            for name in sorted(self._gemeenten, key=len, reverse=True)
        )
        self._place_last = re.compile(rf"(?:^|[\s,])({names})\.?$", re.IGNORECASE)
        self._place_first = re.compile(rf"^({names})\.?(?:[\s,]+|$)", re.IGNORECASE)

    def read(self, text: str) -> Address | None:
        """Return the address in a field; None when there is neither street nor postcode.

        Forms: ``Straat 12A, 6511PS Nijmegen``; ``6511 ps straat 12a nijm.``; ``nijmegen straat 12``;
        parts in any of these orders, with or without commas, number, postcode and place.

        Args:
            text: of a field that holds an address only.
        """
        if len(text) > _LONGEST:
            return None
        rest = " ".join(unicodedata.normalize("NFC", text).split())
        pc6, rest = _take_postcode(rest)
        gemeente, rest = self._take_place(rest)
        if pc6 is None:
            pc6, rest = _take_postcode(rest)
        street, number = _split(rest)
        if street is None and pc6 is None:
            return None
        return Address(street, number, pc6, gemeente)

    def join(
        self,
        *,
        street: str | None,
        number: object = None,
        letter: str | None = None,
        addition: str | None = None,
        postcode: str | None = None,
        place: str | None = None,
    ) -> Address | None:
        """Return the address of fields that hold its parts, as in Signalen and BAG; None without any.

        Args:
            street: ``openbare_ruimte``; a house number in it is taken out.
            number, letter, addition: ``huisnummer``, ``huisletter``, ``huisnummer_toevoeging``.
            postcode: with or without a space.
            place: ``woonplaats``.
        """
        pc6, _ = _take_postcode(" ".join((postcode or "")[:_LONGEST].split()))
        name, found = _split(" ".join((street or "")[:_LONGEST].split()))
        if name is None and pc6 is None:
            return None
        parts = [str(number) if number is not None else "", letter or "", addition or ""]
        gemeente, _ = self._take_place(" ".join((place or "")[:_LONGEST].split()))
        return Address(name, "".join(parts) or found, pc6, gemeente)

    def _take_place(self, text: str) -> tuple[GemeenteCode | None, str]:
        """Return the gemeente of the place that ``text`` ends or starts with, and the rest of it."""
        text = text.strip(_EDGES)
        for pattern in (self._place_last, self._place_first):
            found = pattern.search(text)
            if found:
                name = " ".join(found[1].lower().replace("-", " ").split())
                code = self._gemeenten.get(name, self._gemeenten.get(found[1].lower()))
                return code, (text[: found.start()] + " " + text[found.end() :]).strip(_EDGES)
        return None, text


def _take_postcode(text: str) -> tuple[str | None, str]:
    """Return the last full postcode in ``text``, and ``text`` without it."""
    found = None
    for found in _PC6.finditer(text):  # noqa: B007 - the last one is wanted
        pass
    if found is None:
        return None, text
    return (found[1] + found[2]).upper(), text[: found.start()] + " " + text[found.end() :]


def _split(text: str) -> tuple[str | None, str | None]:
    """Return street and house number of a text that is nothing else."""
    street, number = take_number(" ".join(text.split()).strip(_EDGES))
    street = street.strip(" \t,;:-/")
    shaped = 1 < len(street) <= _LONGEST_STREET and _STREET.fullmatch(street)
    return (street if shaped else None), number
