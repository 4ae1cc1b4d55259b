"""The vocabulary of counters and metrics: a name that is not here is a typing error.

``docs/metrics.md`` explains each metric to whoever watches them; a test compares the two lists.
"""

from __future__ import annotations

from enum import StrEnum

from domain.recording import CounterMetric, GaugeMetric, HistogramMetric, Metric


class Counter(StrEnum):
    """Durable counters that ingest keeps per source, in the outbox transaction."""

    RECEIVED = "received"
    DUPLICATE = "duplicate"
    FILTERED_OTHER_REGION = "filtered_other_region"
    """Pages for another region, incidents outside the municipality: dropped before a receipt."""
    FILTERED_NOT_TEXT = "filtered_not_text"
    """Lines of a paging stream that carry no text message."""
    FILTERED_LEFT_OUT = "filtered_left_out"
    """Records that a mapping, or the closed list of a source, leaves out."""


_WAITS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 120.0, 600.0)
_FRESH = (0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0, 1.5, 2.0, 5.0, 10.0, 30.0, 60.0, 300.0, 3600.0)
_LATE = (1.0, 10.0, 60.0, 300.0, 900.0, 3600.0, 6 * 3600.0, 86_400.0, 7 * 86_400.0, 40 * 86_400.0)
_RECORDS = (1.0, 10.0, 100.0, 500.0, 1_000.0, 5_000.0, 10_000.0, 25_000.0, 50_000.0, 100_000.0)
_BYTES = (1e3, 1e4, 1e5, 1e6, 4e6, 8e6, 16e6, 32e6, 64e6)

# Every part.
PART_READY = GaugeMetric("wijkbeeld_part_ready", "1 when /readyz of this part says yes.", ("part",))
HEAD_AGE = GaugeMetric(
    "wijkbeeld_head_age_seconds",
    "How long a loop has had the same work in hand without finishing it; 0 when it has none.",
    ("part", "loop"),
)
REJECTS = CounterMetric(
    "wijkbeeld_rejects_total", "Records rejected, by where and why.", ("part", "source", "reason")
)
CONSUMER_LAG = GaugeMetric(
    "wijkbeeld_consumer_lag_records",
    "End of a partition, as the last fetch told it, less the committed offset.",
    ("part", "topic", "partition"),
)
CONSUMER_UNCOMMITTED = GaugeMetric(
    "wijkbeeld_consumer_uncommitted_records",
    "Offset up to which all is done less the committed offset.",
    ("part", "topic", "partition"),
)

# Ingest.
INGEST_RECORDS = CounterMetric(
    "wijkbeeld_ingest_records_total",
    "Records received: with a receipt, or a repeat.",
    ("source", "lane"),
)
INGEST_DUPLICATES = CounterMetric(
    "wijkbeeld_ingest_duplicates_total",
    "Records received that said nothing new.",
    ("source", "lane"),
)
INGEST_FILTERED = CounterMetric(
    "wijkbeeld_ingest_filtered_total", "Records dropped before a receipt.", ("source", "reason")
)
INGEST_LAST_POLL = GaugeMetric(
    "wijkbeeld_ingest_last_poll_timestamp_seconds",
    "When a feed last answered, seconds since 1970 UTC.",
    ("source", "lane"),
)
INGEST_FEED_FAILURES = GaugeMetric(
    "wijkbeeld_ingest_feed_failures",
    "Polls of a feed that failed in a row; it is tried again.",
    ("source", "lane"),
)
INGEST_SOURCE_STOPPED = GaugeMetric(
    "wijkbeeld_ingest_source_stopped", "1 when a source is not read until somebody acts.", ("source",)
)
INGEST_SOURCE_TROUBLE = GaugeMetric(
    "wijkbeeld_ingest_source_trouble",
    "1 while a source is silent, late, slow, shrinking or flooding.",
    ("source", "reason"),
)
INGEST_COMPLETE_UNTIL = GaugeMetric(
    "wijkbeeld_ingest_source_complete_until_timestamp_seconds",
    "Everything that happened before it has been received, seconds since 1970 UTC; NaN where unknown.",
    ("source",),
)
INGEST_OUTBOX = GaugeMetric("wijkbeeld_ingest_outbox_records", "Records that lie in the outbox.")
INGEST_UNPUBLISHED = GaugeMetric(
    "wijkbeeld_ingest_unpublished_records",
    "Records in the outbox that the broker has not acknowledged.",
    ("lane",),
)
INGEST_OLDEST_UNPUBLISHED = GaugeMetric(
    "wijkbeeld_ingest_oldest_unpublished_seconds",
    "Age since its receipt of the oldest record that the broker has not acknowledged; 0 without one.",
    ("lane",),
)
INGEST_IN_FLIGHT = GaugeMetric(
    "wijkbeeld_ingest_publish_in_flight_records", "Records on their way to the broker.", ("lane",)
)
INGEST_PUBLISHED = CounterMetric(
    "wijkbeeld_ingest_published_total", "Records that the broker acknowledged.", ("lane",)
)
INGEST_TRIMMED = CounterMetric(
    "wijkbeeld_ingest_trimmed_total", "Records that left the outbox because the warehouse has them."
)

