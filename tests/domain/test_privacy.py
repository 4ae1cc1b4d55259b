"""The second privacy net: what it finds, and what it must let pass."""

from __future__ import annotations

import base64
import csv
import random
import re
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.nl import bsn

from domain.privacy import PersonalKind, find_personal
from domain.themes import Theme
from ingest.p2000.natures import CATEGORIES, PHRASES
from ingest.p2000.street_words import COMMON_WORDS
from tests.support.examples import examples
from tests.support.shared_data import shared_file
from tests.support.smuggled import SMUGGLED, Smuggled
from wijkbeeld.gemeenten import load_municipality

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("item", SMUGGLED, ids=lambda item: item.kind)
def test_each_kind_is_known_as_what_it_is(item: Smuggled) -> None:
    assert find_personal(item.value) == item.net
    assert find_personal(f"brand, {item.value}") == item.net


def test_there_are_thirty_kinds_and_the_net_knows_nearly_all() -> None:
    assert len({item.kind for item in SMUGGLED}) >= 30
    assert {item.net for item in SMUGGLED} >= set(PersonalKind)
    assert [item.kind for item in SMUGGLED if item.net is None] == ["medical phrase", "free text"]


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("phone", "tel:06 12345678"),
        ("phone", "0031612345678"),
        ("phone", "(024) 329 91 11"),
        ("phone", "0481-375000"),
        ("phone", "+49 2821 84600"),
        ("phone", "bel-0612345678-terug"),
        ("bsn", "bsn 999990342"),
        ("bsn", "999 990 342"),
        ("bsn", "sofinummer: 1112.22.333"),
        ("iban", "de89370400440532013000"),
        ("plate", "12-BDF-3"),
        ("plate", "kenteken 12bdf3"),
        ("plate", "r-123-bk"),
        ("plate", "gs-12-34"),
        ("birth-date", "1953-02-01"),
        ("birth-date", "geboren 1 mei 2011"),
        ("birth-date", "geb-1953"),
        ("name", "mevr. de Quaestor, eikstraat"),
        ("name", "melder Jansen"),
        ("name", "de heer Quaestor"),
        ("name", "J. Jansen"),
        ("name", "a. bakker"),
        ("name", "p-van-den-quaestor"),
        ("name", "jan jansen"),
        ("name", "jan p. jansen"),
        ("name", "Jansen, Jan"),
        ("name", "sjoerd.dijkstra"),
        ("name", "mohammed el quaestori"),
        ("name", "O'Brien, P."),
        ("name", "ter attentie van de afdeling"),
        ("email", "jan(at)voorbeeld.example"),
        ("email", "jan [at] voorbeeld [punt] nl"),
        ("online", "2001:db8:0:0:0:0:0:1"),
        ("online", "instagram.com/quaestor"),
        ("address", "eikstraat-12a"),
        ("address", "6599 ZX, 12"),
        ("phone", "０６１２３４５６７８"),
    ],
)  # fmt: skip
def test_other_forms(kind: str, text: str) -> None:
    assert find_personal(text) == kind


@pytest.mark.parametrize(
    "text",
    [
        "p.c. hooftstraat", "j.j. talsmastraat", "st. annastraat", "dr. jan berendsstraat",
        "jan van galenstraat", "johan de witt plein", "anna van burenlaan",
        "mevrouw van hogendorpstraat",
        "prins bernhardstraat", "st. jacobslaan", "plein 1944", "malvert", "de gildekampe", "'t broek",
        "maria oord", "jan van eyck park", "anna kapel", "Canisius-Wilhelmina ziekenhuis",
        "n.a.v. brand", "o.v. station", "b.v. in oprichting", "hr ketel", "melder rook", "naam onbekend",
        "51.8409, 5.8535", "POINT(5.8535 51.8409)", "0.585351234", "187136 428140",
        "089191 082131", "002029568 000126999 000126164", "0002029582", "rijksweg 73", "a73 re 12,3",
        "6511AB", "6511 ab", "GM0268", "WK026802", "BU02680202", "0268010000084377",
        "cbs.47022ned.1-1-1", "2024MM01", "2012JJ00", "2024-05-01", "2024-05-01t12:00:00z", "01-05-2024",
        "SIG-123456", "NDW02_123456", "Z-2024-12-345", "urn:nld:oin:00000001003214345000",
        "co-melder", "aanrijding letsel", "br buiten", "inbraak bedrijf/instelling", "1.2.3",
        "bon-05", "p1", "a2", "in-progress", "", "-", "'", "@", "...", "van de",
    ],
)  # fmt: skip
def test_what_is_no_person_passes(text: str) -> None:
    assert find_personal(text) is None
    assert find_personal(text.upper()) is None


