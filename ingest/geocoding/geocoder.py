"""The geocoder as events meet it: cached, paced, and never in their way."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from domain.errors import Transient, WijkbeeldError
from domain.places import Location
from domain.street_names import street_key
from ingest.geocoding.cache import AnswerCache
from ingest.keys import KeyedHash

FOUND_FOR = timedelta(days=180)
"""How long an answer is good: once a year streets are added and boundaries move."""
NOT_FOUND_FOR = timedelta(days=7)
_FIRST_PAUSE = timedelta(seconds=30)
_LONGEST_PAUSE = timedelta(minutes=15)
_REFUSED_PAUSE = timedelta(hours=1)
_MINUTE = timedelta(minutes=1)
POLL_SECONDS = 1.0
"""What the questions of one poll may take together before the rest is left for later."""

_log = structlog.get_logger(__name__)


class Finder(Protocol):
    """A service that knows in which wijk a street or postcode lies."""

    def find(self, street: str | None, pc6: str | None) -> str | None:
        """See ``ingest.pdok.locatieserver.Locatieserver.find``."""
        ...


@dataclass(frozen=True, slots=True)
class Answer:
    """What the geocoder says of a location.

    Attributes:
        wijk: code of its wijk; None where it has none, or none is known yet.
        later: it could not be asked now; another time it may know.
    """

    wijk: str | None
    later: bool = False


class Geocoder:
    """Answers at once: from the cache, or by one question, or with *later*.

    Args:
        finder: the service.
        cache: what it answered before.
        keyed: makes the keys of the cache.
        wijken: codes of our gemeente; an answer of another layout is none.
        per_minute: most questions a minute.
        stopwatch: measures how long questions take.
    """

    def __init__(
        self,
        finder: Finder,
        cache: AnswerCache,
        keyed: KeyedHash,
        wijken: Collection[str],
        *,
        per_minute: int = 60,
        stopwatch: Callable[[], float] = time.monotonic,
    ) -> None:
        self._finder = finder
        self._cache = cache
        self._keyed = keyed
        self._wijken = frozenset(wijken)
        self._per_minute = per_minute
        self._stopwatch = stopwatch
        self._poll: datetime | None = None
        self._spent = 0.0
        self._asked: list[datetime] = []
        self._pause = _FIRST_PAUSE
        self._away_until: datetime | None = None
        self._lock = threading.Lock()

    def find(self, location: Location, now: datetime) -> Answer:
        """Return the wijk of a location's street and postcode.

        Never raises and never waits for its turn. It is *later* where the pace does not allow a
        question, those of this poll have taken ``POLL_SECONDS``, or the service was away a moment ago.

        Args:
            now: of the poll, the same for all its events; aware, UTC.
        """
        if location.street is None and location.pc6 is None:
            return Answer(None)
        street = street_key(location.street) if location.street else ""
        key = self._keyed.digest("geocoder", street, location.pc6 or "")
        kept = self._cache.get(key)
        if kept is not None and now - kept.at < (FOUND_FOR if kept.wijk else NOT_FOUND_FOR):
            return Answer(kept.wijk)
        with self._lock:
            answer = self._ask(location, now) if self._may_ask(now) else Answer(None, later=True)
        if not answer.later:
            self._cache.put(key, answer.wijk, now)
        elif kept is not None:
            # Past its time, but better than none: a placed event must not become an unplaced one.
            return Answer(kept.wijk)
        return answer

    def _may_ask(self, now: datetime) -> bool:
        if self._away_until is not None and now < self._away_until:
            return False
        if now != self._poll:
            self._poll, self._spent = now, 0.0
        if self._spent >= POLL_SECONDS:
            return False
        self._asked = [moment for moment in self._asked if _MINUTE > now - moment >= timedelta(0)]
        return len(self._asked) < self._per_minute

    def _ask(self, location: Location, now: datetime) -> Answer:
        self._asked.append(now)
        begin = self._stopwatch()
        try:
            wijk = self._finder.find(location.street, location.pc6)
        except Transient as error:
            self._away(now, error.retry_after or self._pause, "away")
            self._pause = min(2 * self._pause, _LONGEST_PAUSE)
            return Answer(None, later=True)
        except WijkbeeldError:
            self._away(now, _REFUSED_PAUSE, "refused")
            return Answer(None, later=True)
        except Exception as error:  # noqa: BLE001 - a mistake of ours may not hold up an event
            self._away(now, _REFUSED_PAUSE, type(error).__name__)
            return Answer(None, later=True)
        finally:
            self._spent += self._stopwatch() - begin
        self._pause = _FIRST_PAUSE
        return Answer(wijk if wijk in self._wijken else None)

    def _away(self, now: datetime, pause: timedelta, cause: str) -> None:
        self._away_until = now + pause
        _log.warning("geocoder_paused", cause=cause, seconds=round(pause.total_seconds()))
