-- The latest moments that any row ever had, per source and day of first receipt: bounds from above of what
-- event_now holds there, since a row may be corrected or retracted afterwards. They tell in which days the
-- newest current row can lie, so that nobody reads all days for it. A maximum takes a repeat without harm.
CREATE TABLE IF NOT EXISTS event_newest
(
    source      LowCardinality(String),
    bucket      Date,
    received_at SimpleAggregateFunction(max, DateTime64(3, 'UTC')),
    occurred_at SimpleAggregateFunction(max, DateTime64(3, 'UTC'))
)
ENGINE = AggregatingMergeTree
ORDER BY (source, bucket)
SETTINGS non_replicated_deduplication_window = 0;

CREATE MATERIALIZED VIEW IF NOT EXISTS event_newest_mv TO event_newest AS
SELECT source, bucket, max(received_at) AS received_at, max(occurred_at) AS occurred_at
FROM event_log
GROUP BY source, bucket;

-- What was there before the view was; what comes in meanwhile may be in both.
INSERT INTO event_newest (source, bucket, received_at, occurred_at)
SELECT source, bucket, max(received_at) AS received_at, max(occurred_at) AS occurred_at
FROM event_log
GROUP BY source, bucket;
