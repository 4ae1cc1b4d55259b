"""A door: a declared source, and how many records somebody puts before it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Door:
    """A source of ``sources.toml`` that is sent personal data.

    Attributes:
        source: its name.
        kind: of it.
        settings: of its table, as TOML.
        records: at least so many are received or filtered when it has read everything.
    """

    source: str
    kind: str
    settings: str
    records: int

    @property
    def table(self) -> str:
        """Its table in ``sources.toml``."""
        return f'[sources.{self.source}]\nkind = "{self.kind}"\nsettings = {{ {self.settings} }}\n'
