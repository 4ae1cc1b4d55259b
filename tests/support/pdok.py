"""A PDOK on this machine: the two services that are asked, in the shapes in which they answer."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import orjson

from domain.errors import SourceRefused, SourceUnavailable

_SEARCHED = ("straatnaam", "postcode", "woonplaatsnaam")
_KNOWN_TO_SEARCH = {"q", "fq", "fl", "rows", "start", "sort", "df", "bq"}


@dataclass
class Pdok:
    """Answers without a network; ``serving`` puts it behind a port.

    Attributes:
        records: of the Locatieserver; other towns' among them come out first unless they are filtered.
        features: of the collection ``buurten``.
        page_size: most features in a page, whatever is asked.
        asked: every address that was asked for.
        fails_with: raised instead of an answer.
    """

    records: Sequence[Mapping[str, Any]] = ()
    features: Sequence[Mapping[str, Any]] = ()
    page_size: int = 1000
    base: str = "https://pdok.example"
    asked: list[str] = field(default_factory=list)
    fails_with: Exception | None = None

    def get(self, url: str) -> Document:
        self.asked.append(url)
        if self.fails_with is not None:
            raise self.fails_with
        parts = urlsplit(url)
        return Document(self.answer(parts.path, parse_qs(parts.query)))

    def answer(self, path: str, query: Mapping[str, Sequence[str]]) -> bytes:
        if path.endswith("/free"):
            return self._search(query)
        if path.endswith("/collections/buurten/items"):
            return self._items(path, query)
        raise SourceRefused("no such address")

    def _search(self, query: Mapping[str, Sequence[str]]) -> bytes:
        if not query.keys() <= _KNOWN_TO_SEARCH:
            raise SourceRefused("the service refuses parameters that it does not know")
        words = set(query["q"][0].lower().split())
        filters = [one.split(":", 1) for one in query.get("fq", ())]
        scored = [
            (len(words & set(" ".join(str(r[name]) for name in _SEARCHED).lower().split())), r)
            for r in self.records
            if all(str(r.get(name)) == value for name, value in filters)
        ]
        found = [r for score, r in sorted(scored, key=lambda pair: -pair[0]) if score]
        names = query.get("fl", ["*"])[0].split()
        rows = min(int(query.get("rows", ["10"])[0]), 100)
        docs = [{n: v for n, v in r.items() if names == ["*"] or n in names} for r in found[:rows]]
        response = {"numFound": len(found), "start": 0, "maxScore": 9.1, "numFoundExact": True}
        return orjson.dumps({"response": response | {"docs": docs}})

    def _items(self, path: str, query: Mapping[str, Sequence[str]]) -> bytes:
        start = int(query.get("cursor", ["0"])[0])
        size = min(int(query.get("limit", ["10"])[0]), self.page_size)
        shown = self.features[start : start + size]
        links = [{"rel": "self", "href": self.base + path}]
        if start + size < len(self.features):
            following = {"f": "json", "limit": str(size), "cursor": str(start + size)}
            links.append({"rel": "next", "href": f"{self.base}{path}?{urlencode(following)}"})
        page = {"type": "FeatureCollection", "numberReturned": len(shown), "links": links}
        return orjson.dumps(page | {"features": list(shown)})


@dataclass(frozen=True)
class Document:
    """What comes back."""

    body: bytes


class HttpxGetter:
    """A client over a real connection."""

    def get(self, url: str) -> Document:
        try:
            answer = httpx.get(url, timeout=5.0, trust_env=False)
        except httpx.TransportError:
            raise SourceUnavailable("the service cannot be reached") from None
        if answer.status_code >= 500:
            raise SourceUnavailable("the service is down")
        if answer.status_code >= 400:
            raise SourceRefused("the service refuses")
        return Document(answer.content)


@contextmanager
def serving(pdok: Pdok) -> Iterator[str]:
    """Serve ``pdok`` on a free port of this machine and give its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            try:
                body, status = pdok.get(self.path).body, 200
            except SourceRefused:
                body, status = b"{}", 400
            except SourceUnavailable:
                body, status = b"", 503
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    pdok.base = f"http://127.0.0.1:{server.server_port}"
    try:
        yield pdok.base
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def address_record(
    street: str, number: str, postcode: str, wijk: str, name: str = "", gemeente: str = "0268"
) -> dict[str, Any]:
    """An address as the Locatieserver has it; positions are left at one point, as nothing reads them."""
    return {
        "type": "adres",
        "weergavenaam": f"{street} {number}, {postcode} Nijmegen",
        "straatnaam": street,
        "huisnummer": int("".join(c for c in number if c.isdigit()) or 0),
        "postcode": postcode,
        "woonplaatsnaam": "Nijmegen",
        "gemeentecode": gemeente,
        "wijkcode": "WK" + wijk[2:8],
        "buurtcode": wijk,
        "buurtnaam": name,
        "centroide_ll": "POINT(5.8535 51.8409)",
        "centroide_rd": "POINT(187136 428140)",
        "nummeraanduiding_id": "0268200000000001",
        "score": 9.1,
    }
