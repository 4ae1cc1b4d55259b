"""Deliveries of a Veiligheidshuis, made up and signed with keys of the tests."""

from __future__ import annotations

import base64
import csv
import io
import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ingest.protocol import Source
from ingest.veiligheidshuis.parsing import CSV_COLUMNS
from ingest.veiligheidshuis.signing import PublicKey
from ingest.veiligheidshuis.source import Settings, build
from tests.ingest.tabular.dropping import Context, drop

OLD, NEW, FOREIGN = (Ed25519PrivateKey.from_private_bytes(bytes([n]) * 32) for n in (1, 2, 3))


def public(key: Ed25519PrivateKey, since: date, until: date) -> PublicKey:
    raw = base64.b64encode(key.public_key().public_bytes_raw()).decode()
    return PublicKey(public=raw, since=since, until=until)


KEYS = (
    public(OLD, date(2026, 1, 1), date(2026, 11, 30)),
    public(NEW, date(2026, 11, 1), date(2027, 12, 31)),
)


def row(measure: str, value: int | None, stadsdeel: str = "WK026801", **more: object) -> dict[str, Any]:
    return {"stadsdeel": stadsdeel, "period": "2026KW03", "measure": measure, "value": value, **more}


FIGURES = [
    row("cases-started", 24),
    row("cases-running", 61),
    row("cases-closed", 40),
    row("cases-closed", 22, route="zorg"),
    row("cases-closed", None, route="straf"),
    row("cases-closed", None, route="bestuur"),
    row("cases-closed", 15, duration="0-3"),
    row("goal-reached", 25),
    row("costs", 41_200, cases=40),
    row("cases-started", None, "WK026802"),
]


def document(
    serial: int = 12, figures: list[dict[str, Any]] | None = None, **more: object
) -> dict[str, Any]:
    return {
        "version": 1,
        "gemeente": "GM0268",
        "serial": serial,
        "issuedAt": "2026-11-02T08:00:00+01:00",
        "boundaryYear": 2024,
        "figures": FIGURES if figures is None else figures,
        **more,
    }


def as_csv(said: Mapping[str, Any]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, CSV_COLUMNS, delimiter=";")
    writer.writeheader()
    head = {name: value for name, value in said.items() if name != "figures"}
    for figure in said["figures"]:
        writer.writerow({**head, **figure})
    return text.getvalue().encode()


def deliver(
    folder: Path,
    said: Mapping[str, Any] | bytes,
    name: str = "a.json",
    key: Ed25519PrivateKey | None = NEW,
) -> None:
    content = said if isinstance(said, bytes) else json.dumps(said).encode()
    drop(folder, name, content)
    if key is not None:
        drop(folder, name + ".sig", base64.b64encode(key.sign(content)) + b"\n")


def sealed(folder: Path) -> Source:
    """The source of ``folder/drop``."""
    (folder / "drop").mkdir(parents=True, exist_ok=True)
    return build("zvh", Settings(folder="drop", keys=KEYS), Context(folder))
