"""Reads ``docker-compose.yml`` as Docker Compose would."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from compose_spec import PyCompose, PyOptions

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
PASSWORDS = {
    "WIJKBEELD_WRITER_PASSWORD": "a1",
    "WIJKBEELD_READER_PASSWORD": "b2",
    "WIJKBEELD_GRAFANA_ADMIN_PASSWORD": "c3",
    "WIJKBEELD_GATEWAY_KEY": "d4",
}
"""What a person has to fill in, with values for a test."""

VARIABLE = re.compile(r"\$\{(?P<name>\w+)(?::(?P<form>[-?])(?P<rest>[^}]*))?\}|\$(?P<bare>\w+)")
"""A variable, as chapter 12 (interpolation) of the Compose specification writes it."""


def interpolate(text: str, env: Mapping[str, str]) -> str:
    """Return ``text`` with its variables filled in.

    Raises:
        KeyError: a variable without a default is not in ``env``, or is empty there.
    """

    def value(match: re.Match[str]) -> str:
        name = match["name"] or match["bare"]
        if env.get(name):
            return env[name]
        if match["form"] == "-":
            return match["rest"]
        raise KeyError(name)

    return VARIABLE.sub(value, text)


def parse(text: str) -> PyCompose:
    """Return the model of a Compose file; anchors and merges are resolved.

    Raises:
        ValueError: it is not one, by the Compose specification.
    """
    return PyOptions(apply_merge=True).from_yaml(text)


def services() -> dict[str, dict[str, Any]]:
    """Return every service of our file, passwords filled in."""
    found: dict[str, dict[str, Any]] = parse(interpolate(TEXT, PASSWORDS)).to_dict()["services"]
    return found
