"""``wijkbeeld sql``: one query to the local warehouse, as the user who may only read."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import BinaryIO
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from domain.errors import SettingsError, WarehouseUnavailable
from wijkbeeld.access import READER
from wijkbeeld.datadir import DataDir, read_json
from wijkbeeld.status import require_running


def query_as_reader(root: Path, query: str, format_: str, out: BinaryIO) -> None:
    """Write the answer to ``query`` to ``out``, in one of ClickHouse's output formats.

    Raises:
        NotRunningError: nothing runs on this folder.
        SettingsError: the query is refused; the message is ClickHouse's own.
        WarehouseUnavailable: it does not answer now.
    """
    data_dir = DataDir(root)
    require_running(data_dir)
    access = read_json(data_dir.access)
    request = Request(  # noqa: S310 - the address is ours: http on the loopback interface
        f"{access.get('url')}/?{urlencode({'default_format': format_})}",
        data=query.encode(),
        headers={"X-ClickHouse-User": READER, "X-ClickHouse-Key": str(access.get("password"))},
    )
    try:
        with urlopen(request) as answer:  # noqa: S310 - see above
            shutil.copyfileobj(answer, out)
    except HTTPError as error:
        told = error.read().decode("utf-8", "replace").strip().splitlines()
        raise SettingsError(f"query refused: {told[0] if told else error.code}") from None
    except (URLError, OSError) as error:
        raise WarehouseUnavailable("the warehouse does not answer now; see wijkbeeld status") from error
