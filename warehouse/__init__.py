"""Events -> ClickHouse: loader, cells, migrations and the local ClickHouse server."""
