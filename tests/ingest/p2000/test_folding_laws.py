"""Laws of folding, whatever the pages."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from domain.events import Incident
from ingest.p2000.folding import WINDOW_S
from ingest.p2000.grammar import Grammar
from ingest.protocol import Draft, Repeat
from tests.ingest.p2000.folds import START, Pages, fold, told
from tests.ingest.samples import KEYED

TEXTS = [
    "p 1 br woning eikweg nijmegen 082131",
    "p 1 middel br br woning eikweg nijmegen 082231",
    "p 2 br afval eikweg nijmegen",
    "p 1 intrekken alarm brw br woning eikweg nijmegen",
    "aanrijding letsel eikweg nijmegen 123456",
    "aanrijding letsel beukweg nijmegen 123457",
    "kweg nijmegen 123456",
    "a1 ambu 08993 - nijmegen rit 200140",
    "a1 ambu 08993 - nijmegen eikweg",
    "graag contact mka nijmegen",
    "p 2 test br afval eikweg nijmegen 082131",
    "B2 Nijmegen rit: 30945",
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
    for i in range(60):
        name = "".join(chr(97 + int(c, 16)) for c in KEYED.id("street", str(i)).encode().hex()[:12])
        many.append((i / 10, f"p 1 br woning {name}weg nijmegen {100000 + i}"))
    findings, window = fold(grammar, many, max_seen=40)
    assert len(window) == 40
    assert {f.event_id for f in findings[-40:]} == {seen.id for seen in window}
    later = many[-1][0] + WINDOW_S / 60 + 1
    _, window = fold(grammar, [*many, (later, "graag contact mka nijmegen")])
    assert len(window) == 1


def test_nothing_that_is_remembered_is_text(grammar: Grammar) -> None:
    _, window = fold(grammar, [(i, text) for i, text in enumerate(TEXTS)])
    remembered = repr(window)
    for word in ("eikweg", "beukweg", "nijmegen", "123456", "200140"):
        assert word not in remembered
