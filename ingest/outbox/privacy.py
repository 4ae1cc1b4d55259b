"""The second privacy net: no draft with personal data in any of its texts gets into the outbox."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from operator import attrgetter
from typing import Any, get_args, get_origin

from pydantic import BaseModel

from domain.codec import encode_data
from domain.privacy import find_personal
from domain.rejects import RejectReason
from ingest.keys import KeyedHash
from ingest.protocol import Draft, Finding, Unreadable

REMEMBERED = 4096
"""Texts of which the answer is remembered: categories, themes and streets recur all the time."""


class PrivacyNet:
    """Makes an ``Unreadable`` of every draft that seems to hold personal data.

    Every text of a draft is looked at, whatever connector it comes from, and its id, which may be the
    source's own. Safe to use from several threads.

    Args:
        keyed: for the identity of what is rejected.
    """

    def __init__(self, keyed: KeyedHash) -> None:
        self._keyed = keyed
        self._recurring = lru_cache(REMEMBERED)(find_personal)
        self._readers: dict[type[BaseModel], tuple[tuple[str, ...], attrgetter[Any]]] = {}

    def checked(self, finding: Finding) -> Finding:
        """Return ``finding`` as it is, or what is kept of it: the name of the field, never its value."""
        if not isinstance(finding, Draft):
            return finding
        recurring = self._recurring
        names, read = self._reader(type(finding.data))
        for name, value in zip(names, read(finding.data), strict=True):
            if value is not None and recurring(value) is not None:
                return self._caught(finding, name, value)
        # Ids do not recur, so they would only push out what does.
        if find_personal(finding.event_id) is not None:
            return self._caught(finding, "id", finding.event_id)
        return finding

    def _reader(self, model: type[BaseModel]) -> tuple[tuple[str, ...], attrgetter[Any]]:
        reader = self._readers.get(model)
        if reader is None:
            fields = dict(text_fields(model))
            # attrgetter gives a tuple only for two or more, which every kind of event has.
            reader = self._readers[model] = (tuple(fields.values()), attrgetter(*fields))
        return reader

    def _caught(self, draft: Draft, name: str, value: str) -> Unreadable:
        data = encode_data(draft.data)
        return Unreadable(
            event_id=self._keyed.id("privacy", draft.event_id, data),
            reason=RejectReason.PRIVACY,
            field=name,
            length=len(data.encode()),
            value_hash=self._keyed.id("privacy-value", value),
        )


def text_fields(
    model: type[BaseModel], path: str = "", name: str = "data."
) -> Iterator[tuple[str, str]]:
    """Yield every field of ``model`` that may hold text: its path of attributes, and its name in JSON.

    Fields with a closed list of values are none.
    """
    for attribute, field in model.model_fields.items():
        shown = field.alias or attribute
        for kind in _kinds(field.annotation):
            if kind is str:
                yield path + attribute, name + shown
            elif isinstance(kind, type) and issubclass(kind, BaseModel):
                yield from text_fields(kind, f"{path}{attribute}.", f"{name}{shown}.")


def _kinds(annotation: Any) -> Iterator[Any]:
    """Every type that an annotation allows, without what it is annotated with."""
    if isinstance(annotation, type) or get_origin(annotation) is None:
        yield annotation
        return
    for part in get_args(annotation):
        yield from _kinds(part)
