"""JSON Schemas of everything that crosses a room, generated from the models."""

from __future__ import annotations

import json
from typing import Any

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema

from domain.events import RawEvent
from domain.rows import AckRow, EventRow, FigureRow, RejectRow


def render_schemas() -> dict[str, str]:
    """Return the text of each schema file by its file name."""
    models: dict[str, TypeAdapter[Any]] = {
        "raw-event.v1.json": TypeAdapter(RawEvent),
        "event-row.v1.json": TypeAdapter(EventRow),
        "figure-row.v1.json": TypeAdapter(FigureRow),
        "reject-row.v1.json": TypeAdapter(RejectRow),
        "ack-row.v1.json": TypeAdapter(AckRow),
    }
    return {
        name: json.dumps(
            {"$schema": GenerateJsonSchema.schema_dialect, **adapter.json_schema(by_alias=True)},
            indent=2,
            sort_keys=True,
        )
        + "\n"
        for name, adapter in models.items()
    }
