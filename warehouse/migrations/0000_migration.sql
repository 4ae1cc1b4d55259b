-- What was applied. Created first, by every start; the other files are applied once.
CREATE TABLE IF NOT EXISTS migration
(
    number     UInt32,
    name       String,
    checksum   String,
    applied_at DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = MergeTree
ORDER BY number
SETTINGS non_replicated_deduplication_window = 100;