# Gateway.
GATEWAY_REQUESTS = CounterMetric(
    "wijkbeeld_gateway_requests_total", "Requests that were answered, by what came of them.", ("reason",)
)
GATEWAY_COMMIT_SECONDS = HistogramMetric(
    "wijkbeeld_gateway_commit_seconds",
    "One transaction of the outbox, from its first try until it is durable.",
    (),
    _WAITS,
)
GATEWAY_COMMIT_RECORDS = HistogramMetric(
    "wijkbeeld_gateway_commit_records", "Events in a transaction of the outbox.", (), _RECORDS
)
GATEWAY_WAITING = GaugeMetric(
    "wijkbeeld_gateway_waiting_records", "Events that wait for the outbox; their clients have no answer."
)

# Streams.
STREAMS_RECORDS = CounterMetric(
    "wijkbeeld_streams_records_total",
    "Raw records of finished chunks: published and counted as done.",
    ("source", "lane"),
)
STREAMS_CHUNK_RECORDS = HistogramMetric(
    "wijkbeeld_streams_chunk_records", "Records in a chunk.", ("lane",), _RECORDS
)
STREAMS_CHUNK_SECONDS = HistogramMetric(
    "wijkbeeld_streams_chunk_seconds",
    "From the start of work on a chunk until the broker has what became of it.",
    ("lane",),
    _WAITS,
)
STREAMS_UNFINISHED = GaugeMetric(
    "wijkbeeld_streams_unfinished_chunks", "Chunks that were fetched and are not finished."
)

# Loader.
LOADER_ROWS = CounterMetric("wijkbeeld_loader_rows_total", "Rows made durable.", ("table",))
LOADER_BATCH_ROWS = HistogramMetric(
    "wijkbeeld_loader_batch_rows", "Records in a batch.", ("topic",), _RECORDS
)
LOADER_BATCH_BYTES = HistogramMetric(
    "wijkbeeld_loader_batch_bytes", "Bytes of the records in a batch.", ("topic",), _BYTES
)
LOADER_INSERT_SECONDS = HistogramMetric(
    "wijkbeeld_loader_insert_seconds",
    "One insert, from its first try until ClickHouse has it.",
    ("table",),
    _WAITS,
)
LOADER_BATCH_SECONDS = HistogramMetric(
    "wijkbeeld_loader_batch_seconds",
    "A batch from its closing until its offsets are committed.",
    ("topic",),
    _WAITS,
)
LOADER_OLDEST_UNSTORED = GaugeMetric(
    "wijkbeeld_loader_oldest_unstored_seconds",
    "Since when the oldest record that was read is in hand and not stored; 0 without one.",
)
ACCEPTED_TO_STORED = HistogramMetric(
    "wijkbeeld_accepted_to_stored_seconds",
    "From the receipt of a live event until it is in event_log. At most 32 events of a batch.",
    ("source",),
    _FRESH,
)
LATE_BY = HistogramMetric(
    "wijkbeeld_late_by_seconds",
    "From what happened until its receipt. At most 32 events of a batch.",
    ("source", "lane"),
    _LATE,
)

