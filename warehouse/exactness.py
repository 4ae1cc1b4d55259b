"""ClickHouse settings on which exact counts rest, whatever a version's defaults are."""

from __future__ import annotations

from collections.abc import Mapping

EXACT_INSERT: Mapping[str, str | int] = {
    "async_insert": 0,
    "insert_deduplicate": 1,
    "deduplicate_insert": "enable",
    "deduplicate_blocks_in_dependent_materialized_views": 1,
    "materialized_views_ignore_errors": 0,
    # One block per insert: a batch of one partition is then stored wholly or not at all.
    "input_format_parallel_parsing": 0,
    "max_insert_threads": 1,
    "max_insert_block_size": 1_048_576,
    "min_insert_block_size_rows": 1_048_576,
    "min_insert_block_size_bytes": 268_435_456,
    # A row is taken as it is or refused. A column that this program does not know yet is passed over.
    "input_format_allow_errors_num": 0,
    "input_format_allow_errors_ratio": 0,
    "input_format_null_as_default": 0,
    "input_format_defaults_for_omitted_fields": 1,
    "input_format_skip_unknown_fields": 1,
    "date_time_input_format": "basic",
    "log_queries": 0,
}
"""Settings of every insert of rows. The token comes on top."""

EXACT_READ: Mapping[str, int] = {
    # Safe: the partition key of every table read with FINAL is a function of its immutable order key.
    "do_not_merge_across_partitions_select_final": 1,
    # Without the exact mode an index may skip the granule with the newer version of a row.
    "use_skip_indexes_if_final": 1,
    "use_skip_indexes_if_final_exact_mode": 1,
    "optimize_move_to_prewhere_if_final": 0,
}
"""Settings under which a read with FINAL is exact."""

READ_DEFAULTS: Mapping[str, int] = {
    **EXACT_READ,
    # What a panel asks hangs on the present second: what was compiled for one query fits no other, and
    # costs up to 9 ms of the 50 that a panel may take.
    "compile_expressions": 0,
}
"""Settings that a reader's query has where it says nothing else."""

EXACT_SELECT_INSERT: Mapping[str, str | int] = {
    **EXACT_READ,
    "async_insert": 0,
    "insert_deduplicate": 0,
    "deduplicate_insert": "disable",
    "deduplicate_insert_select": "disable",
    "max_partitions_per_insert_block": 0,
    "log_queries": 0,
}
"""Settings of an INSERT ... SELECT: never deduplicated, since equal content is no sign of a repeat."""
