from __future__ import annotations

from typing import Any, get_args, get_type_hints

import msgspec
import pytest
from hypothesis import given
from msgspec.structs import FieldInfo, fields
from pydantic import BaseModel

from domain import events as models
from domain.codec import encode_event
from domain.events import RawEvent
from domain.places import Location as LocationModel
from streams import events
from streams.events import event_of, read_event
from tests.support.strategies import raw_events

PAIRS = [
    (RawEvent, events.Event),
    (LocationModel, events.Location),
    (models.Incident, events.Incident),
    (models.Signal, events.Signal),
    (models.Inspection, events.Inspection),
    (models.Figure, events.Figure),
]


def default_of(field: FieldInfo) -> Any:
    return ... if field.required else field.default


def as_plain(value: Any) -> Any:
    return value.model_dump(by_alias=True) if isinstance(value, BaseModel) else value


@pytest.mark.parametrize(("model", "struct"), PAIRS, ids=lambda each: each.__name__)
def test_fields_names_and_defaults_are_those_of_the_model(
    model: type[BaseModel], struct: type[msgspec.Struct]
) -> None:
    theirs = {
        name: (info.alias or name, ... if info.is_required() else info.default)
        for name, info in model.model_fields.items()
        if name != "kind"
    }
    ours = {field.name: (field.encode_name, default_of(field)) for field in fields(struct)}
    assert ours.keys() == theirs.keys()
    for name, (alias, default) in theirs.items():
        assert ours[name][0] == alias
        if name != "location":
            assert ours[name][1] == default


@pytest.mark.parametrize(("model", "struct"), PAIRS[2:], ids=lambda each: each.__name__)
def test_the_tag_is_the_kind(model: type[BaseModel], struct: type[msgspec.Struct]) -> None:
    assert struct.__struct_config__.tag_field == "kind"
    assert struct.__struct_config__.tag == model.model_fields["kind"].default


@pytest.mark.parametrize(("model", "struct"), PAIRS, ids=lambda each: each.__name__)
def test_closed_lists_are_those_of_the_model(
    model: type[BaseModel], struct: type[msgspec.Struct]
) -> None:
    hints = get_type_hints(struct)
    for name, info in model.model_fields.items():
        if name != "kind" and str(info.annotation).startswith("typing.Literal"):
            assert get_args(hints[name]) == get_args(info.annotation)


@given(raw_events())
def test_what_a_connector_writes_is_read_as_the_model_holds_it(event: RawEvent) -> None:
    assert read_event(encode_event(event)) == event_of(event)


@pytest.mark.parametrize("junk", [b"", b"[]", b"\xff", b"{}", b'{"data":{"kind":"other"}}'])
def test_junk_raises_what_is_told(junk: bytes) -> None:
    with pytest.raises(events.Unreadable):
        read_event(junk)