def _cells(path: Path) -> Iterator[str]:
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.reader(file):
            yield from row


def our_vocabulary() -> set[str]:
    """Every word and phrase of the project's own tables and of the gemeente's folder."""
    municipality = load_municipality("nijmegen")
    words = {*PHRASES, *CATEGORIES, *Theme, *COMMON_WORDS}
    words |= {*municipality.place_names, *municipality.region_places}
    for folder in ("gemeenten", "ingest", "domain"):
        for path in (ROOT / folder).rglob("*.csv"):
            words |= set(_cells(path))
    return words


def real_vocabulary() -> set[str]:
    """Every name and code of the real tables; of the addresses, without their house numbers."""
    words = set()
    for name in (
        "geo/nijmegen_gazetteer.csv",
        "geo/nijmegen_pc4.csv",
        "signalen/categories.csv",
        "crime/soortmisdrijf_47018NED.csv",
        "crime/nijmegen_buurt_jaar_totaal.csv",
    ):
        words |= set(_cells(shared_file(name)))
    addresses = _cells(shared_file("geo/nijmegen_addresses_sample.csv"))
    words |= {re.sub(r" \d+[\w-]*( \w{1,2})?$", "", cell) for cell in addresses}
    return words


@pytest.mark.parametrize("vocabulary", [our_vocabulary, real_vocabulary])
def test_nothing_of_a_vocabulary_is_taken_for_a_person(vocabulary: Callable[[], set[str]]) -> None:
    words = vocabulary()
    assert len(words) > 500
    forms = {form for word in words for form in (word, word.lower(), word.lower().replace(" ", "-"))}
    assert {form: kind for form in forms if (kind := find_personal(form))} == {}


def _keyed(chance: random.Random) -> str:
    return base64.urlsafe_b64encode(chance.randbytes(18)).decode()


IDS: dict[str, Callable[[random.Random], str]] = {
    "keyed hash": _keyed,
    "uuid": lambda chance: str(uuid.UUID(bytes=chance.randbytes(16), version=4)),
    "hex": lambda chance: chance.randbytes(20).hex(),
    "capcode": lambda chance: f"00{chance.randrange(10**7):07}",
    "capcode of ten digits": lambda chance: f"000{chance.randrange(10**7):07}",
    "unit": lambda chance: f"08{chance.randrange(10**4):04}",
    "melding": lambda chance: f"SIG-{chance.randrange(10**7)}",
    "day and number": lambda chance: (
        f"2024-05-{chance.randrange(1, 29):02}.brand-{chance.randrange(999)}"
    ),
    "coordinate": lambda chance: f"{50 + 3 * chance.random():.6f}",
    "epoch": lambda chance: f"{1_700_000_000 + chance.randrange(10**8)}",
}


@pytest.mark.parametrize("kind", IDS)
def test_no_id_is_taken_for_a_person(kind: str) -> None:
    chance = random.Random(kind)
    ids = (IDS[kind](chance) for _ in range(examples(20_000)))
    assert [text for text in ids if find_personal(text)] == []


@given(st.integers(10_000_000, 999_999_999))
def test_exactly_the_numbers_that_pass_the_11_test_are_bsns(number: int) -> None:
    text = f"{number:09}"
    assert (find_personal(text) == PersonalKind.BSN) == bsn.is_valid(text)


@given(st.text(max_size=200))
def test_any_text_gets_an_answer(text: str) -> None:
    find_personal(text)


def test_a_long_text_takes_no_time_without_end() -> None:
    for text in (
        "0" * 100_000,
        "a-" * 50_000,
        "j. " * 50_000,
        "1:" * 50_000,
        "a at " * 20_000,
        "a" * 99_999,
    ):
        find_personal(text)
