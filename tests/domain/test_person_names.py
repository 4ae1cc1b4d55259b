"""How many invented persons the net recognises, and that real streets and places are none.

The persons are drawn by ``faker``, whose lists are not ours: rare names as often as common ones. So
these shares are lower than those of the people who live here.
"""

from __future__ import annotations

import csv
import io
import json
import lzma
from collections.abc import Callable, Iterable, Iterator
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import pytest
from faker import Faker

from domain.given_names import given_names, plain
from domain.person_names import SURNAMES, WORDS_TOO
from domain.persons import names_person
from tests.support.shared_data import shared_file

DRAWN = 2_000
FORMS: dict[str, Callable[[str], str]] = {
    "as written": str,
    "lower case": str.lower,
    "capitals": str.upper,
    "slug": lambda text: text.lower().replace(" ", "-"),
}


def _persons(locale: str) -> list[str]:
    faker = Faker(locale)
    faker.seed_instance(20_240_501)
    return [f"{faker.first_name()} {faker.last_name()}" for _ in range(DRAWN)]


def _recall(persons: Iterable[str]) -> float:
    return sum(map(names_person, persons)) / DRAWN


@pytest.mark.parametrize(
    ("locale", "written", "lower"),
    [
        ("nl_NL", 0.82, 0.78),
        ("nl_BE", 0.93, 0.90),
        ("pl_PL", 0.82, 0.80),
        ("fr_DZ", 0.65, 0.65),
        ("de_DE", 0.62, 0.60),
        ("en_US", 0.85, 0.85),
    ],
)
def test_given_name_and_surname_are_recognised(locale: str, written: float, lower: float) -> None:
    persons = _persons(locale)
    assert _recall(persons) >= written
    assert _recall(map(str.lower, persons)) >= lower


def test_accents_make_no_difference() -> None:
    persons = _persons("tr_TR") + _persons("pl_PL")
    assert [name for name in persons if names_person(name) != names_person(plain(name))] == []


@pytest.mark.parametrize(
    "text",
    [
        "Jan van Dijk", "jan van der wal", "dhr. van dijk", "Şükran Yıldız", "sukran yildiz",
        "Łukasz Wójcik", "oumaima bouzerda", "OUMAIMA BOUZERDA", "brand, oumaima bouzerda",
        "oumaima-bouzerda", "oumaima bouzerda / melding", "jan willem quaestor",
        "oumaima bouzerda-quaestor", "Quaestor, Oumaima", "roos van den berg", "floor jansen",
        "jan jansen kerkstraat", "melder oumaima", "anwar sadi (buurman)", "Titus Van Quaestor",
        "floor van dijk",
    ],
)  # fmt: skip
def test_persons(text: str) -> None:
    assert names_person(text)


@pytest.mark.parametrize(
    "text",
    [
        "Van Schaeck Mathonsingel", "Graafseweg", "Prof. Bellefroidstraat", "Jan van Galenstraat",
        "Titus Brandsma gymnasium", "thomas alva edisonweg", "Sint Jan Baptist", "st. maarten quaestor",
        "jan massinkhal", "jan feb mrt", "amber alert", "storm schade", "wil verhuizen", "max snelheid",
        "vuurwerk max geluid", "maria geboorte", "willem-alexander", "anna-maria", "jan noord",
        "willem van gelre-gulikstraat", "percentage dat frans spreekt", "Roos Quaestor",
        "slachtoffer storm", "overlast robin gebied gevoel", "anna",
    ],
)  # fmt: skip
def test_no_persons(text: str) -> None:
    assert not names_person(text)


def _dutch(part: str, name: str) -> Any:
    file = Path(str(distribution("mimesis").locate_file(f"mimesis/datasets/nl/{part}.json")))
    return json.loads(file.read_text(encoding="utf-8"))[name]


def _real_streets() -> set[str]:
    return set(_dutch("address", "street")["name"])


def _real_places() -> set[str]:
    return set(_dutch("address", "city"))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("names", "at_least"), [(_real_streets, 3_000), (_real_places, 600)])
def test_no_real_street_or_place_is_a_person(
    form: str, names: Callable[[], set[str]], at_least: int
) -> None:
    real = names()
    assert len(real) >= at_least
    assert [name for name in real if names_person(FORMS[form](name))] == []


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from value
        value = value.values()
    if not isinstance(value, str | int | float | None):
        for part in value:
            yield from _strings(part)


def _all_real_strings() -> Iterator[str]:
    """Every cell, line, key and value of the real data, also what no connector lets through."""
    for path in sorted(shared_file("README.md").parent.rglob("*")):
        if path.suffix == ".xz":
            for row in csv.reader(io.StringIO(lzma.decompress(path.read_bytes()).decode())):
                yield from row
        elif path.suffix == ".csv":
            for row in csv.reader(io.StringIO(path.read_text(encoding="utf-8"))):
                yield from row
        elif path.suffix in (".json", ".geojson"):
            yield from _strings(json.loads(path.read_text(encoding="utf-8")))
        elif path.suffix == ".txt":
            yield from path.read_text(encoding="utf-8").splitlines()


def test_of_all_real_strings_a_dozen_at_most_are_taken_for_persons() -> None:
    strings = set(_all_real_strings())
    assert len(strings) > 5_000
    assert sum(map(names_person, strings)) <= 12
    assert sum(names_person(text.title()) for text in strings) <= 30


def test_the_lists_are_plain_and_apart() -> None:
    names = given_names()
    assert len(names) > 5_000
    for listed in (names, WORDS_TOO, SURNAMES):
        assert [name for name in listed if name != plain(name).lower()] == []
    assert names.isdisjoint(WORDS_TOO)
