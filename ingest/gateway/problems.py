"""Refusals: what went wrong, where, and what to do, as ``application/problem+json`` (RFC 9457).

A refusal names the field at fault and never holds a value of the request, nor a name that the sender
made up. The members of ``errors`` are those of the NL API Design Rules.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

URN = "urn:wijkbeeld:problem:"
MOST_FAULTS = 20


class Location(BaseModel):
    """Where in a request a fault is."""

    model_config = ConfigDict(extra="forbid")

    pointer: str | None = Field(None, description="JSON Pointer into the body; `*` is an unknown name.")
    name: str | None = Field(None, description="Name of the header.")
    index: int | None = Field(None, ge=0, description="Place in a batch, from 0.")


class Fault(BaseModel):
    """One thing that is wrong with a request."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    where: Literal["body", "header"] = Field(alias="in")
    location: Location
    code: str = Field(description="For machines, such as `missing`, `extra_forbidden` or `privacy`.")
    detail: str


class Problem(BaseModel):
    """Why a request was refused. Nothing of it was taken in."""

    model_config = ConfigDict(extra="forbid")

    type: str = Field(pattern="^" + URN)
    title: str
    status: int = Field(ge=400, le=599)
    detail: str
    errors: list[Fault] | None = None


@dataclass(eq=False)
class Refused(Exception):  # noqa: N818 - it is an answer, not a fault of ours
    """A request that is not taken in.

    Attributes:
        kind: name of the problem, the end of its ``type``.
        status: of HTTP.
        title: what it is, in general.
        detail: what to do.
        faults: each thing that is wrong, where that can be told.
        retry_after: seconds until the same request may succeed.
        headers: further headers of the answer.
    """

    kind: str
    status: int
    title: str
    detail: str
    faults: Sequence[Fault] = ()
    retry_after: float | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def problem(self) -> bytes:
        """Return the body of the answer."""
        problem = Problem(
            type=URN + self.kind,
            title=self.title,
            status=self.status,
            detail=self.detail,
            errors=list(self.faults[:MOST_FAULTS]) or None,
        )
        return problem.model_dump_json(by_alias=True, exclude_none=True).encode()

    def all_headers(self) -> dict[str, str]:
        """Return the headers of the answer."""
        headers = dict(self.headers)
        if self.retry_after is not None:
            headers["Retry-After"] = str(max(1, math.ceil(self.retry_after)))
        return headers


def body_fault(pointer: str, code: str, detail: str, index: int | None = None) -> Fault:
    """Return a fault of a field of the body."""
    return Fault(where="body", location=Location(pointer=pointer, index=index), code=code, detail=detail)


def header_fault(name: str, code: str, detail: str) -> Fault:
    """Return a fault of a header; ``name`` is one of ours."""
    return Fault(where="header", location=Location(name=name), code=code, detail=detail)


def invalid(faults: Sequence[Fault]) -> Refused:
    """Return the refusal of a request that does not follow the models."""
    return Refused(
        "invalid-input",
        400,
        "The request is not valid",
        "Correct what errors lists; nothing of this request was taken in.",
        faults,
    )


def personal(faults: Sequence[Fault]) -> Refused:
    """Return the refusal of a request that seems to hold personal data."""
    return Refused(
        "privacy",
        400,
        "The request seems to hold personal data",
        "Leave it out; nothing of this request was taken in and no byte of it is kept.",
        faults,
    )


def unauthorized(detail: str) -> Refused:
    """Return the refusal of a client that is not known."""
    headers = {"WWW-Authenticate": 'Bearer realm="wijkbeeld"'}
    return Refused("unauthorized", 401, "Not authorized", detail, headers=headers)


def out_of_scope(faults: Sequence[Fault]) -> Refused:
    """Return the refusal of events that a client may not hand in."""
    return Refused(
        "out-of-scope",
        403,
        "This key is not for these events",
        "Use the key of the right source, or ask for its scope to be widened.",
        faults,
    )


def not_handed_in() -> Refused:
    """Return the refusal of events for a source that is polled: two doors would write one source."""
    return Refused(
        "source-is-polled",
        403,
        "This source is not handed in",
        "The gemeente asks for its events itself; ask for a key for another source.",
    )


def not_found() -> Refused:
    """Return the answer to an address that is none."""
    return Refused("not-found", 404, "No such resource", "See /v1/openapi.json for what there is.")


def wrong_method(allowed: str) -> Refused:
    """Return the answer to a method that the resource has not."""
    return Refused(
        "method-not-allowed",
        405,
        "Method not allowed",
        f"Use {allowed}.",
        headers={"Allow": allowed},
    )


def too_slow() -> Refused:
    """Return the answer to a body that does not arrive."""
    return Refused("too-slow", 408, "The body did not arrive in time", "Send it at once.")


def replayed() -> Refused:
    """Return the answer to a signature that was used before."""
    return Refused(
        "replayed", 409, "This signature was used before", "Sign each try anew, with a new webhook-id."
    )


def too_large(what: str, most: int) -> Refused:
    """Return the answer to a request of too many bytes or events."""
    return Refused(
        "too-large", 413, "The request is too large", f"Send at most {most} {what} in one request."
    )


def wrong_media(detail: str) -> Refused:
    """Return the answer to a body in a format that is not taken."""
    return Refused("unsupported-media-type", 415, "Unsupported media type", detail)


def limited(seconds: float) -> Refused:
    """Return the answer to a client that sends more than it may."""
    return Refused(
        "too-many-events",
        429,
        "Too many events",
        "Send the same request again after Retry-After.",
        retry_after=seconds,
    )


def unavailable(detail: str, seconds: float) -> Refused:
    """Return the answer when nothing can be taken in now."""
    return Refused("unavailable", 503, "Not available now", detail, retry_after=seconds)


def broken() -> Refused:
    """Return the answer to a request at which our own code failed."""
    return Refused(
        "internal", 500, "A mistake of ours", "It is in our log; the same event may be sent again."
    )
