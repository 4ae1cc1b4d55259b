-- What `wijkbeeld audit` found: per run one row for the whole (source is empty) and one per source. The
-- boards read it. Counters and verdicts only.
CREATE TABLE IF NOT EXISTS audit
(
    run             String,
    at              DateTime64(3, 'UTC') DEFAULT now64(3),
    source          LowCardinality(String),
    verdict         LowCardinality(String),
    loss            LowCardinality(String),
    received        UInt64,
    stored          UInt64,
    superseded      UInt64,
    duplicate       UInt64,
    rejected        UInt64,
    in_flight       UInt64,
    lost            UInt64,
    cells_differ    UInt64,
    cells_undecided UInt64
)
ENGINE = MergeTree
ORDER BY (at, run, source)
TTL toDateTime(at, 'UTC') + INTERVAL 400 DAY
SETTINGS non_replicated_deduplication_window = 100;
