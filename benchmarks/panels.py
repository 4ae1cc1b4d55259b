"""How long the panels of the boards take over very many events.

    python -m benchmarks.panels [--events N] [--years N] [--rounds N] [--json FILE]

The events are made in the engine: spread over the years before now, over 44 wijken by their number of
inhabitants, and over the themes; each has its row in ``event_log`` and ``event_now`` and is counted in
``cell`` and ``cell_day``, a month at a time. Then every panel of the board, and some questions over all
the years, are asked ``rounds`` times in turn, by the user who may only read.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.machine import machine_facts
from dashboards.panels.stad_nu import STAD_NU
from domain.areas import Municipality
from domain.clock import SystemClock
from domain.themes import THEMES
from tests.support.clickhouse import READER, WRITER, LocalClickHouse
from warehouse.client import Client, connect
from warehouse.exactness import READ_DEFAULTS
from warehouse.migrate import migrate
from warehouse.reference import sync_reference
from wijkbeeld.gemeenten import load_municipality

DATABASE = "wijkbeeld"
BAR_SECONDS = 0.05

QUESTIONS = {
    "all: per wijk": "SELECT wijk, sum(n) FROM cell_day FINAL GROUP BY wijk ORDER BY 2 DESC",
    "all: theme per month": (
        "SELECT theme, toStartOfMonth(day) AS month, sum(n) FROM cell_day FINAL GROUP BY theme, month"
    ),
    "all: one wijk per day": (
        "SELECT day, sum(n) FROM cell_day FINAL WHERE wijk = 'BU02680101' GROUP BY day ORDER BY day"
    ),
    "30 days: one theme per hour": (
        "SELECT hour, sum(n) FROM cell FINAL WHERE theme = 'drugs' AND hour > now() - INTERVAL 30 DAY"
        " GROUP BY hour ORDER BY hour"
    ),
    "a year: city per hour of week": (
        "SELECT toDayOfWeek(hour, 0, 'Europe/Amsterdam') AS weekday,"
        " toHour(hour, 'Europe/Amsterdam') AS of_day, sum(n)"
        " FROM cell FINAL WHERE hour > now() - INTERVAL 1 YEAR GROUP BY weekday, of_day"
    ),
}

_EVENTS = """
INSERT INTO event_log (source, event_id, receipt, rev, geo_v, version, deleted, counts, bucket, kind,
    theme, category, severity, occurred_at, received_at, wijk, stadsdeel, gemeente, match_level,
    boundary_year, service, priority, attrs, schema_v)
WITH {themes:Array(String)} AS themes, {wijken:Array(String)} AS wijken
SELECT
    'bench', lower(hex(sipHash128(number))), number + 1, 1, 1, bitShiftLeft(toUInt64(1), 32) + 1, 0, 1,
    toDate(at), ['incident', 'signal', 'signal'][1 + cityHash64(number, 2) % 3],
    themes[1 + cityHash64(number, 3) % length(themes)], 'bench', 1 + cityHash64(number, 4) % 5,
    at, at + toIntervalSecond(cityHash64(number, 5) % 60), area, concat('WK', substring(area, 3, 6)),
    'GM0268', 'street', 2024, '', '', '{}', 1
FROM
(
    SELECT
        number, wijken[1 + cityHash64(number, 6) % length(wijken)] AS area,
        toDateTime64({begin:DateTime('UTC')}, 3, 'UTC')
            + toIntervalMillisecond(intDiv((number - {first:UInt64}) * {span:UInt64}, {rows:UInt64}))
            AS at
    FROM numbers({first:UInt64}, {rows:UInt64})
)
"""

_CELLS = """
INSERT INTO cell (wijk, theme, hour, n, n_incident, n_signal, severity_sum, digest, gen)
SELECT wijk, theme, toStartOfHour(occurred_at) AS hour, count(), countIf(kind = 'incident'),
    countIf(kind = 'signal'), sum(severity), sum(cityHash64(source, event_id, version)), 1
FROM event_log
WHERE receipt > {first:UInt64} AND receipt <= {first:UInt64} + {rows:UInt64}
    AND bucket >= toDate({begin:DateTime('UTC')})
GROUP BY wijk, theme, hour
"""

_DAYS = """
INSERT INTO cell_day (wijk, theme, day, n, n_incident, n_signal, severity_sum, digest, gen)
SELECT wijk, theme, toDate(hour, 'Europe/Amsterdam') AS day, sum(n), sum(n_incident), sum(n_signal),
    sum(severity_sum), sum(digest), 1
