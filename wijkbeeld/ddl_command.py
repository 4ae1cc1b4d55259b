"""``wijkbeeld schemas ddl``: the tables as SQL, for one node or a cluster."""

from __future__ import annotations

from typing import TextIO

from warehouse.migrate import shipped_migrations


def write_ddl(cluster: str, out: TextIO) -> None:
    """Write the SQL of every migration, as the part ``setup`` applies it.

    Args:
        cluster: name of the cluster in ClickHouse's configuration; empty for one node.
        out: takes the text.

    Raises:
        SettingsError: the name is none, or a migration has no form for a cluster.
    """
    for migration in shipped_migrations():
        statements = migration.rendered(cluster)
        out.write(f"-- {migration.number:04d} {migration.name}\n")
        out.writelines(f"{statement};\n\n" for statement in statements)
