-- Areas and themes, written at every start from the municipality's data. Read them with FINAL.
CREATE TABLE IF NOT EXISTS area
(
    code           String,
    name           String,
    level          LowCardinality(String),
    stadsdeel      LowCardinality(String),
    stadsdeel_name String,
    team           LowCardinality(String),
    team_name      String,
    lat            Nullable(Float64),
    lon            Nullable(Float64),
    population     Nullable(UInt32),
    boundary_year  UInt16,
    synced_at      DateTime64(3, 'UTC'),
    deleted        UInt8 DEFAULT 0
)
ENGINE = ReplacingMergeTree(synced_at, deleted)
ORDER BY code
SETTINGS non_replicated_deduplication_window = 0;

CREATE TABLE IF NOT EXISTS theme
(
    theme     String,
    label_nl  String,
    label_en  String,
    severity  UInt8,
    sensitive UInt8,
    synced_at DateTime64(3, 'UTC'),
    deleted   UInt8 DEFAULT 0
)
ENGINE = ReplacingMergeTree(synced_at, deleted)
ORDER BY theme
SETTINGS non_replicated_deduplication_window = 0;
