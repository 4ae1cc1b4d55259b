"""Brings a running Grafana to our boards over its HTTP API: the only module that knows grafana-api.

Everything is found again by its uid, so that pushing twice changes nothing the second time.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from grafana_api.grafana_api import GrafanaClientError, GrafanaException, GrafanaServerError
from grafana_api.grafana_face import GrafanaFace

from dashboards.grafana.names import (
    DATASOURCE_NAME,
    DATASOURCE_TYPE,
    DATASOURCE_UID,
    FOLDER_TITLE,
    FOLDER_UID,
)
from dashboards.grafana.sdk import dashboard_json
from dashboards.panels.definition import Board
from dashboards.panels.stad_nu import BOARDS
from domain.errors import SettingsError, Terminal, Transient, WijkbeeldError

TIMEOUT_S = 10.0
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class ClickHouseLogin:
    """How Grafana reaches ClickHouse: host, port, user who may only read, password."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    secure: bool = False


class GrafanaUnavailable(Transient):
    """Grafana cannot be reached, or cannot take the request now."""


class GrafanaRefused(Terminal):
    """Grafana refuses the request."""


def push(
    url: str,
    login: str | tuple[str, str],
    boards: Sequence[Board] = BOARDS,
    source: ClickHouseLogin | None = None,
) -> list[str]:
    """Create or update folder, data source and boards; return one line for each.

    Args:
        url: address of Grafana, such as ``https://grafana.example.nl/boards``.
        login: a service account token, or user and password.
        boards: the boards to push.
        source: how Grafana reaches ClickHouse; None leaves the data source that is there as it is.

    Raises:
        SettingsError: ``url`` is no address, or there is no data source and none was given.
        GrafanaRefused: login, rights or content are refused.
        GrafanaUnavailable: Grafana is away, or somebody saved the same board at the same moment.
    """
    grafana = _connect(url, login)
    try:
        lines = [_push_folder(grafana), _push_source(grafana, source)]
        lines += [_push_board(grafana, json.loads(dashboard_json(board))) for board in boards]
    finally:
        grafana.api.s.close()
    return lines


def _connect(url: str, login: str | tuple[str, str]) -> GrafanaFace:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise SettingsError("Grafana address: expected http://host:port or https://host")
    path = parts.path.strip("/")
    return GrafanaFace(
        auth=login,
        host=parts.hostname,
        port=parts.port,
        protocol=parts.scheme,
        url_path_prefix=f"{path}/" if path else "",
        timeout=TIMEOUT_S,
    )


def _push_folder(grafana: GrafanaFace) -> str:
    found = _found(grafana, f"/folders/{FOLDER_UID}", "the folder")
    if found is None:
        with _mapped("the folder"):
            grafana.folder.create_folder(FOLDER_TITLE, FOLDER_UID)
        return f"folder {FOLDER_UID}: created"
    if found["title"] == FOLDER_TITLE:
        return f"folder {FOLDER_UID}: unchanged"
    with _mapped("the folder"):
        grafana.folder.update_folder(FOLDER_UID, FOLDER_TITLE, version=found["version"])
    return f"folder {FOLDER_UID}: updated"


def _push_source(grafana: GrafanaFace, source: ClickHouseLogin | None) -> str:
    found = _found(grafana, f"/datasources/uid/{DATASOURCE_UID}", "the data source")
    if found is not None and (source is None or found.get("readOnly")):
        return f"data source {DATASOURCE_UID}: left as it is"
    if source is None:
        raise SettingsError(
            f"Grafana has no data source {DATASOURCE_UID}: give address and user of ClickHouse as well"
        )
    content = _source_content(source)
    with _mapped("the data source"):
        if found is None:
            grafana.datasource.create_datasource(content)
            return f"data source {DATASOURCE_UID}: created"
        # The API does not give the password back, so there is no telling whether it changed.
        grafana.api.PUT(
            f"/datasources/uid/{DATASOURCE_UID}", json=content | {"version": found.get("version", 0)}
        )
    return f"data source {DATASOURCE_UID}: updated"


def _source_content(source: ClickHouseLogin) -> Json:
    return {
        "uid": DATASOURCE_UID,
        "name": DATASOURCE_NAME,
        "type": DATASOURCE_TYPE,
        "access": "proxy",
        "jsonData": {
            "host": source.host,
            "port": source.port,
            "protocol": "http",
            "secure": source.secure,
            "username": source.user,
            "dialTimeout": "5",
            "queryTimeout": "10",
        },
        "secureJsonData": {"password": source.password},
    }


def _push_board(grafana: GrafanaFace, board: Json) -> str:
    uid = board["uid"]
    what = f"board {uid}"
    found = _found(grafana, f"/dashboards/uid/{uid}", what)
    known: Mapping[str, Any] = {} if found is None else found["dashboard"]
    if found is not None and found["meta"].get("folderUid") == FOLDER_UID and _same(known, board):
        return f"{what}: unchanged"
    # With the version that was read, Grafana refuses to overwrite what somebody saved in between.
    numbers = {name: known[name] for name in ("id", "version") if name in known}
    request = {
        "dashboard": board | numbers,
        "folderUid": FOLDER_UID,
        "overwrite": False,
        "message": "wijkbeeld dashboards push",
    }
    with _mapped(what):
        answer = grafana.dashboard.update_dashboard(request)
    return f"{what}: {'created' if found is None else 'updated'}, version {answer['version']}"


def _same(known: Mapping[str, Any], board: Json) -> bool:
    return all(known.get(name) == value for name, value in board.items())


def _found(grafana: GrafanaFace, path: str, what: str) -> Json | None:
    """Return what is at a path; None where there is nothing."""
    try:
        with _mapped(what):
            answer: Json = grafana.api.GET(path)
            return answer
    except GrafanaRefused as error:
        if isinstance(error.__cause__, GrafanaClientError) and error.__cause__.status_code == 404:
            return None
        raise


@contextmanager
def _mapped(what: str) -> Iterator[None]:
    """Turn grafana-api's errors into ours: one line, without the text that Grafana sent."""
    try:
        yield
    except GrafanaException as error:
        raise _ours(error, what) from error
    except ValueError as error:  # an answer that is no JSON; requests' own error is an OSError as well
        raise GrafanaRefused("no Grafana answers at that address: its answer is no JSON") from error
    except OSError as error:
        raise GrafanaUnavailable("Grafana cannot be reached at that address; try again later") from error


def _ours(error: GrafanaException, what: str) -> WijkbeeldError:
    status = error.status_code
    if isinstance(error, GrafanaServerError) or status == 429:
        return GrafanaUnavailable(f"Grafana cannot take {what} now (status {status}); try again later")
    if status == 401:
        return GrafanaRefused("Grafana does not know this login; give a valid service account token")
    if status == 403:
        return GrafanaRefused(
            f"Grafana allows no change of {what}; the service account needs the role Admin"
        )
    if status == 412:
        kind = error.response.get("status") if isinstance(error.response, dict) else None
        if kind == "version-mismatch":
            return GrafanaUnavailable(f"{what} was changed in Grafana at the same moment; push again")
        return GrafanaRefused(
            f"Grafana has {what} under another uid (status 412); remove that one first"
        )
    return GrafanaRefused(f"Grafana refuses {what} (status {status})")
