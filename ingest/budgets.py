"""How many rejects a source may have before it is paused: pure rules over receipts.

A budget speaks of successive receipts of one source, not of time: a record that streams reject comes
back late and in any order, and the answer must not depend on when. Rejects once counted are a set, so
that to hear of one again changes nothing.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from domain.errors import SettingsError
from domain.events import SourceName
from domain.rejects import RejectReason

MOST_AMONG = 10_000
"""A budget looks no further than so many receipts, so that what must be remembered is bounded."""


class Breach(NamedTuple):
    """How a budget was exceeded: ``n`` rejects among ``among`` successive receipts."""

    n: int
    among: int


class Budget(BaseModel):
    """The limits of one source and reason; a limit that is None is none.

    Attributes:
        share: at this part of ``among`` successive receipts the source is paused, 0-1.
        among: the successive receipts that ``share`` is a part of.
        run: at so many successive receipts that are all rejected the source is paused.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    share: Annotated[float, Field(gt=0, le=1, allow_inf_nan=False)] | None = 0.2
    among: Annotated[int, Field(ge=1, le=MOST_AMONG)] = 500
    run: Annotated[int, Field(ge=1, le=MOST_AMONG)] | None = 50

    @property
    def most(self) -> int | None:
        """Rejects among ``among`` receipts at which the source is paused; None for no such limit."""
        # Less a hair, because 0.07 * 100 is more than 7 in floating point.
        return None if self.share is None else max(1, math.ceil(self.share * self.among - 1e-9))

    @property
    def reach(self) -> int:
        """How many receipts before and after a reject can matter for it."""
        return max(self.among if self.share is not None else 0, self.run or 0)

    def breach(self, receipts: Sequence[int]) -> Breach | None:
        """Return how rejects exceed this budget; None where they do not.

        Args:
            receipts: of the rejects, ascending, each once.
        """
        most, run = self.most, self.run
        if run is not None and _within(receipts, run, run):
            return Breach(run, run)
        if most is not None and _within(receipts, most, self.among):
            return Breach(most, self.among)
        return None


def _within(receipts: Sequence[int], n: int, among: int) -> bool:
    """Tell whether ``n`` of the receipts lie among ``among`` successive ones."""
    return any(last - first < among for first, last in zip(receipts, receipts[n - 1 :], strict=False))


_USUAL: Mapping[RejectReason, Budget] = {
    # Here something is wrong with the connector's own net, and each one may be about somebody.
    RejectReason.PRIVACY: Budget(share=0.05, run=10),
    # A source that offers its past once more says nothing wrong.
    RejectReason.TOO_LATE: Budget(share=0.5, among=1000, run=None),
}


@dataclass(frozen=True, slots=True)
class Budgets:
    """The budget of every source and reason.

    Attributes:
        reasons: by reason, for all sources.
        sources: by source and reason; goes before ``reasons``.
        usual: for what neither names.
    """

    usual: Budget = field(default_factory=Budget)
    reasons: Mapping[RejectReason, Budget] = field(default_factory=lambda: dict(_USUAL))
    sources: Mapping[str, Mapping[RejectReason, Budget]] = field(default_factory=dict)

    def of(self, source: str, reason: RejectReason) -> Budget:
        """Return the budget of a source and reason."""
        return self.sources.get(source, {}).get(reason) or self.reasons.get(reason) or self.usual


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    usual: Budget = Budget()
    reasons: dict[RejectReason, Budget] = {}
    sources: dict[SourceName, dict[RejectReason, Budget]] = {}


def parse_budgets(text: str) -> Budgets:
    """Return the budgets in a municipality's ``rejects.toml``.

    Raises:
        SettingsError: it is no TOML, or a table or number in it is wrong; the message says where.
    """
    try:
        file = _File.model_validate(_without_off(tomllib.loads(text)))
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"rejects.toml: {error}") from None
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"] if part != "[key]")
        raise SettingsError(f"rejects.toml: {where}: {first['msg']}") from None
    return Budgets(file.usual, {**_USUAL, **file.reasons}, file.sources)


def _without_off(value: object) -> object:
    """Return the document with None for ``"off"``, which TOML has no word for."""
    if isinstance(value, dict):
        return {key: _without_off(inner) for key, inner in value.items()}
    return None if value == "off" else value
