"""Which pages fold into one event, and which never do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.events import Incident
from ingest.p2000.folding import MAX_SEEN, WINDOW_S, Folder
from ingest.p2000.grammar import Grammar
from ingest.p2000.incidents import Seen
from ingest.protocol import Draft, Finding, Repeat
from tests.ingest.samples import KEYED

START = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)

Pages = list[tuple[float, str]]
"""Minutes after the start, and the text."""


def fold(grammar: Grammar, pages: Pages) -> tuple[list[Finding], tuple[Seen, ...]]:
    window: tuple[Seen, ...] = ()
    findings: list[Finding] = []
    folder = Folder(KEYED)
    for minutes, text in pages:
        message = grammar.read(text)
        assert message is not None, text
        moment = START + timedelta(minutes=minutes)
        folded = folder.fold(window, message, moment, moment)
        findings.append(folded.finding)
        window = folded.window
    return findings, window


def told(findings: list[Finding]) -> list[str]:
    """Per finding: new, better, repeat or retract, with the number of the event."""
    ids: list[str] = []
    words = []
    for finding in findings:
        known = finding.event_id in ids
        if not known:
            ids.append(finding.event_id)
        kind = "repeat" if isinstance(finding, Repeat) else "better" if known else "new"
        if isinstance(finding, Draft) and finding.deleted:
            kind = "retract"
        words.append(f"{kind} {ids.index(finding.event_id)}")
    return words


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
            (0, "a1 ambu 08993 - nijmegen rit 288140"),
            (0.5, "a1 ambu 08993 - nijmegen eikweg"),
            (40, "a1 ambu 08993 - nijmegen rit 288190"),
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
            (0, "aanrijding letsel a73 re 99,3 nijmegen 1234"),
            (0, "aanrijding letsel a73 li 99,3 nijmegen 1239"),
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
            (0, "p 2 stormschade a73 re 98,6 nijmegen 083231"),
            (4, "p 2 intrekken alarm brw stormschade a73 re 98,4 nijmegen"),
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
        [(0, "a1 ambu 08993 - nijmegen eikweg"), (1, "a1 ambu 08993 08803 - nijmegen rit 288140")],
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


TEXTS = [
    "p 1 br woning eikweg nijmegen 082131",
    "p 1 middel br br woning eikweg nijmegen 082231",
    "p 2 br afval eikweg nijmegen",
    "p 1 intrekken alarm brw br woning eikweg nijmegen",
    "aanrijding letsel eikweg nijmegen 123456",
    "aanrijding letsel beukweg nijmegen 123457",
    "kweg nijmegen 123456",
    "a1 ambu 08993 - nijmegen rit 288140",
    "a1 ambu 08993 - nijmegen eikweg",
    "graag contact mka nijmegen",
    "p 2 test br afval eikweg nijmegen 082131",
    "B2 Nijmegen rit: 39945",
]
PAGES = st.lists(st.tuples(st.integers(0, 240), st.sampled_from(TEXTS)), max_size=25).map(
    lambda pages: [(float(minutes), text) for minutes, text in sorted(pages)]
)


@given(PAGES)
def test_laws_of_folding(grammar: Grammar, pages: Pages) -> None:
    findings, window = fold(grammar, pages)
    assert len(findings) == len(pages)
    state: dict[str, Draft] = {}
    for finding in findings:
        if isinstance(finding, Repeat):
            # A repeat is always of an event that was reported before.
            assert finding.event_id in state
            continue
        assert isinstance(finding, Draft)
        assert finding != state.get(finding.event_id), "a draft without news"
        before = state.get(finding.event_id)
        if before is not None:
            assert isinstance(before.data, Incident)
            assert isinstance(finding.data, Incident)
            assert not before.deleted
            assert finding.data.occurred_at == before.data.occurred_at
            assert finding.data.units >= before.data.units
            assert finding.data.location.street or not before.data.location.street
        state[finding.event_id] = finding
    assert len({seen.id for seen in window}) == len(window)
    assert all(START.timestamp() <= seen.first <= seen.last for seen in window)


@given(PAGES)
def test_a_page_read_twice_at_once_is_a_repeat(grammar: Grammar, pages: Pages) -> None:
    twice = [page for page in pages for _ in range(2)]
    findings, _ = fold(grammar, twice)
    assert all(isinstance(f, Repeat) for f in findings[1::2])
    assert told(findings[::2]) == told(fold(grammar, pages)[0])


def test_what_is_remembered_is_bounded_and_forgotten_after_an_hour(grammar: Grammar) -> None:
    many: Pages = []
    for i in range(MAX_SEEN + 60):
        name = "".join(chr(97 + int(c, 16)) for c in KEYED.id("street", str(i)).encode().hex()[:12])
        many.append((i / 10, f"p 1 br woning {name}weg nijmegen {100000 + i}"))
    findings, window = fold(grammar, many)
    assert len(window) == MAX_SEEN
    assert {f.event_id for f in findings[-MAX_SEEN:]} == {seen.id for seen in window}
    later = many[-1][0] + WINDOW_S / 60 + 1
    _, window = fold(grammar, [*many, (later, "graag contact mka nijmegen")])
    assert len(window) == 1


def test_nothing_that_is_remembered_is_text(grammar: Grammar) -> None:
    _, window = fold(grammar, [(i, text) for i, text in enumerate(TEXTS)])
    remembered = repr(window)
    for word in ("eikweg", "beukweg", "nijmegen", "123456", "288140"):
        assert word not in remembered
