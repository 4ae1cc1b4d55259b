"""Which settings of a request's address reach the engine, for whom."""

from __future__ import annotations

from collections.abc import Mapping

from warehouse.server.config import Limits
from warehouse.server.errors import ClickHouseError, Code
from warehouse.server.quoting import literal, plain_name
from warehouse.server.users import User

TRANSPORT = frozenset(
    {
        "add_http_cors_header", "buffer_size", "cancel_http_readonly_queries_on_client_close",
        "client_protocol_version", "close_session", "compress", "database",
        "decompress", "default_format",
        "enable_http_compression", "http_headers_progress_interval_ms", "http_zlib_compression_level",
        "log_comment", "password", "query", "query_id", "quota_key", "role", "send_logs_level",
        "send_progress_in_http_headers", "session_check", "session_id", "session_timeout", "stacktrace",
        "user", "wait_end_of_query",
    }
)  # fmt: skip
"""Parameters that are read or passed over here and are no settings of the engine."""

_READER_MAY = frozenset(
    {
        "do_not_merge_across_partitions_select_final", "extremes", "final", "group_by_use_nulls",
        "join_use_nulls", "limit", "max_block_size", "max_threads", "offset",
        "optimize_move_to_prewhere",
        "optimize_move_to_prewhere_if_final", "prefer_column_name_to_alias", "session_timezone",
        "use_skip_indexes_if_final", "use_skip_indexes_if_final_exact_mode",
    }
)  # fmt: skip
_READER_MAY_BEGIN = ("output_format_", "date_time_output_format", "bool_", "format_csv_", "format_tsv_")
_NO_EFFECT_ON_READS = ("async_insert", "log_queries", "readonly")


def engine_settings(address: Mapping[str, str], user: User, limits: Limits) -> dict[str, str]:
    """Return the engine's settings of a request.

    A user who may only read may choose output details, and limits below those of ``limits``. Larger
    limits are cut to them. Other settings are refused, except those which change nothing for a read.

    Args:
        address: parameters of the request's address, without those of external tables.
        user: whose request it is.
        limits: bounds of readers.

    Raises:
        ClickHouseError: a name that is none (36), or a setting that this user must not change (164).
    """
    wanted = {
        plain_name(name, "setting"): value
        for name, value in address.items()
        if name not in TRANSPORT and not name.startswith("param_")
    }
    if user.read_only:
        return _of_reader(wanted, limits)
    if "profile" in wanted:
        raise ClickHouseError(Code.READONLY, "Cannot modify 'profile' setting.")
    return wanted


def reader_bounds(limits: Limits) -> dict[str, int]:
    """Return the engine's settings that bound a query of a user who may only read."""
    return {
        "max_execution_time": limits.reader_seconds,
        "max_memory_usage": limits.reader_memory_bytes,
        "max_result_rows": limits.reader_rows,
        "max_result_bytes": limits.reader_bytes,
    }


def _of_reader(wanted: Mapping[str, str], limits: Limits) -> dict[str, str]:
    bounds = reader_bounds(limits)
    accepted = {name: str(bound) for name, bound in bounds.items()}
    for name, value in wanted.items():
        if name in bounds:
            accepted[name] = str(_cut(name, value, bounds[name]))
        elif name in _READER_MAY or name.startswith(_READER_MAY_BEGIN):
            accepted[name] = value
        elif name not in _NO_EFFECT_ON_READS or (name == "readonly" and value not in {"1", "2"}):
            raise ClickHouseError(Code.READONLY, f"Cannot modify '{name}' setting in readonly mode.")
    return accepted


def _cut(name: str, value: str, bound: int) -> int:
    try:
        number = int(float(value))
    except (ValueError, OverflowError):
        raise ClickHouseError(Code.BAD_ARGUMENTS, f"Setting {name} must be a number.") from None
    # Zero means without a bound to the engine.
    return min(number, bound) if number > 0 else bound


def set_statement(settings: Mapping[str, str]) -> str:
    """Return ``SET`` for these settings, of which there is at least one."""
    return "SET " + ", ".join(f"{name} = {literal(value)}" for name, value in settings.items())


def unset_statement(settings: Mapping[str, str]) -> str:
    """Return ``SET`` that takes these settings, of which there is at least one, back to their
    default."""
    return "SET " + ", ".join(f"{name} = DEFAULT" for name in settings)
