"""What is in a delivery: rows of every format, bad rows, what repeats and later files change."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa  # type: ignore[import-untyped]  # ships no types
import pyarrow.parquet as pq  # type: ignore[import-untyped]  # ships no types
import pytest

from domain.errors import SourceRefused
from domain.events import Signal
from domain.metrics import Counter
from domain.places import Location
from domain.rejects import RejectReason
from tests.ingest.filedrop.conftest import COLUMNS, MAPPING, ROW, changed, csv_of, filedrop
from tests.ingest.smuggling import SMUGGLED, assert_no_trace
from tests.ingest.tabular.crashing import (
    files,
)
from tests.ingest.tabular.dropping import drop, events, open_outbox, records, run, write_all
from tests.ingest.tabular.test_tables import write_workbook

EXPECTED = Signal(
    occurred_at=datetime(2026, 3, 10, 7, 30, tzinfo=UTC),
    category="geluid",
    theme="geluidsoverlast",
    status="open",
    severity=2,
    location=Location(wijk="BU02680202", pc6="6511AB"),
)


def _as(folder: Path, name: str) -> None:
    record = dict(zip(COLUMNS, ROW, strict=True))
    path = drop(folder, name, csv_of(ROW))
    if name.endswith(".xlsx"):
        write_workbook(path, [COLUMNS, ROW])
    elif name.endswith(".parquet"):
        pq.write_table(pa.table({key: [value] for key, value in record.items()}), path)
    elif name.endswith(".ndjson"):
        path.write_text(json.dumps(record) + "\n", encoding="utf-8")
    elif name.endswith(".json"):
        path.write_text(json.dumps({"meldingen": [record]}), encoding="utf-8")
    drop(folder, name, path.read_bytes())


@pytest.mark.parametrize("name", ["a.csv", "a.xlsx", "a.parquet", "a.ndjson", "a.json"])
def test_every_format_gives_the_same_event(tmp_path: Path, name: str) -> None:
    source = filedrop(tmp_path)
    _as(tmp_path / "drop", name)
    (draft,) = run(source).drafts
    assert draft.data == EXPECTED
    assert list(files(tmp_path)) == [f"done/{name}"]


def test_the_same_row_has_the_same_identity_in_every_format(tmp_path: Path) -> None:
    source = filedrop(tmp_path)
    outbox = open_outbox(tmp_path, source)
    for name in ("a.csv", "a.xlsx", "a.parquet", "a.ndjson", "a.json"):
        _as(tmp_path / "drop", name)
        write_all(outbox, source)
    outbox.close()
    assert [rev for _, rev in records(tmp_path, source)] == [1]


def test_bad_rows_are_told_by_line_and_field_and_the_others_pass(tmp_path: Path) -> None:
    source = filedrop(tmp_path)
    rows = (
        changed(gemeld="vanochtend"),
        ROW,
        changed(nummer=""),
        changed(nummer="2", soort="Wiersemans"),
        changed(nummer="3", ernst="9"),
        changed(nummer="4", soort="Test"),
        changed(nummer="5", postcode="6511AB 12"),
    )
    drop(tmp_path / "drop", "a.csv", csv_of(*rows))
    done = run(source)
    assert len(done.drafts) == 1
    assert [(u.field, u.reason) for u in done.unreadable] == [
        ("occurred_at", RejectReason.UNPARSED),
        ("id", RejectReason.UNPARSED),
        ("category", RejectReason.UNPARSED),
        ("severity", RejectReason.UNPARSED),
        ("pc6", RejectReason.UNPARSED),
    ]
    assert sum(p.filtered.get(Counter.FILTERED_LEFT_OUT, 0) for p in done.polls) == 1
    left = (tmp_path / "drop" / "done" / "a.csv.rejects.csv").read_text(encoding="utf-8")
    assert left.splitlines() == [
        "line,field,reason,says",
        '2,occurred_at,unparsed,"is not a time of the form expected"',
        '4,id,unparsed,"an id column is empty"',
        '5,category,unparsed,"is not in the list of the mapping"',
        '6,severity,unparsed,"is out of range"',
        '8,pc6,unparsed,"is out of range"',
    ]


def test_the_same_file_twice_changes_nothing(tmp_path: Path) -> None:
    source = filedrop(tmp_path)
    outbox = open_outbox(tmp_path, source)
    # The key repeats with other content, so that reading the rows again would give versions.
    content = csv_of(ROW, changed(status="Dicht"))
    for name in ("a.csv", "b.csv", "a.csv"):
        drop(tmp_path / "drop", name, content)
        write_all(outbox, source)
    outbox.close()
    assert [rev for _, rev in records(tmp_path, source)] == [1, 2]
    left = files(tmp_path)
    assert set(left) == {
        "done/a.csv", "done/a~2.csv", "done/a~2.csv.rejects.csv", "done/b.csv", "done/b.csv.rejects.csv",
    }  # fmt: skip
    assert b"was read before" in left["done/b.csv.rejects.csv"]


def test_a_later_file_changes_and_takes_back(tmp_path: Path) -> None:
    source = filedrop(tmp_path)
    outbox = open_outbox(tmp_path, source)
    for rows in ((ROW,), (changed(status="Dicht"),), (changed(status="Ingetrokken"),)):
        drop(tmp_path / "drop", "a.csv", csv_of(*rows))
        write_all(outbox, source)
    outbox.close()
    assert [(e.rev, e.deleted) for e in events(tmp_path, source)] == [(1, False), (2, False), (3, True)]


def test_with_a_revision_an_older_file_never_wins(tmp_path: Path) -> None:
    mapping = MAPPING.replace(
        'id = ["nummer"]', 'id = ["nummer"]\nrevision = { column = "toelichting" }'
    )
    source = filedrop(tmp_path, mapping)
    outbox = open_outbox(tmp_path, source)
    for status, changed_at in (
        ("Open", "2026-03-10 09:00"),
        ("Dicht", "2026-03-12 09:00"),
        ("Open", "2026-03-11 09:00"),
    ):
        drop(tmp_path / "drop", "a.csv", csv_of(changed(status=status, toelichting=changed_at)))
        write_all(outbox, source)
    outbox.close()
    assert [e.data.status for e in events(tmp_path, source) if isinstance(e.data, Signal)] == [
        "open",
        "closed",
    ]


def test_a_file_is_read_again_under_another_mapping(tmp_path: Path) -> None:
    drop(tmp_path / "drop", "a.csv", csv_of(ROW, changed(nummer="2", soort="Vuurwerk")))
    source = filedrop(tmp_path)
    outbox = open_outbox(tmp_path, source)
    write_all(outbox, source)
    mapping = MAPPING.replace('"Test" = "test"', '"Test" = "test", "Vuurwerk" = "vuurwerk"')
    mapping = mapping.replace('"Test" = "overig"', '"Test" = "overig", "Vuurwerk" = "vuurwerk"')
    source = filedrop(tmp_path, mapping)
    (tmp_path / "drop" / "done" / "a.csv").rename(tmp_path / "drop" / "a.csv")
    write_all(outbox, source)
    outbox.close()
    assert [rev for _, rev in records(tmp_path, source)] == [1, 1]


def test_a_file_that_is_refused_can_be_tried_again(tmp_path: Path) -> None:
    source = filedrop(tmp_path)
    outbox = open_outbox(tmp_path, source)
    for _ in range(2):
        drop(tmp_path / "drop", "a.csv", "iets;anders\n1;2\n")
        write_all(outbox, source)
    outbox.close()
    assert set(files(tmp_path)) == {
        "failed/a.csv", "failed/a.csv.rejects.csv", "failed/a~2.csv", "failed/a~2.csv.rejects.csv",
    }  # fmt: skip
    assert b"lacks the column" in files(tmp_path)["failed/a.csv.rejects.csv"]


def test_a_cursor_of_another_version_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceRefused, match="another version"):
        run(filedrop(tmp_path), cursor={"version": 99})


def test_nothing_smuggled_into_any_column_comes_out(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    source = filedrop(tmp_path)
    rows = [
        changed(**{"nummer": str(number), column: secret})
        for number, (column, secret) in enumerate(
            (column, secret) for column in COLUMNS for secret in SMUGGLED
        )
    ]
    drop(tmp_path / "drop", "Achmed Bouzerda.csv", csv_of(*rows))
    outbox = open_outbox(tmp_path, source)
    write_all(outbox, source)
    outbox.close()
    done = run(source)
    assert_no_trace(repr(done) + caplog.text + "".join(capfd.readouterr()))
    for path in tmp_path.glob("outbox.sqlite*"):
        assert_no_trace(path.read_bytes().decode("latin-1"))
    rejects = tmp_path / "drop" / "done" / "Achmed Bouzerda.csv.rejects.csv"
    assert_no_trace(rejects.read_text(encoding="utf-8"))
    assert len(records(tmp_path, source)) > 3 * len(SMUGGLED)
