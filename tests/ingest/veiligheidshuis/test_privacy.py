"""Nothing personal passes, in whatever field it is smuggled."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ingest.tabular.rows import FileRefused
from ingest.veiligheidshuis.parsing import parse_document
from tests.ingest.smuggling import SMUGGLED, assert_no_trace
from tests.ingest.tabular.crashing import (
    files,
)
from tests.ingest.tabular.dropping import events, open_outbox, write_all
from tests.ingest.veiligheidshuis.sealing import (
    as_csv,
    deliver,
    document,
    row,
    sealed,
)


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
