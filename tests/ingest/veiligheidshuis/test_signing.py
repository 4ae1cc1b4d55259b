"""Who may deliver: good signatures, of keys that are valid on their days."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from ingest.protocol import Unreadable
from ingest.veiligheidshuis.signing import PublicKey
from tests.ingest.tabular.crashing import (
    files,
)
from tests.ingest.tabular.dropping import NOW, drop, run
from tests.ingest.veiligheidshuis.sealing import (
    FIGURES,
    FOREIGN,
    NEW,
    OLD,
    deliver,
    document,
    sealed,
)


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
