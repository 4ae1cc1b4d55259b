-- What the heartbeat says of each source, newest row of a source: what is the matter with it, and until
-- when it is complete. That speaks of what was received: it is here once all receipts up to `receipt` are.
-- Read it with FINAL, or as source_now.
CREATE TABLE IF NOT EXISTS source_state
(
    source         LowCardinality(String),
    at             DateTime64(3, 'UTC'),
    complete_until Nullable(DateTime64(3, 'UTC')),
    troubles       Array(LowCardinality(String)),
    receipt        UInt64
)
ENGINE = ReplacingMergeTree(at)
ORDER BY source
SETTINGS non_replicated_deduplication_window = 0;

CREATE VIEW IF NOT EXISTS source_now AS
SELECT source, at, complete_until, troubles, receipt FROM source_state FINAL;
