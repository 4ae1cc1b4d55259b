"""What is read of a melding: this and nothing else is ever looked at.

Field set: https://github.com/Amsterdam/signals, ``docs/topics/api/v1/private/signals``. Text, notes,
reporter, address, attachments and the names of employees are not fields here, so they end where the
answer is decoded.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, JsonValue, StrictInt


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)


class Mark(_Part):
    """What places a record in the list: its number, and when it was last changed.

    Attributes:
        id: number of the melding.
        updated_at: with the offset of the server's clock; null until the first change.
        created_at: when it was entered.
    """

    id: Annotated[StrictInt, Field(ge=1, lt=2**53)]
    updated_at: AwareDatetime | None = None
    created_at: AwareDatetime

    @property
    def moment(self) -> datetime:
        """When this version was made, UTC."""
        return (self.updated_at or self.created_at).astimezone(UTC)

    @property
    def revision(self) -> int:
        """Microseconds since 1970: what Signalen gives of a version, without loss."""
        since = self.moment - datetime(1970, 1, 1, tzinfo=UTC)
        return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


class _Category(_Part):
    main_slug: str
    sub_slug: str


class _Status(_Part):
    state: str


class _Priority(_Part):
    priority: str


class _Type(_Part):
    code: str


class _Location(_Part):
    area_type_code: str | None = None
    area_code: str | None = None
    geometrie: JsonValue = None


class _Links(_Part):
    parent: JsonValue = Field(None, validation_alias="sia:parent")


class Record(Mark):
    """A melding.

    Attributes:
        incident_date_start: when it happened, as the reporter says.
        has_parent: it is a part of another melding; older versions tell it by a link only.
    """

    incident_date_start: AwareDatetime | None = None
    category: _Category
    status: _Status
    priority: _Priority | None = None
    type: _Type | None = None
    location: _Location | None = None
    has_parent: bool = False
    links: _Links = Field(_Links(), validation_alias="_links")

    @property
    def is_part(self) -> bool:
        """Whether it is a part (deelmelding) of another melding."""
        return self.has_parent or bool(self.links.parent)
