"""``wijkbeeld schemas ddl``: the tables as SQL, for one node or a cluster."""

from __future__ import annotations

import sys
from typing import Annotated

import typer


def ddl(
    cluster: Annotated[
        str, typer.Option(help="Name of the cluster in ClickHouse's configuration; one node without.")
    ] = "",
) -> None:
    """Print the SQL of every migration, as `wijkbeeld run setup` applies it."""
    from warehouse.migrate import shipped_migrations

    for migration in shipped_migrations():
        sys.stdout.write(f"-- {migration.number:04d} {migration.name}\n")
        for statement in migration.rendered(cluster):
            sys.stdout.write(f"{statement};\n\n")
