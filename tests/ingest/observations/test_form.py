"""The closed form, and the event that the gateway's own models read."""

from __future__ import annotations

from datetime import UTC, datetime

import orjson
import pytest
from pydantic import ValidationError

from ingest.gateway.reading import Mode, read_events
from ingest.observations.form import CATEGORY, Observation

GOOD = {
    "id": "6f1c0a52-0000-4000-8000-000000000001",
    "wijk": "BU02680101",
    "theme": "vernieling",
    "severity": 3,
}
# The hour that comes twice: both are another moment.
NOW = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_the_gateway_reads_it() -> None:
    observation = Observation.model_validate(GOOD)
    body = orjson.dumps(observation.cloud_event("nijmegen", NOW))
    (event,) = read_events(Mode.STRUCTURED, {}, body, 1)
    assert event.id == GOOD["id"]
    assert event.source == "urn:nld:gemeente-nijmegen:systeem:wijkbeeld-wijkteam"
    assert event.data.occurred_at == NOW
    assert (event.data.theme, event.data.category, event.data.severity) == ("vernieling", CATEGORY, 3)
    assert event.data.location.wijk == event.subject == "BU02680101"


@pytest.mark.parametrize(
    "wrong",
    [
        {"severity": 0},
        {"severity": "3"},
        {"severity": 2.5},
        {"theme": "x"},
        {"wijk": "Altrade"},
        {"id": "1"},
        {"note": ""},
    ],
)
def test_it_is_closed(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Observation.model_validate(GOOD | wrong)
