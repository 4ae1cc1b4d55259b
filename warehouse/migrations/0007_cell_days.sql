-- The same counts by Amsterdam day, for long ranges: hours alone are too many to read over years.
-- A day is the sum of its hours (23 or 25 of them when the clock changes), written under the same `gen`.
CREATE TABLE IF NOT EXISTS cell_day
(
    wijk         LowCardinality(String),
    theme        LowCardinality(String),
    day          Date,
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
PARTITION BY toYear(day)
ORDER BY (theme, wijk, day)
SETTINGS non_replicated_deduplication_window = 0;

CREATE VIEW IF NOT EXISTS cell_day_now AS
SELECT wijk, theme, day, n, n_incident, n_signal, n_inspection, severity_sum, digest, gen, computed_at
FROM cell_day FINAL;
