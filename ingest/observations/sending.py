"""Hands observations in at the gateway's door, as any other client does."""

from __future__ import annotations

import http.client
from datetime import timedelta
from urllib.parse import urlsplit

import orjson

from domain.clock import Clock
from domain.errors import SourceRefused, Transient
from ingest.observations.form import Observation

_SECONDS = 10.0
_MEDIA_TYPE = "application/cloudevents+json"


class Observer:
    """Sends observations to a gateway. Safe to use from several threads.

    Args:
        url: of the gateway, before ``/v1``.
        key: for source ``wijkteam``.
        municipality_slug: of the gemeente.
        clock: gives the time of the observation.
    """

    def __init__(self, url: str, key: str, municipality_slug: str, clock: Clock) -> None:
        self._url = urlsplit(url)
        self._key = key
        self._slug = municipality_slug
        self._clock = clock

    def send(self, observation: Observation) -> bool:
        """Hand an observation in; return False where it was handed in before.

        Raises:
            Transient: the gateway is away, busy or wants us to wait; the same observation may be sent
                again.
            SourceRefused: it does not take it.
        """
        event = observation.cloud_event(self._slug, self._clock.now())
        status, headers, body = self._post(orjson.dumps(event))
        if status == http.client.ACCEPTED:
            return bool(orjson.loads(body).get("accepted"))
        if status >= 500 or status in (http.client.REQUEST_TIMEOUT, http.client.TOO_MANY_REQUESTS):
            wait = headers.get("retry-after", "")
            raise Transient(
                f"the gateway cannot take it now (status {status}); try again",
                timedelta(seconds=int(wait)) if wait.isdecimal() else None,
            )
        raise SourceRefused(f"the gateway does not take it (status {status}); see its log")

    def _post(self, body: bytes) -> tuple[int, dict[str, str], bytes]:
        secure = self._url.scheme == "https"
        open_ = http.client.HTTPSConnection if secure else http.client.HTTPConnection
        connection = open_(self._url.hostname or "", self._url.port, timeout=_SECONDS)
        headers = {"Content-Type": _MEDIA_TYPE, "Authorization": f"Bearer {self._key}"}
        try:
            connection.request("POST", self._url.path + "/v1/events", body, headers)
            answer = connection.getresponse()
            named = {name.lower(): value for name, value in answer.getheaders()}
            return answer.status, named, answer.read()
        except (OSError, http.client.HTTPException) as error:
            raise Transient(f"the gateway does not answer ({type(error).__name__}); try again") from None
        finally:
            connection.close()
