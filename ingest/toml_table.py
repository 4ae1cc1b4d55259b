"""What a table that people write in TOML has in common."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class TomlTable(BaseModel):
    """A table of a file: a name that it does not know is a mistake, and no message repeats a value.

    Derive from it, with a field for each name and its bounds.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)
