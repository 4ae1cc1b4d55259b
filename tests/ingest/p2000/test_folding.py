"""Which pages fold into one event, and which never do."""

from __future__ import annotations

import pytest

from domain.events import Incident
from ingest.p2000.grammar import Grammar
from ingest.protocol import Draft, Finding
from tests.ingest.p2000.folds import START, Pages, fold, told


def last(findings: list[Finding]) -> Incident:
    finding = findings[-1]
    assert isinstance(finding, Draft)
    assert isinstance(finding.data, Incident)
    return finding.data


FOLDS: list[tuple[Pages, list[str]]] = [
    # The same page once more, with another talk group, or to a unit already told.
    (
        [
            (0, "p 1 bon-01 br woning eikweg nijmegen 082131"),
            (1, "p 1 bon-02 br woning eikweg nijmegen 082131"),
        ],
        ["new 0", "repeat 0"],
    ),
    # An escalation: more units, then a higher scale.
    (
        [
            (0, "p 1 br woning eikweg nijmegen 082131"),
            (9, "p 1 middel br br woning zolder eikweg nijmegen 082231"),
        ],
        ["new 0", "better 0"],
    ),
    (
        [
            (0, "p 2 stormschade malverte straat nijmegen 082131"),
            (40, "p 2 stormschade malvert 12e straat nijmegen 082231"),
        ],
        ["new 0", "better 0"],
    ),
    # The window slides with every page.
    (
        [
            (0, "p 1 br woning eikweg nijmegen 082131"),
            (50, "p 1 br woning eikweg nijmegen 082231"),
            (100, "p 1 br woning eikweg nijmegen 082331"),
            (161, "p 1 br woning eikweg nijmegen 082431"),
        ],
        ["new 0", "better 0", "better 0", "new 1"],
    ),
    # A page cut short, and the whole of it under the same number.
    (
        [(0, "kweg nijmegen 123456"), (2, "aanrijding letsel eikweg nijmegen 123456")],
        ["new 0", "better 0"],
    ),
    (
        [
            (0, "aanrijding letsel eikweg beukstraat nijmegen 123456"),
            (0.5, "aanrijding letsel eikweg nijmegen 123460"),
        ],
        ["new 0", "repeat 0"],
    ),
    # Wrong letters, moments apart.
    (
        [
            (0, "p 1 br woning eikenstraat nijmegen 082131"),
            (0.05, "p 1 br woning eikemstraat nijmegen 082131"),
        ],
        ["new 0", "repeat 0"],
    ),
    (
        [
            (0, "p 2 br wegvervoer bestelbus eikenstraat nijmegen 082131"),
            (0.02, "p 2 br wegvervner bestelbus eikenstraat nijmegen 082131"),
        ],
        ["new 0", "repeat 0"],
    ),
    # Two calls about one accident; much later it is another one.
    (
        [
            (0, "aanrijding letsel eikweg nijmegen 123456"),
            (1, "aanrijding letsel eikweg nijmegen 123458"),
            (30, "aanrijding letsel eikweg nijmegen 123900"),
        ],
        ["new 0", "repeat 0", "new 1"],
    ),
    # A helicopter is told its street later, and then flies again.
    (
        [
            (0, "a1 ambu 08993 - nijmegen rit 200140"),
            (0.5, "a1 ambu 08993 - nijmegen eikweg"),
            (40, "a1 ambu 08993 - nijmegen rit 200190"),
        ],
        ["new 0", "better 0", "new 1"],
    ),
    # Two streets, two natures, two services: never one.
    (
        [
            (0, "aanrijding letsel eikweg nijmegen 123456"),
            (1, "aanrijding letsel beukweg nijmegen 123457"),
        ],
        ["new 0", "new 1"],
    ),
    (
        [(0, "p 1 br woning eikweg nijmegen 082131"), (1, "p 2 liftopsluiting eikweg nijmegen 082131")],
        ["new 0", "new 1"],
    ),
    (
        [
            (0, "p 1 hv weg letsel eikweg nijmegen 082131"),
            (1, "aanrijding letsel eikweg nijmegen 123456"),
        ],
        ["new 0", "new 1"],
    ),
    (
        [(0, "A1 Ambu 08123 Nijmegen Eikweg Rit 11111"), (1, "A1 Ambu 08124 Nijmegen Eikweg Rit 11112")],
        ["new 0", "new 1"],
    ),
    (
        [
            (0, "aanrijding letsel a73 re 77,3 nijmegen 1234"),
            (0, "aanrijding letsel a73 li 77,3 nijmegen 1239"),
        ],
        ["new 0", "new 1"],
    ),
    # Pages to nobody, in a night with more fires than fire engines.
    (
        [
            (0, "p 2 br afval lokaal afhandelen: ja malverte straat nijmegen"),
            (5, "p 2 br afval lokaal afhandelen: ja malverte straat nijmegen"),
            (40, "p 2 br afval lokaal afhandelen: ja malverte straat nijmegen"),
        ],
        ["new 0", "repeat 0", "new 1"],
    ),
    # Cancellations.
    (
        [
            (0, "p 2 oms brandmelding hotel eikweg nijmegen 082131"),
            (2, "p 2 intrekken alarm brw oms brandmelding hotel eikweg nijmegen"),
            (2, "intrekken alarm brw oms brandmelding hotel eikweg nijmegen"),
            (3, "p 1 br woning eikweg nijmegen 082131"),
        ],
        ["new 0", "retract 0", "repeat 0", "new 1"],
    ),
    (
        [
            (0, "p 2 stormschade a73 re 77,6 nijmegen 083231"),
            (4, "p 2 intrekken alarm brw stormschade a73 re 77,4 nijmegen"),
        ],
        ["new 0", "retract 0"],
    ),
    (
        [
            (0, "p 1 br woning eikweg nijmegen 082131"),
            (4, "p 1 intrekken alarm brw br woning beukweg nijmegen"),
        ],
        ["new 0", "new 1"],
    ),
    (
        [
            (0, "A1 Ambu 08123 Nijmegen Eikweg Rit 11111"),
            (4, "A1 Ambu 08123 Nijmegen geannuleerd Rit 11111"),
        ],
        ["new 0", "retract 0"],
    ),
    (
        [
            (0, "p 1 br woning eikweg nijmegen 082131"),
            (61, "p 1 intrekken alarm brw br woning eikweg nijmegen"),
        ],
        ["new 0", "new 1"],
    ),
    # After a cancellation the same alarm is a new incident, an echo of the old page is not.
    (
        [
            (0, "p 2 br afval eikweg nijmegen 082131"),
            (1, "p 2 intrekken alarm brw br afval eikweg nijmegen"),
            (2, "p 1 br afval eikweg nijmegen 082231"),
            (2, "p 2 br afval eikweg nijmegen 082131"),
        ],
        ["new 0", "retract 0", "new 1", "repeat 0"],
    ),
    # What does not count folds only with its own like.
    (
        [
            (0, "graag contact mka nijmegen"),
            (1, "graag contact mka nijmegen"),
            (30, "graag contact mka nijmegen"),
        ],
        ["new 0", "repeat 0", "new 1"],
    ),
    (
        [(0, "p 2 br afval eikweg nijmegen 082131"), (1, "p 2 test br afval eikweg nijmegen 082131")],
        ["new 0", "new 1"],
    ),
]


