"""The polygons of the wijken of one boundary year, from CBS *wijken en buurten* at PDOK.

OGC API Features, one service per year: ``https://api.pdok.nl/cbs/wijken-en-buurten-<year>/ogc/v1``,
collection ``buurten``; WGS84 by default, pages by a link ``next``. Licence of the data: CC BY 4.0.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

import orjson

from domain.areas import Municipality
from domain.errors import SourceRefused
from ingest.getting import Getter

BASE_URL = "https://api.pdok.nl/cbs/wijken-en-buurten-{year}/ogc/v1"
PAGE_SIZE = 50
"""A feature carries some 250 key figures and a detailed border: 50 kB each."""
MOST_PAGES = 100


def fetch_areas(
    web: Getter,
    municipality: Municipality,
    year: int,
    *,
    base_url: str = BASE_URL,
    on_page: Callable[[int], None] = lambda _count: None,
) -> bytes:
    """Return the wijken of a gemeente as a GeoJSON feature collection, without the key figures.

    Asked is for what touches the rectangle around the representative points, which every wijk does; what
    belongs to another gemeente is left out here.

    Args:
        web: the HTTP client.
        year: boundary year.
        base_url: of the service; ``{year}`` in it stands for the year.
        on_page: is told after each page how many features there are.

    Raises:
        Transient: the service cannot be reached now.
        SourceRefused: it has no such year, or answers something else.
    """
    base = base_url.format(year=year)
    url: str | None = f"{base}/collections/buurten/items?" + urlencode(
        {"f": "json", "limit": str(PAGE_SIZE), "bbox": _rectangle(municipality)}
    )
    kept: dict[str, dict[str, Any]] = {}
    pages = 0
    while url is not None:
        if pages == MOST_PAGES:
            raise SourceRefused(f"areas of {year}: the service does not come to an end of its pages")
        page = _page(web.get(url).body, year)
        pages += 1
        for feature in page["features"]:
            code, slim = _slim(feature, municipality.code, year)
            if code is not None:
                kept[code] = slim
        on_page(len(kept))
        url = _next(page, base, year)
    if not kept:
        raise SourceRefused(f"areas of {year}: the service has no wijk of {municipality.code}")
    return orjson.dumps({"type": "FeatureCollection", "features": [kept[code] for code in sorted(kept)]})


def _rectangle(municipality: Municipality) -> str:
    lons = [wijk.lon for wijk in municipality.wijken]
    lats = [wijk.lat for wijk in municipality.wijken]
    return ",".join(f"{edge:.6f}" for edge in (min(lons), min(lats), max(lons), max(lats)))


def _page(body: bytes, year: int) -> dict[str, Any]:
    try:
        page = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise SourceRefused(f"areas of {year}: the answer is not JSON") from None
    if not isinstance(page, dict) or not isinstance(page.get("features"), list):
        raise SourceRefused(f"areas of {year}: the answer is not a GeoJSON feature collection")
    return page


def _slim(feature: Any, gemeente: str, year: int) -> tuple[str | None, dict[str, Any]]:
    """Return code and what is kept of a feature; code None for one that is not ours or is water."""
    properties = feature.get("properties") if isinstance(feature, dict) else None
    if not isinstance(properties, Mapping) or "buurtcode" not in properties:
        raise SourceRefused(f"areas of {year}: a feature has no buurtcode; the format has changed")
    if properties.get("gemeentecode") != gemeente or properties.get("water", "NEE") != "NEE":
        return None, {}
    if properties.get("jaar", year) != year:
        raise SourceRefused(f"areas of {year}: the service answers with another year")
    kept = {name: properties.get(name) for name in ("buurtcode", "buurtnaam", "jaar")}
    shape = feature.get("geometry")
    return str(properties["buurtcode"]), {"type": "Feature", "properties": kept, "geometry": shape}


def _next(page: Mapping[str, Any], base: str, year: int) -> str | None:
    links = page.get("links")
    found = [
        link["href"]
        for link in (links if isinstance(links, list) else [])
        if isinstance(link, dict) and link.get("rel") == "next" and isinstance(link.get("href"), str)
    ]
    if not found:
        return None
    here, there = urlsplit(base), urlsplit(found[0])
    if (here.scheme, here.netloc) != (there.scheme, there.netloc):
        raise SourceRefused(f"areas of {year}: the next page is said to lie at another host")
    return str(found[0])
