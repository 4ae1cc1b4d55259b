"""The closed table of natures."""

from __future__ import annotations

import re

from domain.themes import Severity, Theme
from ingest.p2000.head import Service, Sort
from ingest.p2000.natures import CATEGORIES, PHRASES, UNKNOWN, match_nature
from ingest.p2000.tokens import normalise

SLUG = re.compile(r"[a-z0-9][a-z0-9.-]{0,63}")


def test_every_category_is_a_slug_with_a_theme_and_can_be_reached() -> None:
    reached = set(PHRASES.values()) | {UNKNOWN, Service.AMBULANCE.value, Service.TRAUMA.value}
    assert reached == set(CATEGORIES)
    for name, nature in CATEGORIES.items():
        assert SLUG.fullmatch(name)
        assert isinstance(nature.theme, Theme) or name == UNKNOWN
        assert nature.severity is None or nature.severity in Severity
    assert not set(CATEGORIES) & {sort.value for sort in Sort}


def test_phrases_are_as_a_normalised_page_has_them() -> None:
    for phrase in PHRASES:
        assert phrase == normalise(phrase)
        assert not any(c.isdigit() for c in phrase) or phrase == "ass. 1 ts"


def test_the_longest_phrase_wins() -> None:
    assert match_nature(("br", "woning", "eikstraat")) == ("brand-woning", 2)
    assert match_nature(("br", "raar", "eikstraat")) == ("brand-overig", 1)
    assert match_nature(("hv", "overig", "koolmonoxide,", "binnen")) == ("koolmonoxide", 3)
    assert match_nature(("eikstraat", "br", "woning")) == (UNKNOWN, 0)
    assert match_nature(()) == (UNKNOWN, 0)


def test_nothing_medical_gets_a_category_of_its_own() -> None:
    medical = ("reanimatie", "onwelwording", "gezondheid", "tilassistentie", "ass. ambu")
    assert {PHRASES[phrase] for phrase in medical} == {"assistentie-ambulance"}
