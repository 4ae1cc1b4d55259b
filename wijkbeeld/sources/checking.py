"""One dry poll of a source: what it would bring, in counts, with nothing written."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime

from domain.clock import Clock
from domain.codec import CODEC_VERSION, HEADER_CODEC, MAX_RAW_BYTES, encode_data
from domain.errors import SettingsError, Terminal, Transient
from domain.events import Figure
from domain.rejects import RejectReason
from domain.topics import Lane
from ingest.context import SourceContext
from ingest.kind import SourceSpec
from ingest.outbox import feeds
from ingest.outbox.encoding import Encoder
from ingest.outbox.schema import OutboxNotReady, open_for_reading
from ingest.protocol import Cursor, Draft, Feed, Identity, Poll, Repeat, Unreadable
from ingest.sources import build_source
from streams.validate import Validator
from wijkbeeld.datadir import DataDir


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check of a source found. Counts only.

    Attributes:
        source: its name.
        kinds: events it would bring, by kind (incident, signal, inspection, figure).
        themes: the same by theme.
        rejects: records that would be rejected, by reason and field.
        repeats: records that it recognised as repeats itself.
        filtered: records that it leaves out, by counter.
        more: it has more at once.
        error: why it could not be polled; None when it was.
    """

    source: str
    kinds: Mapping[str, int]
    themes: Mapping[str, int]
    rejects: Mapping[str, int]
    repeats: int
    filtered: Mapping[str, int]
    more: bool
    error: str | None = None


def check_source(spec: SourceSpec, context: SourceContext, data_dir: DataDir, clock: Clock) -> Checked:
    """Build a source from its settings and poll its live feed once, where it is now.

    The source is really asked. What it answers is counted and dropped; its cursor stays where it was.

    Args:
        spec: the source.
        context: what it is built from.
        data_dir: has its cursor, if it was read before.
        clock: tells the time.

    Raises:
        SettingsError: its settings cannot work.
    """
    source = build_source(spec, context)
    feed = next((feed for feed in source.feeds if feed.lane is Lane.LIVE), None)
    if feed is None:
        return _unpolled(spec, "it has no live feed; its settings are right")
    if feed.consumes:
        return _unpolled(
            spec, "reading it would take from it, so it was not polled; its settings are right"
        )
    now = clock.now()
    try:
        poll = feed.connector.poll(_cursor(data_dir, spec.name, feed), now)
    except SettingsError:
        raise
    except (Transient, Terminal) as error:
        return _unpolled(spec, str(error))
    except Exception as error:  # noqa: BLE001 - its text may quote the source, so only its type is told
        return _unpolled(spec, f"unexpected {type(error).__name__} in its connector")
    encoder = Encoder(spec.name, context.municipality.slug, context.keyed)
    return _counted(spec.name, poll, encoder, now)


def _cursor(data_dir: DataDir, source: str, feed: Feed) -> Cursor | None:
    if not data_dir.outbox.is_file():
        return None
    try:
        db = open_for_reading(data_dir.outbox)
    except OutboxNotReady:
        return None
    with closing(db):
        return feeds.known_cursor(db, source, feed)


def _unpolled(spec: SourceSpec, error: str) -> Checked:
    return Checked(spec.name, {}, {}, {}, 0, {}, more=False, error=error)


def _counted(source: str, poll: Poll, encoder: Encoder, now: datetime) -> Checked:
    validator = Validator()
    kinds: Tally[str] = Tally()
    themes: Tally[str] = Tally()
    rejects: Tally[str] = Tally()
    repeats = 0
    for finding in poll.findings:
        if isinstance(finding, Repeat):
            repeats += 1
        elif isinstance(finding, Unreadable):
            rejects[f"{finding.reason} ({finding.field})"] += 1
        elif refused := _refusal(validator, encoder, source, finding, now):
            rejects[refused] += 1
        else:
            kinds[str(finding.data.kind)] += 1
            themes["figures" if isinstance(finding.data, Figure) else str(finding.data.theme)] += 1
    filtered = {str(name): n for name, n in poll.filtered.items()}
    more = not poll.wait and not poll.done
    return Checked(source, kinds, themes, rejects, repeats, filtered, more)


def _refusal(
    validator: Validator, encoder: Encoder, source: str, draft: Draft, now: datetime
) -> str | None:
    """Return why a draft would be rejected; None where it would not."""
    identity = Identity(1, 1, _day(now))
    payload = encoder.event(draft, encode_data(draft.data), identity, now)
    if len(payload) > MAX_RAW_BYTES:
        return str(RejectReason.TOO_LARGE)
    found = validator(source, [payload], [((HEADER_CODEC, CODEC_VERSION.encode()),)])
    rejection = found.rejected.get(0)
    return None if rejection is None else f"{rejection.reason} ({rejection.field or rejection.code})"


def _day(now: datetime) -> date:
    return now.astimezone(UTC).date()
