"""What users who may only read do not get, on any server."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

HIDDEN_COLUMNS: Mapping[str, frozenset[str]] = MappingProxyType(
    {"default.rejected": frozenset({"record"})}
)
"""By ``database.table``: the kept part of a reject is for its repair, not for boards and analysts."""
