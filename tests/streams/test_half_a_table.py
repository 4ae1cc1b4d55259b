"""Tables from a random half of the real addresses, and what becomes of the other half."""

from __future__ import annotations

import random
import sys
from collections import Counter, defaultdict
from dataclasses import replace

import pytest

from domain.places import Location
from domain.street_names import street_key
from streams.events import event_of
from streams.locate import Locator, Place
from streams.tables import build_tables
from tests.streams.samples import raw_event
from tests.support.real_addresses import RealAddress, real_addresses
from wijkbeeld.gemeenten import load_municipality

NIJMEGEN = load_municipality("nijmegen")
SEEDS = range(20)
# Of the other halves of 20 seeds together; docs/locating.md states them as shares.
WITH_POSTCODE = {"known, right": 686, "known, wrong": 24, "known, left": 40, "unknown, left": 950}
BY_STREET_ALONE = {"known, right": 679, "known, wrong": 38, "known, left": 33, "unknown, left": 950}


def halves(addresses: list[RealAddress], seed: int) -> tuple[list[RealAddress], list[RealAddress]]:
    shuffled = random.Random(seed).sample(addresses, len(addresses))
    return shuffled[: len(shuffled) // 2], shuffled[len(shuffled) // 2 :]


def locator_from(addresses: list[RealAddress]) -> Locator:
    rows = "".join(f"{a.text},{a.pc6 or ''},{a.wijk}\n" for a in addresses)
    return Locator(build_tables(NIJMEGEN, 1, streets_csv="adres,postcode6,wijk\n" + rows))


def places(locator: Locator, addresses: list[RealAddress]) -> list[Place]:
    events = []
    for address in addresses:
        location = Location(street=address.street.lower(), pc6=address.pc6, gemeente=NIJMEGEN.code)
        data = raw_event().data.model_copy(update={"location": location})
        events.append(event_of(raw_event(data=data)))
    found = [place for place in locator(events) if place is not None]
    assert len(found) == len(addresses)
    return found


@pytest.mark.parametrize(
    ("with_postcode", "expected"), [(True, WITH_POSTCODE), (False, BY_STREET_ALONE)]
)
def test_the_other_half_is_right_where_its_street_is_known_and_else_left_at_the_municipality(
    capsys: pytest.CaptureFixture[str], with_postcode: bool, expected: dict[str, int]
) -> None:
    addresses = [address for address in real_addresses() if address.wijk is not None]
    wijken_of: dict[str, set[str | None]] = defaultdict(set)
    for address in addresses:
        wijken_of[street_key(address.street)].add(address.wijk)
    counts: Counter[str] = Counter()
    for seed in SEEDS:
        half, other = halves(addresses, seed)
        if not with_postcode:
            other = [replace(address, pc6=None) for address in other]
        streets = {street_key(address.street) for address in half}
        postcodes = {address.pc6 for address in half} - {None}
        for address, place in zip(other, places(locator_from(half), other), strict=True):
            key = street_key(address.street)
            verdict = verdict_on(place, address)
            assert place.gemeente == NIJMEGEN.code
            if address.pc6 in postcodes:
                assert (verdict, place.match_level) == ("right", "pc6")
            elif key in streets:
                # A street in two wijken is the only way to be wrong: half a table may know one of them.
                assert verdict == "right" or len(wijken_of[key]) > 1
            else:
                assert (verdict, place.match_level) == ("left", "gemeente")
            known = address.pc6 in postcodes or key in streets
            counts[f"{'known' if known else 'unknown'}, {verdict}"] += 1
    with capsys.disabled():
        sys.stdout.write(f"\n{report(counts)}\n")
    assert counts == expected


def verdict_on(place: Place, address: RealAddress) -> str:
    if place.wijk == address.wijk:
        return "right"
    return "left" if place.wijk == NIJMEGEN.code else "wrong"


def report(counts: Counter[str]) -> str:
    shares = "; ".join(f"{name} {n / counts.total():.1%}" for name, n in sorted(counts.items()))
    return (
        f"tables from half of the addresses, {len(SEEDS)} seeds, {counts.total()} of the other half,"
        f" street or postcode known or not: {shares}"
    )
