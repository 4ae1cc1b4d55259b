from __future__ import annotations

import io

import pytest

from domain.errors import SettingsError
from warehouse.migrate import shipped_migrations
from wijkbeeld.ddl_command import write_ddl


def _written(cluster: str) -> str:
    out = io.StringIO()
    write_ddl(cluster, out)
    return out.getvalue()


def test_one_node_gets_every_statement() -> None:
    text = _written("")
    assert text.count(";\n") == sum(len(migration.statements) for migration in shipped_migrations())
    assert "ON CLUSTER" not in text


def test_a_cluster_gets_its_own_form() -> None:
    text = _written("nederland")
    moves_rows = text.count("\nINSERT INTO") + text.startswith("INSERT INTO")
    assert text.count(";\n") - moves_rows == text.count("ON CLUSTER `nederland`")
    assert "Distributed('nederland'" in text


def test_a_name_that_is_none_is_refused() -> None:
    with pytest.raises(SettingsError, match="cluster"):
        _written("a b")
