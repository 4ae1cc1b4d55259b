"""Pushes the boards to a running Grafana."""

from __future__ import annotations

from domain.errors import SettingsError


def push_boards(url: str, token: str) -> list[str]:
    """Create or update folder, data source and boards; return one line for each.

    Raises:
        SettingsError: no URL or token is given.
        Terminal, Transient: see ``dashboards.grafana.push``.
    """
    from dashboards.grafana.push import push

    if not url:
        raise SettingsError("no Grafana given: use --grafana URL or set WIJKBEELD_GRAFANA")
    if not token:
        raise SettingsError("no token given: set WIJKBEELD_GRAFANA_TOKEN to a service account token")
    return push(url, token)
