"""Tables from a random half of the real addresses, and what becomes of the other half."""

from __future__ import annotations

import random
import sys
from collections import Counter, defaultdict

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


def test_the_other_half_is_right_where_its_street_is_known_and_else_left_at_the_municipality(
    capsys: pytest.CaptureFixture[str],
) -> None:
    addresses = [address for address in real_addresses() if address.wijk is not None]
    wijken_of: dict[str, set[str | None]] = defaultdict(set)
    for address in addresses:
        wijken_of[street_key(address.street)].add(address.wijk)
    counts: Counter[str] = Counter()
    for seed in SEEDS:
        half, other = halves(addresses, seed)
        streets = {street_key(address.street) for address in half}
        postcodes = {address.pc6 for address in half} - {None}
        for address, place in zip(other, places(locator_from(half), other), strict=True):
            key = street_key(address.street)
            right = place.wijk == address.wijk
            assert place.gemeente == NIJMEGEN.code
            if address.pc6 in postcodes:
                assert (right, place.match_level) == (True, "pc6")
                counts["known"] += 1
                counts["right"] += 1
            elif key in streets:
                left = place.wijk == NIJMEGEN.code
                # A street in two wijken is the only way to be wrong: half a table may know one of them.
                assert right or len(wijken_of[key]) > 1
                counts["known"] += 1
                counts["right"] += right
                counts["left, its street lies in two wijken"] += left
                counts["wrong, its street lies in two wijken"] += not right and not left
            else:
                assert (place.wijk, place.match_level) == (NIJMEGEN.code, "gemeente")
                counts["unknown"] += 1
                counts["left"] += 1
    assert counts["right"] / counts["known"] > 0.9
    with capsys.disabled():
        sys.stdout.write(f"\n{report(counts)}\n")


def report(counts: Counter[str]) -> str:
    known, unknown = counts["known"], counts["unknown"]
    parts = [
        f"{name} {counts[name] / known:.1%}"
        for name in (
            "right",
            "wrong, its street lies in two wijken",
            "left, its street lies in two wijken",
        )
    ]
    return (
        f"tables from half of the addresses, {len(SEEDS)} seeds, {known + unknown} of the other half:"
        f" street or postcode known {known / (known + unknown):.1%} ({'; '.join(parts)});"
        f" unknown {unknown / (known + unknown):.1%} (left at the municipality"
        f" {counts['left'] / unknown:.1%})"
    )
