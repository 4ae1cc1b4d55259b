-- What a loaded batch touched, one row per batch (so that a poll reads little): the cells of its rows, and
-- the ids whose older places must be looked up in event_log. No dedup window: a mark is never dropped.
CREATE TABLE IF NOT EXISTS dirty
(
    token          String,
    lane           LowCardinality(String),
    `cells.wijk`   Array(LowCardinality(String)),
    `cells.theme`  Array(LowCardinality(String)),
    `cells.hour`   Array(DateTime('UTC')),
    `ids.bucket`   Array(Date),
    `ids.source`   Array(LowCardinality(String)),
    `ids.event_id` Array(String),
    at             DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = MergeTree
ORDER BY token
SETTINGS non_replicated_deduplication_window = 0;

-- Tokens whose cells have been recomputed, and under which generation.
CREATE TABLE IF NOT EXISTS dirty_done
(
    token String,
    gen   UInt64,
    at    DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = MergeTree
ORDER BY token
SETTINGS non_replicated_deduplication_window = 0;

-- Who recomputes. The highest term counts; it is the upper half of every generation its owner writes.
CREATE TABLE IF NOT EXISTS recompute_lease
(
    term  UInt32,
    owner String,
    at    DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = MergeTree
ORDER BY term
SETTINGS non_replicated_deduplication_window = 0;

-- The exact counts, in order of time, since what is asked for is a window of time. `gen` orders the computations of a cell; the highest holds. Read it with FINAL.
CREATE TABLE IF NOT EXISTS cell
(
    wijk         LowCardinality(String),
    theme        LowCardinality(String),
    hour         DateTime('UTC'),
    n            UInt64,
    n_incident   UInt64,
    n_signal     UInt64,
    n_inspection UInt64,
    severity_sum UInt64,
    digest       UInt64,
    gen          UInt64,
    computed_at  DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree(gen)
PARTITION BY toYear(hour)
ORDER BY (hour, theme, wijk)
SETTINGS non_replicated_deduplication_window = 0;
