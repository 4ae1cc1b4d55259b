-- The current rows, for panels and analysts: the same as FINAL on the table, which cannot be forgotten here.
CREATE VIEW IF NOT EXISTS cell_now AS
SELECT wijk, theme, hour, n, n_incident, n_signal, n_inspection, severity_sum, digest, gen, computed_at
FROM cell FINAL;

CREATE VIEW IF NOT EXISTS event_current AS
SELECT
    source, event_id, receipt, rev, geo_v, version, counts, bucket, kind, theme, category, severity,
    occurred_at, received_at, wijk, stadsdeel, gemeente, match_level, boundary_year, service, priority,
    attrs, schema_v, ingested_at
FROM event_now FINAL;

CREATE VIEW IF NOT EXISTS figure_current AS
SELECT
    source, event_id, receipt, rev, geo_v, version, bucket, measure, area, period_start, period_end, value,
    status, lower, upper, unit, boundary_year, received_at, schema_v, ingested_at
FROM figure_now FINAL;
