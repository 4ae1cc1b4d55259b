-- Rejected records. `record` is the allow-listed record and is emptied 14 days after its receipt; the row
-- itself stays, because the counts need it.
CREATE TABLE IF NOT EXISTS rejected
(
    source      LowCardinality(String),
    event_id    String,
    receipt     UInt64,
    rev         UInt32,
    bucket      Date,
    reason      LowCardinality(String),
    field       String,
    code        LowCardinality(String),
    length      UInt64,
    value_hash  String,
    record      String CODEC(ZSTD(3)) TTL toDateTime(received_at, 'UTC') + INTERVAL 14 DAY,
    received_at DateTime64(3, 'UTC'),
    schema_v    UInt16,
    ingested_at DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(bucket)
ORDER BY (source, receipt)
SETTINGS non_replicated_deduplication_window = 10000;
