"""Folding pages that are given as minutes and text."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from ingest.p2000.folding import MAX_SEEN, Folder
from ingest.p2000.grammar import Grammar
from ingest.p2000.incidents import Seen
from ingest.protocol import Draft, Finding, Repeat
from tests.ingest.samples import KEYED

START = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)

Pages = list[tuple[float, str]]
"""Minutes after the start, and the text."""


def fold(
    grammar: Grammar, pages: Pages, max_seen: int = MAX_SEEN
) -> tuple[list[Finding], tuple[Seen, ...]]:
    window: tuple[Seen, ...] = ()
    findings: list[Finding] = []
    folder = Folder(KEYED, max_seen)
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
