"""Whose page it is: the place in a text, and whether it is ours."""

from __future__ import annotations

from dataclasses import dataclass

from domain.areas import GemeenteCode, Municipality
from ingest.addresses import place_names
from ingest.p2000.tokens import bare, is_tail

_BEFORE_PLACE = frozenset(
    ["", "dia", "vws", "prof", "ambu", "ja", "nee", "ass.", "ass", "pol.", "pol", "ambulance"]
)


@dataclass(frozen=True, slots=True)
class Place:
    """A place name among the words of a page.

    Attributes:
        start, end: the words it covers.
        gemeente: the gemeente that the place lies in.
        own: it lies in the municipality that we look after.
        in_tail: only numbers and codes follow.
    """

    start: int
    end: int
    gemeente: GemeenteCode
    own: bool
    in_tail: bool


class Gazetteer:
    """Finds the places of a municipality and of its safety region.

    Args:
        municipality: whose ``place_names`` are ours; ``region_places`` are ours when a unit of
            ``safety_region`` goes there.
    """

    def __init__(self, municipality: Municipality) -> None:
        self._own = frozenset(municipality.place_names)
        self._region = municipality.safety_region
        self._gemeenten = place_names(municipality)
        self._longest = max(len(name.split()) for name in self._gemeenten)

    def may_concern_us(self, text: str) -> bool:
        """Tell cheaply whether a normalised text can be ours at all."""
        return any(name in text for name in self._gemeenten)

    def find(
        self,
        words: tuple[str, ...],
        units: tuple[str, ...],
        *,
        free_text: bool,
        ambulance: bool,
        place_at: int | None = None,
    ) -> Place | None:
        """Return the place of a page, or None when the page is another region's.

        Args:
            words: of the normalised text.
            units: every unit number on the page.
            free_text: the page is a message of the dispatch, in which the place may stand anywhere.
            ambulance: the page's place may come before its street.
            place_at: it does, and begins at this word.
        """
        places = self._mentions(words)
        if not places:
            return None
        ours = any(unit.startswith(self._region) for unit in units)
        if place_at is not None:
            first = next((p for p in places if p.start == place_at), None)
            return first if first and (first.own or ours) else None
        last = places[-1]
        if last.in_tail:
            return last if last.own or ours else None
        if ambulance:
            first = next((p for p in places if _opens(words, p)), None)
            if first and (first.own or ours):
                return first
        if ours or free_text or (ambulance and not units):
            own = [p for p in places if p.own]
            return own[-1] if own else (last if ours else None)
        return None

    def _mentions(self, words: tuple[str, ...]) -> list[Place]:
        found: list[Place] = []
        index = 0
        while index < len(words):
            place = self._at(words, index)
            if place:
                found.append(place)
            index = place.end if place else index + 1
        return found

    def _at(self, words: tuple[str, ...], start: int) -> Place | None:
        for size in range(min(self._longest, len(words) - start), 0, -1):
            name = self._known(" ".join(map(bare, words[start : start + size])), single=size == 1)
            if name:
                end = start + size
                in_tail = all(map(is_tail, words[end:]))
                return Place(start, end, self._gemeenten[name], name in self._own, in_tail)
        return None

    def _known(self, text: str, *, single: bool) -> str | None:
        if text in self._gemeenten:
            return text
        parts = text.split("/") if single else []
        return next((part for part in parts if part in self._own), None)


def _opens(words: tuple[str, ...], place: Place) -> bool:
    """Whether only numbers and flags stand before a place, as in an ambulance's page."""
    return all(bare(w) in _BEFORE_PLACE or bare(w).isdigit() for w in words[: place.start])
