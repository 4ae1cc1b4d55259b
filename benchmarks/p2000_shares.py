"""``python -m benchmarks.p2000_shares FILE [--streets CSV] [--gemeente NAME]``: what the P2000 connector
makes of a recording: how much is understood, folded and placed, and how fast it is read.
"""

from __future__ import annotations

import argparse
import secrets
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from domain.areas import Municipality
from domain.events import EVENT_TYPES, Incident, Kind, RawEvent, source_urn
from ingest.keys import KEY_BYTES, KeyedHash
from ingest.p2000.connector import p2000_feed
from ingest.protocol import Cursor, Draft, Finding, Repeat, Unreadable
from streams.events import event_of
from streams.locate import Locator
from streams.tables import build_tables
from wijkbeeld.gemeenten import load_municipality


def read(path: Path, municipality: Municipality) -> tuple[list[Finding], Counter[str], float]:
    """Return all findings of a recording, what was filtered, and the seconds that it took."""
    keyed = KeyedHash(secrets.token_bytes(KEY_BYTES))
    connector = p2000_feed(path, municipality=municipality, keyed=keyed, follow=False)
    findings: list[Finding] = []
    filtered: Counter[str] = Counter()
    cursor: Cursor | None = None
    start = time.perf_counter()
    while True:
        poll = connector.poll(cursor, datetime.now(UTC))
        findings += poll.findings
        filtered.update({counter.value: n for counter, n in poll.filtered.items()})
        cursor = poll.cursor
        if poll.done:
            return findings, filtered, time.perf_counter() - start


def fate(findings: list[Finding]) -> Counter[str]:
    """Count findings by what they do to the events: new, better, retraction, repeat, unreadable."""
    seen: set[str] = set()
    counts: Counter[str] = Counter()
    for finding in findings:
        if isinstance(finding, Repeat):
            counts["repeat (duplicate)"] += 1
        elif isinstance(finding, Unreadable):
            counts["unreadable (rejected)"] += 1
        elif finding.deleted:
            counts["retraction (next revision)"] += 1
        else:
            counts["better page (next revision)" if finding.event_id in seen else "new event"] += 1
        seen.add(finding.event_id)
    return counts


def final(findings: list[Finding]) -> list[Incident]:
    """Return the last version of every event, retracted ones included."""
    last = {f.event_id: f.data for f in findings if isinstance(f, Draft)}
    return [data for data in last.values() if isinstance(data, Incident)]


def table(title: str, counts: Counter[str]) -> None:
    total = sum(counts.values())
    print(f"\n{title} ({total})")
    for name, n in counts.most_common():
        print(f"  {n:5}  {n / total:6.1%}  {name}")


def placed(incidents: list[Incident], municipality: Municipality, streets: Path | None) -> Counter[str]:
    """Count events by the match level that the locate stage finds for them."""
    text = streets.read_text(encoding="utf-8") if streets else None
    locate = Locator(build_tables(municipality, 1, streets_csv=text))
    events = [event_of(_enveloped(data, municipality)) for data in incidents]
    return Counter(place.match_level for place in locate(events) if place)


def _enveloped(data: Incident, municipality: Municipality) -> RawEvent:
    return RawEvent(
        id="any",
        source=source_urn(municipality.slug, "p2000"),
        type=EVENT_TYPES[Kind.INCIDENT],
        time=data.occurred_at,
        sequence="1",
        rev=1,
        bucket=data.occurred_at.date(),
        data=data,
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.p2000_shares")
    parser.add_argument("file", type=Path)
    parser.add_argument("--streets", type=Path)
    parser.add_argument("--gemeente", default="nijmegen")
    options = parser.parse_args()
    municipality = load_municipality(options.gemeente)
    findings, filtered, seconds = read(options.file, municipality)
    lines = len(findings) + filtered.total()
    print(f"{lines} lines in {seconds:.2f} s: {lines / seconds:,.0f} a second")
    table("received", fate(findings))
    if filtered:
        table("filtered before a receipt", filtered)
    incidents = final(findings)
    counted = [data for data in incidents if data.counts]
    table("events", Counter("counts" if data.counts else data.category for data in incidents))
    table("counting events by service", Counter(data.service for data in counted))
    table("counting events by theme", Counter(data.theme or "none" for data in counted))
    table("counting events by category", Counter(data.category for data in counted))
    given = Counter(
        "street or wijk name" if data.location.street else "postcode" if data.location.pc6 else "nothing"
        for data in counted
    )
    table("counting events that name", given)
    table("placed without a street table", placed(counted, municipality, None))
    if options.streets:
        table("placed with the street table", placed(counted, municipality, options.streets))


if __name__ == "__main__":
    main()
