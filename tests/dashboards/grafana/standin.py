"""A stand-in for Grafana's HTTP API: no Grafana runs here.

It keeps state and answers as Grafana's documentation says for folders, data sources and dashboards: 404
for what is not there, 412 for a version that is not the stored one or a title that is taken, 401 without
a valid token, 403 for a provisioned data source. It does not check dashboards for meaning.
"""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

TOKEN = "glsa-of-tests"
Json = dict[str, Any]
Answer = tuple[int, Json]


@dataclass
class GrafanaStandIn:
    """The stand-in, served at a free loopback port for the length of a ``with`` block.

    Attributes:
        folders, sources, boards: what it holds, by uid.
        forced: an answer for every request, in place of its own.
        before_save: called with the uid before a dashboard is stored.
    """

    folders: dict[str, Json] = field(default_factory=dict)
    sources: dict[str, Json] = field(default_factory=dict)
    boards: dict[str, Json] = field(default_factory=dict)
    forced: tuple[int, str] | None = None
    before_save: Any = None
    writes: int = 0

    def __enter__(self) -> Self:
        handler = type("Handler", (_Handler,), {"grafana": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def answer(self, method: str, path: str, body: Json) -> Answer:
        """Return status and content for a request."""
        match method, path.strip("/").split("/")[1:]:
            case "GET", ["folders", uid]:
                return _get(self.folders, uid, "folder not found")
            case "POST", ["folders"]:
                return self._new_folder(body)
            case "PUT", ["folders", uid]:
                return self._change_folder(uid, body)
            case "GET", ["datasources", "uid", uid]:
                return _get(self.sources, uid, "Data source not found")
            case "POST", ["datasources"]:
                return self._save_source(body)
            case "PUT", ["datasources", "uid", uid]:
                if self.sources[uid].get("readOnly"):
                    return 403, {"message": "Cannot update read-only data source"}
                return self._save_source(body)
            case "GET", ["dashboards", "uid", uid]:
                return self._board(uid)
            case "POST", ["dashboards", "db"]:
                return self._save_board(body)
        return 404, {"message": "Not found"}

    def _new_folder(self, body: Json) -> Answer:
        if body["uid"] in self.folders:
            return 412, {"message": "a folder with that uid exists", "status": "version-mismatch"}
        return self._store_folder(body["uid"], body["title"], 1)

    def _change_folder(self, uid: str, body: Json) -> Answer:
        stored = self.folders[uid]["version"]
        if body.get("version") != stored and not body.get("overwrite"):
            return 412, {"message": "changed by someone else", "status": "version-mismatch"}
        return self._store_folder(uid, body["title"], stored + 1)

    def _store_folder(self, uid: str, title: str, version: int) -> Answer:
        self.writes += 1
        self.folders[uid] = {"uid": uid, "title": title, "version": version}
        return 200, self.folders[uid]

    def _save_source(self, body: Json) -> Answer:
        self.writes += 1
        old = self.sources.get(body["uid"], {"version": 0})
        secret = {"secureJsonFields": dict.fromkeys(body.get("secureJsonData", {}), True)}
        kept = {name: value for name, value in body.items() if name != "secureJsonData"}
        self.sources[body["uid"]] = kept | secret | {"version": old["version"] + 1, "readOnly": False}
        return 200, {"datasource": self.sources[body["uid"]], "message": "ok", "name": body["name"]}

    def _board(self, uid: str) -> Answer:
        if uid not in self.boards:
            return 404, {"message": "Dashboard not found"}
        stored = self.boards[uid]
        return 200, {"meta": {"folderUid": stored["folderUid"]}, "dashboard": stored["dashboard"]}

    def _save_board(self, body: Json) -> Answer:
        board: Json = body["dashboard"]
        if self.before_save is not None:
            self.before_save(board["uid"])
        if body["folderUid"] not in self.folders:
            return 400, {"message": "folder not found"}
        stored = self.boards.get(board["uid"])
        if stored is None and any(
            other["dashboard"]["title"] == board["title"] and other["folderUid"] == body["folderUid"]
            for other in self.boards.values()
        ):
            return 412, {"message": "name exists", "status": "name-exists"}
        version = stored["dashboard"]["version"] if stored else 0
        if stored and board.get("version") != version and not body.get("overwrite"):
            return 412, {"message": "changed by someone else", "status": "version-mismatch"}
        self.writes += 1
        numbers = {"id": stored["dashboard"]["id"] if stored else 7, "version": version + 1}
        self.boards[board["uid"]] = {"folderUid": body["folderUid"], "dashboard": board | numbers}
        return 200, {"uid": board["uid"], "status": "success"} | numbers


def _get(things: dict[str, Json], uid: str, missing: str) -> Answer:
    return (200, things[uid]) if uid in things else (404, {"message": missing})


class _Handler(BaseHTTPRequestHandler):
    grafana: GrafanaStandIn

    def _serve(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = json.loads(self.rfile.read(length)) if length else {}
        if self.grafana.forced is not None:
            status, text = self.grafana.forced
        elif self.headers.get("Authorization") != f"Bearer {TOKEN}":
            status, text = 401, json.dumps({"message": "Invalid API key"})
        else:
            status, content = self.grafana.answer(self.command, self.path, body)
            text = json.dumps(content)
        self.send_response(status)
        self.send_header("Content-Length", str(len(text.encode())))
        self.end_headers()
        self.wfile.write(text.encode())

    do_GET = do_POST = do_PUT = _serve  # noqa: N815  the names that http.server calls

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""
