"""Signed aggregates: whole or not at all, and never a person, a small number or an older delivery."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from domain.events import Figure
from domain.rejects import RejectReason
from ingest.protocol import Unreadable
from ingest.tabular.rows import FileRefused
from ingest.veiligheidshuis.disclosure import check_disclosure
from ingest.veiligheidshuis.document import Document
from ingest.veiligheidshuis.parsing import parse_document
from ingest.veiligheidshuis.signing import PublicKey
from tests.ingest.smuggling import SMUGGLED, assert_no_trace
from tests.ingest.tabular.crashing import (
    assert_crashes_change_nothing,
    assert_moves_can_be_cut_off,
    files,
)
from tests.ingest.tabular.dropping import NOW, drop, events, open_outbox, run, write_all
from tests.ingest.veiligheidshuis.sealing import (
    FIGURES,
    FOREIGN,
    NEW,
    OLD,
    as_csv,
    deliver,
    document,
    row,
    sealed,
)


def refused(tmp_path: Path, said: Mapping[str, Any] | bytes, name: str = "a.json") -> Unreadable:
    """The one finding of a delivery that is refused as a whole."""
    source = sealed(tmp_path)
    deliver(tmp_path / "drop", said, name)
    (finding,) = run(source).findings
    assert isinstance(finding, Unreadable)
    assert f"failed/{name}" in files(tmp_path)
    return finding


@pytest.mark.parametrize("name", ["a.json", "a.csv"])
def test_a_delivery_gives_its_figures(tmp_path: Path, name: str) -> None:
    source = sealed(tmp_path)
    deliver(tmp_path / "drop", as_csv(document()) if name.endswith("csv") else document(), name)
    drafts = run(source).drafts
    figures = [d.data for d in drafts if isinstance(d.data, Figure)]
    assert [(f.measure, f.area, f.value, f.status, f.unit) for f in figures] == [
        ("zvh.cases-started", "WK026801", 24, "final", "count"),
        ("zvh.cases-running", "WK026801", 61, "final", "count"),
        ("zvh.cases-closed", "WK026801", 40, "final", "count"),
        ("zvh.cases-closed.route.zorg", "WK026801", 22, "final", "count"),
        ("zvh.cases-closed.route.straf", "WK026801", None, "withheld", "count"),
        ("zvh.cases-closed.route.bestuur", "WK026801", None, "withheld", "count"),
        ("zvh.cases-closed.duration.0-3", "WK026801", 15, "final", "count"),
        ("zvh.goal-reached", "WK026801", 25, "final", "count"),
        ("zvh.costs", "WK026801", 41_200, "final", "eur"),
        ("zvh.cases-started", "WK026802", None, "withheld", "count"),
    ]
    assert {(f.period_start, f.period_end) for f in figures} == {(date(2026, 7, 1), date(2026, 10, 1))}
    assert {d.revision for d in drafts} == {12}
    assert set(files(tmp_path)) == {f"done/{name}", f"done/{name}.sig"}


@pytest.mark.parametrize(
    ("tamper", "says"),
    [
        (lambda folder: (folder / "a.json.sig").unlink(), "is missing"),
        (lambda folder: drop(folder, "a.json.sig", b"x" * 64), "no key that is known"),
        (lambda folder: drop(folder, "a.json.sig", b"bm90IGE="), "is not the 64 bytes"),
        (lambda folder: drop(folder, "a.json", json.dumps(document(serial=13))), "for other content"),
        (lambda folder: deliver(folder, document(), key=FOREIGN), "no key that is known"),
    ],
)
def test_a_delivery_without_a_good_signature_is_refused(tmp_path: Path, tamper: Any, says: str) -> None:
    source = sealed(tmp_path)
    deliver(tmp_path / "drop", document())
    tamper(tmp_path / "drop")
    (finding,) = run(source).findings
    assert isinstance(finding, Unreadable)
    assert finding.field == "signature"
    assert says in files(tmp_path)["failed/a.json.rejects.csv"].decode()


def test_a_delivery_waits_for_its_signature(tmp_path: Path) -> None:
    source = sealed(tmp_path)
    deliver(tmp_path / "drop", document(), key=None)
    written = NOW - timedelta(hours=1)
    assert run(source, written + timedelta(seconds=599)).findings == []
    deliver(tmp_path / "drop", document())
    assert len(run(source, written + timedelta(seconds=599)).drafts) == len(FIGURES)


def test_a_plain_signature_of_64_bytes_is_taken(tmp_path: Path) -> None:
    source = sealed(tmp_path)
    deliver(tmp_path / "drop", document(), key=None)
    content = (tmp_path / "drop" / "a.json").read_bytes()
    drop(tmp_path / "drop", "a.json.sig", NEW.sign(content))
    assert len(run(source).drafts) == len(FIGURES)


@pytest.mark.parametrize(
    ("key", "day", "taken"),
    [
        (OLD, date(2026, 10, 31), True),
        (NEW, date(2026, 10, 31), False),
        (OLD, date(2026, 11, 15), True),
        (NEW, date(2026, 11, 15), True),
        (OLD, date(2026, 12, 1), False),
        (NEW, date(2026, 12, 1), True),
    ],
)
def test_keys_rotate(tmp_path: Path, key: Any, day: date, taken: bool) -> None:
    source = sealed(tmp_path)
    said = document(issuedAt="2026-10-05T08:00:00+02:00")
    deliver(tmp_path / "drop", said, key=key)
    now = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    assert bool(run(source, now).drafts) is taken


@pytest.mark.parametrize("public", ["", "AAAA", "not base64!", "A" * 43 + "=="])
def test_what_is_no_public_key_is_refused_in_the_settings(public: str) -> None:
    with pytest.raises(ValidationError, match="no Ed25519 public key"):
        PublicKey(public=public, since=date(2026, 1, 1), until=date(2026, 2, 1))


def test_an_older_delivery_never_wins(tmp_path: Path) -> None:
    source = sealed(tmp_path)
    outbox = open_outbox(tmp_path, source)
    for serial, value in ((12, 24), (11, 30), (12, 31), (13, 32), (12, 24)):
        deliver(
            tmp_path / "drop", document(serial, [row("cases-started", value)]), f"{serial}-{value}.json"
        )
        write_all(outbox, source)
    outbox.close()
    found = [e.data.value for e in events(tmp_path, source) if isinstance(e.data, Figure)]
    assert found == [24, 32]
    assert b"is not above" in files(tmp_path)["failed/11-30.json.rejects.csv"]
    assert b"was read before" in files(tmp_path)["done/12-24~2.json.rejects.csv"]


@pytest.mark.parametrize(
    ("change", "field", "reason"),
    [
        ({"gemeente": "GM0363"}, "gemeente", RejectReason.UNPARSED),
        ({"issuedAt": "2027-01-01T00:00:00Z"}, "issuedAt", RejectReason.UNPARSED),
        ({"issuedAt": "2026-11-02T08:00:00"}, "issuedAt", RejectReason.PRIVACY),
        ({"version": 2}, "version", RejectReason.PRIVACY),
        ({"figures": []}, "figures", RejectReason.UNPARSED),
        ({"opmerking": "met groet van J. de Quaestor"}, "unknown", RejectReason.PRIVACY),
        (
            {"figures": [row("cases-started", 24, naam="Wiersemans")]},
            "figures.0.unknown",
            RejectReason.PRIVACY,
        ),
        (
            {"figures": [row("cases-started", 24, "Wiersemans")]},
            "figures.0.stadsdeel",
            RejectReason.PRIVACY,
        ),
        (
            {"figures": [row("cases-started", 24, "WK036301")]},
            "figures.0.stadsdeel",
            RejectReason.UNPARSED,
        ),
        ({"figures": [row("Wiersemans", 24)]}, "figures.0.measure", RejectReason.PRIVACY),
        (
            {"figures": [row("cases-started", 24, route="Wiersemans")]},
            "figures.0.route",
            RejectReason.PRIVACY,
        ),
        ({"figures": [row("cases-started", 9)]}, "figures.0.value", RejectReason.PRIVACY),
        ({"figures": [row("cases-started", 0)]}, "figures.0.value", RejectReason.PRIVACY),
        ({"figures": [row("costs", 41_200, cases=9)]}, "figures.0.cases", RejectReason.PRIVACY),
        ({"figures": [row("costs", 41_200)]}, "figures.0", RejectReason.PRIVACY),
        ({"figures": [row("cases-started", 24)] * 2}, "figures.1", RejectReason.UNPARSED),
    ],
)
def test_a_delivery_with_anything_else_is_refused_whole(
    tmp_path: Path, change: dict[str, Any], field: str, reason: RejectReason
) -> None:
    finding = refused(tmp_path, {**document(), **change})
    assert (finding.field, finding.reason) == (field, reason)


@pytest.mark.parametrize(
    "content",
    [
        b"{",
        b"[" * 100_000,
        b"\xff\xfe",
        b'{"version":1,"version":1}',
        json.dumps(document()).replace('"value": 24', '"value": 24, "value": 24').encode(),
        json.dumps(document()).replace("24", "NaN", 1).encode(),
        b" " * 4_200_000,
    ],
)
def test_what_is_no_document_is_refused(tmp_path: Path, content: bytes) -> None:
    refused(tmp_path, content)


def test_a_csv_with_a_column_more_is_refused(tmp_path: Path) -> None:
    content = as_csv(document()).replace(b"cases\r\n", b"cases;naam\r\n", 1)
    assert refused(tmp_path, content, "a.csv").reason is RejectReason.PRIVACY


@pytest.mark.parametrize(
    ("figures", "ok"),
    [
        # 40 - 32 = 8 closed by the one route that is withheld.
        (
            [
                row("cases-closed", 40),
                row("cases-closed", 32, route="zorg"),
                row("cases-closed", None, route="straf"),
            ],
            False,
        ),
        (
            [
                row("cases-closed", 40),
                row("cases-closed", 22, route="zorg"),
                row("cases-closed", None, route="straf"),
            ],
            True,
        ),
        ([row("cases-closed", 40), row("cases-closed", 35, route="zorg")], False),
        ([row("cases-closed", 40), row("cases-closed", 40, route="zorg")], True),
        ([row("cases-closed", 40), row("cases-closed", 41, route="zorg")], False),
        ([row("cases-closed", None), row("cases-closed", 41, route="zorg")], True),
        ([row("cases-closed", 40), row("goal-reached", 35)], False),
        ([row("cases-closed", 40), row("goal-reached", 41)], False),
        ([row("cases-closed", 40), row("goal-reached", 30)], True),
        ([row("cases-closed", 40), row("goal-reached", 40)], True),
    ],
)
def test_a_small_number_cannot_be_worked_out(
    tmp_path: Path, figures: list[dict[str, Any]], ok: bool
) -> None:
    source = sealed(tmp_path)
    deliver(tmp_path / "drop", document(figures=figures))
    assert bool(run(source).drafts) is ok


@given(
    total=st.integers(10, 60),
    parts=st.lists(st.one_of(st.none(), st.integers(10, 60)), min_size=1, max_size=4),
)
def test_no_accepted_delivery_gives_a_small_number_by_subtraction(
    total: int, parts: list[int | None]
) -> None:
    routes = ("zorg", "straf", "bestuur", "gecombineerd")
    rows = [row("cases-closed", value, route=route) for value, route in zip(parts, routes, strict=False)]
    said = document(figures=[row("cases-closed", total), *rows])
    try:
        check_disclosure(Document.model_validate(said))
    except FileRefused:
        return
    rest = total - sum(value for value in parts if value is not None)
    assert rest >= 10 or (rest == 0 and None not in parts)


def _fill(folder: Path) -> None:
    deliver(folder, document(12), "a.json")
    deliver(folder, document(13, [row("cases-started", 31)]), "b.json")
    deliver(folder, document(9), "c.json")
    deliver(folder, document(14, [row("cases-started", 5)]), "d.json")


def test_death_loses_and_doubles_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert_crashes_change_nothing(tmp_path / "polls", sealed, _fill)
    assert_moves_can_be_cut_off(tmp_path / "moves", sealed, _fill, monkeypatch)


def _strings(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    if isinstance(value, dict):
        return [p for key, inner in value.items() for p in _strings(inner, (*path, key))]
    if isinstance(value, list):
        return [p for index, inner in enumerate(value) for p in _strings(inner, (*path, index))]
    return [path]


def _smuggled() -> list[dict[str, Any]]:
    """A delivery for every kind of personal data in every field, as text and as a number."""
    said = document(figures=[row("costs", 41_200, cases=40), row("cases-started", 24, route="zorg")])
    found = []
    for path in _strings(said):
        for secret in (*SMUGGLED, *(int(s) for s in SMUGGLED if s.isdigit())):
            changed = json.loads(json.dumps(said))
            at = changed
            for key in path[:-1]:
                at = at[key]
            at[path[-1]] = secret
            found.append(changed)
    return found


def test_nothing_smuggled_into_any_field_is_a_document() -> None:
    for said in _smuggled():
        for content, name in ((json.dumps(said).encode(), "a.json"), (as_csv(said), "a.csv")):
            with pytest.raises(FileRefused) as raised:
                parse_document(content, name)
            assert_no_trace(repr(raised.value.refusal) + repr(raised.value.__cause__))


def test_nothing_smuggled_in_comes_out(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    source = sealed(tmp_path)
    outbox = open_outbox(tmp_path, source)
    tried = _smuggled()[::17]
    for number, said in enumerate(tried):
        deliver(tmp_path / "drop", said, f"{number}.json")
    write_all(outbox, source)
    outbox.close()
    assert events(tmp_path, source) == []
    assert_no_trace("".join(capfd.readouterr()))
    for path in tmp_path.glob("outbox.sqlite*"):
        assert_no_trace(path.read_bytes().decode("latin-1"))
    for path in (tmp_path / "drop" / "failed").glob("*.rejects.csv"):
        assert_no_trace(path.read_text(encoding="utf-8"))
    assert len(files(tmp_path)) == 3 * len(tried)
