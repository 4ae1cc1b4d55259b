-- When some live events of a batch were received, so that the recompute can tell how old they are when
-- their cells count them.
ALTER TABLE dirty ADD COLUMN IF NOT EXISTS received Array(DateTime64(3, 'UTC')) AFTER `ids.event_id`;