# Recompute.
RECOMPUTE_WAITING = GaugeMetric(
    "wijkbeeld_recompute_waiting_batches", "Stored batches whose cells are still to be recomputed."
)
RECOMPUTE_OLDEST = GaugeMetric(
    "wijkbeeld_recompute_oldest_seconds", "Age of the oldest of those batches; 0 without one."
)
RECOMPUTE_STEP_SECONDS = HistogramMetric(
    "wijkbeeld_recompute_step_seconds", "One step that had work.", (), _WAITS
)
RECOMPUTE_STEP_CELLS = HistogramMetric(
    "wijkbeeld_recompute_step_cells",
    "Marked cells and ids in a step; a cell that two batches touched counts twice.",
    (),
    _RECORDS,
)
RECOMPUTE_LAG = HistogramMetric(
    "wijkbeeld_recompute_lag_seconds",
    "From the marks of a stored batch until its cells are recomputed.",
    ("lane",),
    _FRESH,
)
RECOMPUTE_LEASE = GaugeMetric(
    "wijkbeeld_recompute_lease_held", "1 in the process that may write cells, 0 in one that stands by."
)
ACCEPTED_TO_VISIBLE = HistogramMetric(
    "wijkbeeld_accepted_to_visible_seconds",
    "From the receipt of a live event until its cell counts it. At most 32 events of a batch.",
    (),
    _FRESH,
)

# Page.
PAGE_READ_SECONDS = HistogramMetric(
    "wijkbeeld_page_read_seconds", "One reading of the panels that are due.", (), _WAITS
)
PAGE_UNANSWERED = CounterMetric(
    "wijkbeeld_page_unanswered_total", "Readings that ClickHouse did not answer."
)
PAGE_LISTENERS = GaugeMetric("wijkbeeld_page_listeners", "Browsers that follow the page.")

METRICS: tuple[Metric, ...] = (
    PART_READY,
    HEAD_AGE,
    REJECTS,
    CONSUMER_LAG,
    CONSUMER_UNCOMMITTED,
    INGEST_RECORDS,
    INGEST_DUPLICATES,
    INGEST_FILTERED,
    INGEST_LAST_POLL,
    INGEST_FEED_FAILURES,
    INGEST_SOURCE_STOPPED,
    INGEST_SOURCE_TROUBLE,
    INGEST_COMPLETE_UNTIL,
    INGEST_OUTBOX,
    INGEST_UNPUBLISHED,
    INGEST_OLDEST_UNPUBLISHED,
    INGEST_IN_FLIGHT,
    INGEST_PUBLISHED,
    INGEST_TRIMMED,
    GATEWAY_REQUESTS,
    GATEWAY_COMMIT_SECONDS,
    GATEWAY_COMMIT_RECORDS,
    GATEWAY_WAITING,
    STREAMS_RECORDS,
    STREAMS_CHUNK_RECORDS,
    STREAMS_CHUNK_SECONDS,
    STREAMS_UNFINISHED,
    LOADER_ROWS,
    LOADER_BATCH_ROWS,
    LOADER_BATCH_BYTES,
    LOADER_INSERT_SECONDS,
    LOADER_BATCH_SECONDS,
    LOADER_OLDEST_UNSTORED,
    ACCEPTED_TO_STORED,
    LATE_BY,
    RECOMPUTE_WAITING,
    RECOMPUTE_OLDEST,
    RECOMPUTE_STEP_SECONDS,
    RECOMPUTE_STEP_CELLS,
    RECOMPUTE_LAG,
    RECOMPUTE_LEASE,
    ACCEPTED_TO_VISIBLE,
    PAGE_READ_SECONDS,
    PAGE_UNANSWERED,
    PAGE_LISTENERS,
)
"""Every metric of our own; what is not in here is not exposed."""
