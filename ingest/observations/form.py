"""The closed form of an observation, and the event that it becomes."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from domain.areas import WijkCode
from domain.events import EVENT_TYPES, Kind, source_urn
from domain.themes import Theme

SOURCE = "wijkteam"
CATEGORY = "waarneming"


class Observation(BaseModel):
    """What a member of a wijkteam saw.

    Attributes:
        id: made by whoever shows the form, once for each filled-in form, so that sending it twice is one
            observation.
        wijk: code of a wijk of this gemeente.
        theme: of it.
        severity: 1 (trivial) to 5 (critical).
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    id: Annotated[str, Field(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
    wijk: WijkCode
    theme: Theme
    severity: Annotated[int, Field(ge=1, le=5, strict=True)]

    def cloud_event(self, municipality_slug: str, now: datetime) -> dict[str, Any]:
        """Return the event for the gateway.

        Args:
            municipality_slug: of the gemeente.
            now: when it was entered, which is when it happened; aware.
        """
        moment = now.isoformat(timespec="seconds")
        return {
            "specversion": "1.0",
            "id": self.id,
            "source": source_urn(municipality_slug, SOURCE),
            "type": EVENT_TYPES[Kind.SIGNAL],
            "time": moment,
            "subject": self.wijk,
            "datacontenttype": "application/json",
            "data": {
                "kind": Kind.SIGNAL,
                "occurredAt": moment,
                "theme": self.theme,
                "category": CATEGORY,
                "severity": self.severity,
                "location": {"wijk": self.wijk},
            },
        }