FROM cell FINAL
GROUP BY wijk, theme, day
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure; return 0 if every event is counted."""
    options = _options(arguments)
    console = Console()
    municipality = load_municipality("nijmegen")
    with (
        tempfile.TemporaryDirectory() as folder,
        LocalClickHouse(Path(folder) / "data", default_settings=READ_DEFAULTS) as server,
    ):
        url = f"{server.url}/{DATABASE}"
        writer = connect(url, WRITER.name, WRITER.password, timeout=timedelta(minutes=30))
        migrate(writer)
        sync_reference(writer, municipality, SystemClock())
        _fill(console, writer, municipality, options.events, options.years)
        ((counted,),) = writer.query("SELECT sum(n) FROM cell_day FINAL")
        writer.close()
        reader = connect(url, READER.name, READER.password)
        times = _measure(console, reader, options.rounds)
        reader.close()
    report = {name: _figures(found) for name, found in times.items()}
    everything = _figures([took for found in times.values() for took in found])
    console.print(_table(report, everything, int(counted)))
    if options.json:
        whole = {
            "benchmark": "panels",
            "machine": machine_facts(),
            "events": int(counted),
            "results": report,
            "all": everything,
        }
        options.json.write_text(json.dumps(whole, indent=2) + "\n")
    return 0 if int(counted) == options.events else 1


def _fill(
    console: Console, client: Client, municipality: Municipality, events: int, years: float
) -> None:
    """Write the events month by month, the last one up to now."""
    now = datetime.now(UTC).replace(microsecond=0)
    begin = now - timedelta(days=365 * years)
    wijken = [w.code for w in municipality.wijken for _ in range(1 + (w.population or 0) // 500)]
    themes = [str(theme) for theme, info in THEMES.items() if not info.sensitive]
    began = time.monotonic()
    first = 0
    for start, end in _months(begin, now):
        last = round(events * ((end - begin) / (now - begin)))
        values = {
            "begin": start.strftime("%Y-%m-%d %H:%M:%S"),
            "span": int((end - start).total_seconds() * 1000),
            "first": first,
            "rows": last - first,
            "themes": themes,
            "wijken": wijken,
        }
        client.insert_select(_EVENTS, values)
        client.insert_select(_CELLS, values)
        first = last
        console.print(f"  {first:>13,} events, {time.monotonic() - began:,.0f} s", end="\r")
    client.insert_select(_DAYS)
    console.print()


def _months(begin: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
    while begin < end:
        following = (begin.replace(day=1) + timedelta(days=32)).replace(
            day=1, hour=0, minute=0, second=0
        )
        yield begin, min(following, end)
        begin = following


def _measure(console: Console, client: Client, rounds: int) -> dict[str, list[float]]:
    """Return the seconds that each question took, all in turn, the first round not counted."""
    questions = {panel.id: panel.sql for panel in STAD_NU.panels} | QUESTIONS
    times: dict[str, list[float]] = {name: [] for name in questions}
    for number in range(rounds + 1):
        console.print(f"  round {number} of {rounds}", end="\r")
        for name, sql in questions.items():
            began = time.perf_counter()
            client.query(sql)
            if number:
                times[name].append(time.perf_counter() - began)
    console.print()
    return times


def _figures(times: list[float]) -> dict[str, float]:
    cuts = statistics.quantiles(times, n=100, method="inclusive")
    return {"p50": cuts[49], "p95": cuts[94], "max": max(times)}


def _table(report: dict[str, dict[str, float]], everything: dict[str, float], events: int) -> Table:
    bar = f"bar: p95 < {1000 * BAR_SECONDS:.0f} ms"
    table = Table(title=f"panels over {events:,} events, milliseconds ({bar})")
    for column in ("", "p50", "p95", "max", ""):
        table.add_column(column, justify="left" if not column else "right")
    for name, found in [*report.items(), ("all together", everything)]:
        figures = [f"{1000 * found[each]:,.1f}" for each in ("p50", "p95", "max")]
        table.add_row(name, *figures, "" if found["p95"] < BAR_SECONDS else "above the bar")
    return table


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--events", type=int, default=100_000_000)
    parser.add_argument("--years", type=float, default=3.0)
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--json", type=Path, help="write the figures and the machine's facts to FILE")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