@pytest.mark.parametrize(("pages", "expected"), FOLDS)
def test_folds(grammar: Grammar, pages: Pages, expected: list[str]) -> None:
    assert told(fold(grammar, pages)[0]) == expected


def test_a_better_page_keeps_the_time_and_adds_what_it_knows(grammar: Grammar) -> None:
    findings, _ = fold(
        grammar,
        [
            (0, "p 2 br buiten eikweg nijmegen 082131"),
            (9, "p 1 middel br br buiten eikweg nijmegen 082231 089091"),
        ],
    )
    data = last(findings)
    assert data.occurred_at == START
    assert (data.units, data.priority, data.severity) == (3, "p1", 4)
    assert data.location.street == "eikweg"


def test_a_poorer_page_never_takes_the_street_away(grammar: Grammar) -> None:
    findings, window = fold(
        grammar,
        [(0, "a1 ambu 08993 - nijmegen eikweg"), (1, "a1 ambu 08993 08803 - nijmegen rit 200140")],
    )
    assert told(findings) == ["new 0", "repeat 0"]
    assert window[0].placed


def test_a_retraction_says_what_the_incident_said(grammar: Grammar) -> None:
    findings, _ = fold(
        grammar,
        [
            (0, "p 1 middel br br woning eikweg nijmegen 082131 082231"),
            (9, "p 2 intrekken alarm brw br woning eikweg nijmegen"),
        ],
    )
    first, gone = findings
    assert isinstance(first, Draft)
    assert isinstance(gone, Draft)
    assert gone.deleted
    assert gone.data == first.data


def test_a_cancellation_of_nothing_does_not_count(grammar: Grammar) -> None:
    findings, _ = fold(grammar, [(0, "p 1 intrekken alarm brw br woning eikweg nijmegen")])
    data = last(findings)
    assert (data.counts, data.category, data.location.street) == (False, "intrekking", None)
