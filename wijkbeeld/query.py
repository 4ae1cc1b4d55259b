"""``wijkbeeld sql``: one query to the warehouse, which may only read."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import BinaryIO
from urllib.error import HTTPError, URLError
from urllib.parse import unquote, urlencode, urlsplit
from urllib.request import Request, urlopen

from domain.errors import SettingsError, WarehouseUnavailable
from wijkbeeld.datadir import DataDir
from wijkbeeld.settings import Settings
from wijkbeeld.status import require_running
from wijkbeeld.warehouse_access import Login, running_reader


def query_as_reader(settings: Settings, root: Path, query: str, format_: str, out: BinaryIO) -> None:
    """Write the answer to ``query`` to ``out``, in one of ClickHouse's output formats.

    Args:
        settings: name the user of a ClickHouse that ``up`` was given.
        root: the data directory.
        query: SQL.
        format_: the output format.
        out: takes the answer as it comes.

    Raises:
        NotRunningError: nothing runs on this folder.
        SettingsError: the query is refused; the message is ClickHouse's own.
        WarehouseUnavailable: it does not answer now.
    """
    data_dir = DataDir(root)
    require_running(data_dir)
    request = _request(running_reader(settings, data_dir), query, format_)
    try:
        with urlopen(request) as answer:  # noqa: S310 - ours, or the person's own
            shutil.copyfileobj(answer, out)
    except HTTPError as error:
        told = error.read().decode("utf-8", "replace").strip().splitlines()
        raise SettingsError(f"query refused: {told[0] if told else error.code}") from None
    except (URLError, OSError) as error:
        raise WarehouseUnavailable("the warehouse does not answer now; see wijkbeeld status") from error


def _request(login: Login, query: str, format_: str) -> Request:
    """Return a GET, in which ClickHouse changes nothing, whatever the user may do elsewhere."""
    url = urlsplit(login.url)
    asked = {"default_format": format_, "query": query}
    if database := unquote(url.path.strip("/")):
        asked["database"] = database
    return Request(  # noqa: S310 - the address is ours, or the person's own
        f"{url.scheme}://{url.netloc}/?{urlencode(asked)}",
        headers={
            "X-ClickHouse-User": login.user,
            "X-ClickHouse-Key": login.password,
            "User-Agent": "wijkbeeld-sql",
        },
    )
