-- Every receipt that arrived, all versions. May hold a receipt twice; no panel reads it.
--
-- The dedup window lets the same batch come in again under its token. It counts batches, so it is no
-- more than a saving: exactness comes from (id, version) in event_now.
-- `bucket` never changes for an id, so all its versions meet in one partition. No TTL: it would take
-- old rows away at insert and lower the cells that are computed from them.
CREATE TABLE IF NOT EXISTS event_log
(
    source        LowCardinality(String),
    event_id      String,
    receipt       UInt64,
    rev           UInt32,
    geo_v         UInt32,
    version       UInt64,
    deleted       UInt8,
    counts        UInt8,
    bucket        Date,
    kind          LowCardinality(String),
    theme         LowCardinality(String),
    category      LowCardinality(String),
    severity      UInt8,
    occurred_at   DateTime64(3, 'UTC'),
    received_at   DateTime64(3, 'UTC'),
    wijk          LowCardinality(String),
    stadsdeel     LowCardinality(String),
    gemeente      LowCardinality(String),
    match_level   LowCardinality(String),
    boundary_year UInt16,
    service       LowCardinality(String),
    priority      LowCardinality(String),
    attrs         String CODEC(ZSTD(3)),
    schema_v      UInt16,
    ingested_at   DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(bucket)
ORDER BY (bucket, source, event_id, version, receipt)
SETTINGS non_replicated_deduplication_window = 10000;

-- The current truth: the highest version of each id, without the retracted ones. Read it with FINAL.
-- The index on occurred_at serves "this hour" without reading a month; it is exact under FINAL only with
-- use_skip_indexes_if_final_exact_mode = 1 (the default, and set by everything here that reads): else
-- the granule with a newer version that left the hour could be skipped and the older one shown.
CREATE TABLE IF NOT EXISTS event_now
(
    source        LowCardinality(String),
    event_id      String,
    receipt       UInt64,
    rev           UInt32,
    geo_v         UInt32,
    version       UInt64,
    deleted       UInt8,
    counts        UInt8,
    bucket        Date,
    kind          LowCardinality(String),
    theme         LowCardinality(String),
    category      LowCardinality(String),
    severity      UInt8,
    occurred_at   DateTime64(3, 'UTC'),
    received_at   DateTime64(3, 'UTC'),
    wijk          LowCardinality(String),
    stadsdeel     LowCardinality(String),
    gemeente      LowCardinality(String),
    match_level   LowCardinality(String),
    boundary_year UInt16,
    service       LowCardinality(String),
    priority      LowCardinality(String),
    attrs         String CODEC(ZSTD(3)),
    schema_v      UInt16,
    ingested_at   DateTime64(3, 'UTC'),
    INDEX occurred_at_range occurred_at TYPE minmax GRANULARITY 1
)
ENGINE = ReplacingMergeTree(version, deleted)
PARTITION BY toYYYYMM(bucket)
ORDER BY (bucket, source, event_id)
SETTINGS non_replicated_deduplication_window = 10000;

CREATE MATERIALIZED VIEW IF NOT EXISTS event_now_mv TO event_now AS
SELECT
    source, event_id, receipt, rev, geo_v, version, deleted, counts, bucket, kind, theme, category, severity,
    occurred_at, received_at, wijk, stadsdeel, gemeente, match_level, boundary_year, service, priority,
    attrs, schema_v, ingested_at
FROM event_log;
