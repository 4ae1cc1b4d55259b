"""One request, read from its address, headers and form."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from warehouse.server.config import Limits
from warehouse.server.errors import ClickHouseError, Code
from warehouse.server.quoting import column_list, plain_name, query_id
from warehouse.server.settings import engine_settings
from warehouse.server.users import User

LONGEST_SESSION_SECONDS = 3600

MAX_SESSION_ID = 256


@dataclass(frozen=True)
class ExternalTable:
    """A table that a request brings along; ``columns`` is SQL that was checked."""

    name: str
    columns: str
    format: str
    rows: bytes


@dataclass(frozen=True)
class Call:
    """What a request asks, beside its statement.

    ``only_reads`` is true for GET, HEAD and where the client asks for ``readonly``; ``parameters`` are
    those of ``{name:Type}``; ``whole`` asks for an answer that is complete before its first byte.
    """

    user: User
    query_id: str
    query: str
    only_reads: bool
    database: str | None
    settings: Mapping[str, str]
    parameters: Mapping[str, str]
    tables: tuple[ExternalTable, ...]
    session_id: str | None
    session_seconds: float
    session_must_exist: bool
    default_format: str
    accept_encoding: str
    whole: bool
    says_hello: bool


def read_call(
    user: User,
    method: str,
    headers: Mapping[str, str],
    address: Mapping[str, str],
    files: Iterable[tuple[str, bytes]],
    limits: Limits,
) -> Call:
    """Read a request.

    Args:
        user: who was authenticated.
        method: HTTP method.
        headers: names in lower case.
        address: parameters of the address, and fields of a form.
        files: name and bytes of each file of a form: external tables.
        limits: bounds of readers.

    Raises:
        ClickHouseError: a name, a setting or a table structure that is not allowed.
    """
    tables = tuple(_table(name, rows, address) for name, rows in files)
    own = {f"{table.name}_{end}" for table in tables for end in ("structure", "types", "format")}
    rest = {name: value for name, value in address.items() if name not in own}
    _refuse_unsupported(rest)
    default_format = rest.get("default_format") or headers.get("x-clickhouse-format") or "TabSeparated"
    return Call(
        user=user,
        query_id=query_id(rest["query_id"]) if rest.get("query_id") else str(uuid.uuid4()),
        query=rest.get("query", ""),
        only_reads=method in {"GET", "HEAD"} or rest.get("readonly", "0") != "0",
        database=rest.get("database") or headers.get("x-clickhouse-database") or user.start_database,
        settings=engine_settings(rest, user, limits),
        parameters={
            plain_name(name.removeprefix("param_"), "parameter"): value
            for name, value in rest.items()
            if name.startswith("param_")
        },
        tables=tables,
        session_id=_session_id(rest),
        session_seconds=_session_seconds(rest.get("session_timeout")),
        session_must_exist=rest.get("session_check") == "1",
        default_format=plain_name(default_format, "format"),
        accept_encoding=headers.get("accept-encoding", "")
        if rest.get("enable_http_compression") == "1"
        else "",
        whole=rest.get("wait_end_of_query") == "1",
        says_hello=rest.get("client_protocol_version", "0") not in {"", "0"},
    )


def _session_id(address: Mapping[str, str]) -> str | None:
    session_id = address.get("session_id") or None
    if session_id is not None and len(session_id) > MAX_SESSION_ID:
        raise ClickHouseError(
            Code.BAD_ARGUMENTS, f"A session_id must have at most {MAX_SESSION_ID} characters."
        )
    return session_id


def _refuse_unsupported(address: Mapping[str, str]) -> None:
    for name in ("compress", "decompress"):
        if address.get(name) == "1":
            raise ClickHouseError(
                Code.NOT_IMPLEMENTED, f"{name}=1 is not supported: use HTTP content encodings."
            )
    if address.get("role"):
        raise ClickHouseError(Code.UNKNOWN_ROLE, "Roles are given by the server and cannot be chosen.")


def _session_seconds(text: str | None) -> float:
    try:
        seconds = float(text or 60)
    except ValueError:
        raise ClickHouseError(
            Code.BAD_ARGUMENTS, "session_timeout must be a number of seconds."
        ) from None
    if not 0 < seconds <= LONGEST_SESSION_SECONDS:
        raise ClickHouseError(
            Code.BAD_ARGUMENTS, f"session_timeout must be above 0 and at most {LONGEST_SESSION_SECONDS}."
        )
    return seconds


def _table(name: str, rows: bytes, address: Mapping[str, str]) -> ExternalTable:
    plain_name(name, "external table")
    structure = address.get(f"{name}_structure")
    if not structure:
        types = address.get(f"{name}_types", "")
        structure = ", ".join(f"_{place} {kind}" for place, kind in enumerate(types.split(","), 1))
    return ExternalTable(
        name,
        column_list(structure),
        plain_name(address.get(f"{name}_format") or "TabSeparated", "format"),
        rows,
    )
