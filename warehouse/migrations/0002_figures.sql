-- Official figures: like the events, without cells, because a figure is never added to events.
CREATE TABLE IF NOT EXISTS figure_log
(
    source        LowCardinality(String),
    event_id      String,
    receipt       UInt64,
    rev           UInt32,
    geo_v         UInt32,
    version       UInt64,
    deleted       UInt8,
    bucket        Date,
    measure       LowCardinality(String),
    area          LowCardinality(String),
    period_start  Date32,
    period_end    Date32,
    value         Nullable(Float64),
    status        LowCardinality(String),
    lower         Nullable(Float64),
    upper         Nullable(Float64),
    unit          LowCardinality(String),
    boundary_year UInt16,
    received_at   DateTime64(3, 'UTC'),
    schema_v      UInt16,
    ingested_at   DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(bucket)
ORDER BY (bucket, source, event_id, version, receipt)
SETTINGS non_replicated_deduplication_window = 10000;

CREATE TABLE IF NOT EXISTS figure_now
(
    source        LowCardinality(String),
    event_id      String,
    receipt       UInt64,
    rev           UInt32,
    geo_v         UInt32,
    version       UInt64,
    deleted       UInt8,
    bucket        Date,
    measure       LowCardinality(String),
    area          LowCardinality(String),
    period_start  Date32,
    period_end    Date32,
    value         Nullable(Float64),
    status        LowCardinality(String),
    lower         Nullable(Float64),
    upper         Nullable(Float64),
    unit          LowCardinality(String),
    boundary_year UInt16,
    received_at   DateTime64(3, 'UTC'),
    schema_v      UInt16,
    ingested_at   DateTime64(3, 'UTC')
)
ENGINE = ReplacingMergeTree(version, deleted)
PARTITION BY toYYYYMM(bucket)
ORDER BY (bucket, source, event_id)
SETTINGS non_replicated_deduplication_window = 10000;

CREATE MATERIALIZED VIEW IF NOT EXISTS figure_now_mv TO figure_now AS
SELECT
    source, event_id, receipt, rev, geo_v, version, deleted, bucket, measure, area, period_start, period_end,
    value, status, lower, upper, unit, boundary_year, received_at, schema_v, ingested_at
FROM figure_log;
