"""What counts as a street, and that nothing else passes."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from domain.places import Location
from ingest.p2000.street_words import LEADS, SUFFIXES
from ingest.p2000.streets import find_street
from tests.support.shared_data import shared_file


@pytest.mark.parametrize(
    ("words", "street"),
    [
        ("eikstraat", "eikstraat"),
        ("auto eikstraat", "eikstraat"),
        ("van eikenlaan", "van eikenlaan"),
        ("de bakkerstraat", "de bakkerstraat"),
        ("st. janssingel", "st. janssingel"),
        ("prof. eikstraat", "prof. eikstraat"),
        ("burgemeester van eikenplein", "burgemeester van eikenplein"),
        ("hugo de eikstraat", "hugo de eikstraat"),
        ("berg en eikseweg", "berg en eikseweg"),
        ("in de eikstraat", "in de eikstraat"),
        ("j.c. eikstraat", "j.c. eikstraat"),
        ("keizer karel vi-singel", "keizer karel vi-singel"),
        ("groot eikplein zuid", "eikplein zuid"),
        ("geert eikplein zu", "geert eikplein zuid"),
        ("kronenburgersingel noord", "kronenburgersingel noord"),
        ("eikweg-zuid", "eikweg zuid"),
        ("st. eikstraa", "st. eikstraat"),
        ("grote markt", "grote markt"),
        ("nieuwe gracht", "nieuwe gracht"),
        ("oude dijk", "oude dijk"),
        ("plein 1944", "plein 1944"),
        ("edelsmid iemand van ergens plein 1944", "plein 1944"),
        ("weg door eikenbos", "weg door eikenbos"),
        ("kliniek weg door eikenbos", "weg door eikenbos"),
        ("laan van zuid-indie", "laan van zuid-indie"),
        ("passage eikenhorst", "passage eikenhorst"),
        ("achter de oude eik", "achter de oude eik"),
        # A crossing, or an object and the street: the last.
        ("eikstraat beukstraat", "beukstraat"),
        ("eikstraat/beukstraat", "beukstraat"),
        ("parkeergarage eikmarkt eikmarkt", "eikmarkt"),
        # Objects, companies and people before a street do not leave with it.
        ("hotel jansen eikstraat", "eikstraat"),
        ("bakkerij jansen van eikenlaan", "van eikenlaan"),
        ("van den berken autos eikweg", "eikweg"),
        ("joachim & anna eikweg", "eikweg"),
        ("a73 li - eikseweg,2", "eikseweg"),
        # House numbers.
        ("eikstraat 12", "eikstraat"),
        ("eikstraat 12 a", "eikstraat"),
        ("eikstraat 12a-3", "eikstraat"),
        ("eikstraat 12-bis hs", "eikstraat"),
        # Numbered streets.
        ("malverte straat", "malvert"),
        ("de eikenkampe straat", "de eikenkamp"),
        ("keuken tolhuise straat", "tolhuis"),
        ("tolhuis 40e straat", "tolhuis"),
        ("lange straat", "lange straat"),
    ],
)
def test_streets(words: str, street: str) -> None:
    assert find_street(words.split()) == street


@pytest.mark.parametrize(
    "words",
    [
        "",
        "12",
        "a73 li 99,6",
        "waal links 777,0",
        "dijk",
        "van dijk",
        "meneer oudendijk",
        "mevr. jansen eikstraat",
        "dhr eikstraat",
        "parkeerplaats",
        "snelweg",
        "bouwmarkt",
        "aardgas",
        "jan@eikweg",
        "0612345678",
        "achter de",
        "tilassistentie achter de voordeur",
        "straat",
        "1944",
        "plein",
        "eikstraat12",
        "weg",
    ],
)
def test_no_streets(words: str) -> None:
    assert find_street(words.split()) is None


WORDS = st.one_of(
    st.sampled_from([*sorted(LEADS)[::7], "plein", "straat", "weg", "door", "eikstraat", "achter"]),
    st.text(min_size=1, max_size=12),
    st.from_regex(r"[0-9]{1,6}[a-z]?", fullmatch=True),
    st.from_regex(r"[a-z]{1,10}(straat|weg|laan|plein)", fullmatch=True),
)


@given(st.lists(WORDS, max_size=8))
@example(["plein", "1944", "12"])
@example(["²straat"])
@example(["straat", "straat"])
def test_a_street_is_valid_and_has_no_number_but_the_year_of_a_square(words: list[str]) -> None:
    street = find_street(words)
    if street is None:
        return
    Location(street=street)
    assert not re.search(r"\d", re.sub(r"^plein 19\d\d$", "", street))
    assert "@" not in street


@given(st.lists(st.from_regex(r"[a-z]{3,9}", fullmatch=True), min_size=1, max_size=6))
def test_words_before_the_last_are_from_the_closed_lists(words: list[str]) -> None:
    street = find_street([*words, "eikstraat"])
    assert street is not None
    *leads, last = street.split()
    assert last == "eikstraat"
    assert set(leads) <= LEADS


def test_most_real_street_names_are_recognised() -> None:
    lines = shared_file("geo/nijmegen_addresses_sample.csv").read_text(encoding="utf-8").splitlines()
    names = {re.sub(r" \d+\S*( \S\S)?$", "", line.split(",")[0]).lower() for line in lines[1:]}
    with_suffix = {n for n in names if any(n.endswith(s) for s in SUFFIXES) or n == "plein 1944"}
    whole = {n for n in with_suffix if find_street(n.split()) == n}
    assert len(with_suffix) >= 95
    assert sorted(with_suffix - whole) == []
