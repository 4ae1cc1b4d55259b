"""A delivery with anything else in it is refused whole."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from domain.rejects import RejectReason
from ingest.protocol import Unreadable
from tests.ingest.tabular.crashing import (
    files,
)
from tests.ingest.tabular.dropping import run
from tests.ingest.veiligheidshuis.sealing import (
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
