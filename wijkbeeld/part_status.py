"""What each part answers when it is asked whether it is ready, for ``wijkbeeld status``."""

from __future__ import annotations

import http.client
import json
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

PATIENCE_SECONDS = 2.0
"""A part that does not answer within this time is said not to answer."""


def with_readiness(parts: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return the parts of ``run.json``, each with ``ready``, ``reasons`` and ``lag_records``.

    ``ready`` is None for a part that has no address, such as the broker.
    """
    with ThreadPoolExecutor(max_workers=8) as pool:
        answers = pool.map(_ask, (part.get("health") for part in parts.values()))
        return {
            name: {**part, **answer} for (name, part), answer in zip(parts.items(), answers, strict=True)
        }


def _ask(url: str | None) -> dict[str, Any]:
    if url is None:
        return {"ready": None, "reasons": [], "lag_records": None}
    address = urlsplit(url)
    connection = http.client.HTTPConnection(
        address.hostname or "", address.port, timeout=PATIENCE_SECONDS
    )
    try:
        connection.request("GET", "/readyz")
        state = json.loads(connection.getresponse().read())
        return {key: state[key] for key in ("ready", "reasons", "lag_records")}
    except (OSError, http.client.HTTPException, ValueError, KeyError):
        return {"ready": False, "reasons": ["does not answer"], "lag_records": None}
    finally:
        connection.close()
