"""Access control that the engine itself enforces, as its configuration files.

The engine has one login, ``default``, whose rights are roles only. Every request of a restricted user
begins with ``SET ROLE``, after which the engine checks databases, table functions and files by its own
rules. System tables that tell of other users' queries or of paths are empty without the role of
everything, by row policy: a policy also holds inside ``merge()`` and views.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from xml.etree import ElementTree as Xml

from warehouse.server.users import User

EVERYTHING = "warehouse_everything"

SYSTEM_TABLES_FOR_ALL = frozenset(
    {
        "aggregate_function_combinators", "codecs", "collations", "columns", "contributors",
        "data_skipping_index_types", "data_type_families", "database_engines", "databases",
        "dictionary_layouts", "documentation", "formats", "functions", "keywords", "licenses", "numbers",
        "numbers_mt", "one", "primes", "settings", "table_engines", "table_functions", "tables",
        "time_zones", "tokenizers", "unicode", "zeros", "zeros_mt",
    }
)  # fmt: skip
"""System tables that every user may read. The engine leaves other databases out of these by itself."""

LOG_TABLES = frozenset(
    {
        "asynchronous_insert_log", "asynchronous_metric_log", "asynchronous_metrics", "backup_log",
        "blob_storage_log", "crash_log", "error_log", "latency_log", "metric_log",
        "opentelemetry_span_log", "part_log", "processors_profile_log", "query_log",
        "query_metric_log", "query_thread_log", "query_views_log", "session_log", "text_log",
        "trace_log", "transactions_info_log", "zookeeper", "zookeeper_log",
    }
)  # fmt: skip
"""System tables that an engine may grow later."""


def role_of(user: User) -> str | None:
    """Role to set for a request of ``user``; None for a writer who sees every database."""
    return None if user.sees_everything and not user.read_only else f"user_{user.name}"


def write_engine_files(
    folder: Path,
    users: Mapping[str, User],
    system_tables: Iterable[str],
    default_settings: Mapping[str, str | int],
    hidden_columns: Mapping[str, frozenset[str]],
) -> Path:
    """Write the engine's configuration, readable by the owner only, and return its main file.

    Args:
        folder: where; made if it is not there.
        users: whose roles are made.
        system_tables: every table of the engine's ``system`` database.
        default_settings: settings of the engine's default profile.
        hidden_columns: by ``database.table``, columns kept from users who may only read.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    access, main = folder / "users.xml", folder / "config.xml"
    _write(access, _access(users, system_tables, default_settings, hidden_columns))
    root = Xml.Element("clickhouse")
    Xml.SubElement(root, "users_config").text = str(access)
    Xml.SubElement(root, "timezone").text = "UTC"
    _write(main, root)
    return main


def _access(
    users: Mapping[str, User],
    system_tables: Iterable[str],
    default_settings: Mapping[str, str | int],
    hidden_columns: Mapping[str, frozenset[str]],
) -> Xml.Element:
    root = Xml.Element("clickhouse")
    profile = Xml.SubElement(Xml.SubElement(root, "profiles"), "default")
    for name, value in (dict(default_settings) | {"async_insert": 0}).items():
        Xml.SubElement(profile, name).text = str(value)
    constraints = Xml.SubElement(profile, "constraints")
    # An answer to an insert means stored; and the engine must read a text as it was classified.
    for name in ("async_insert", "dialect"):
        Xml.SubElement(Xml.SubElement(constraints, name), "const")
    Xml.SubElement(Xml.SubElement(root, "quotas"), "default")
    roles = Xml.SubElement(root, "roles")
    _role(roles, EVERYTHING, ["GRANT ALL ON *.* WITH GRANT OPTION"])
    restricted: list[str] = []
    for user in users.values():
        role = role_of(user)
        if role is not None:
            restricted.append(role)
            _role(roles, role, _grants(user, hidden_columns))
    login = Xml.SubElement(Xml.SubElement(root, "users"), "default")
    Xml.SubElement(login, "password")
    Xml.SubElement(Xml.SubElement(login, "networks"), "ip").text = "127.0.0.1"
    Xml.SubElement(login, "profile").text = "default"
    Xml.SubElement(login, "quota").text = "default"
    _queries(login, [f"GRANT {', '.join([EVERYTHING, *restricted])}"])
    system = Xml.SubElement(Xml.SubElement(login, "databases"), "system")
    for table in sorted((set(system_tables) | LOG_TABLES) - SYSTEM_TABLES_FOR_ALL):
        Xml.SubElement(
            Xml.SubElement(system, table), "filter"
        ).text = f"has(currentRoles(), '{EVERYTHING}')"
    return root


def _grants(user: User, hidden_columns: Mapping[str, frozenset[str]]) -> list[str]:
    places = ["*.*"] if user.sees_everything else [f"`{database}`.*" for database in user.databases]
    if user.read_only:
        return [
            # SHOW COLUMNS by itself, since without a column a SELECT brings it no more.
            *(f"GRANT SELECT, SHOW COLUMNS, dictGet ON {place}" for place in places),
            *(_revoke(table, hidden_columns[table]) for table in sorted(hidden_columns)),
        ]
    return [*(f"GRANT ALL ON {place}" for place in places), "GRANT CREATE TEMPORARY TABLE ON *.*"]


def _revoke(table: str, columns: frozenset[str]) -> str:
    # A text's length is a column of its own to the engine.
    names = ", ".join(f"`{column}`, `{column}.size`" for column in sorted(columns))
    database, _, name = table.partition(".")
    return f"REVOKE SELECT({names}) ON `{database}`.`{name}`"


def _role(parent: Xml.Element, name: str, queries: list[str]) -> None:
    _queries(Xml.SubElement(parent, name), queries)


def _queries(parent: Xml.Element, queries: list[str]) -> None:
    grants = Xml.SubElement(parent, "grants")
    for query in queries:
        Xml.SubElement(grants, "query").text = query


def _write(file: Path, root: Xml.Element) -> None:
    file.touch(mode=0o600)
    file.chmod(0o600)
    file.write_bytes(Xml.tostring(root, encoding="utf-8", xml_declaration=True))
