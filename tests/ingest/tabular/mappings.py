"""The mappings that ship with the gemeente."""

from __future__ import annotations

from wijkbeeld.gemeenten import municipality_folder


def mapping_of(name: str) -> str:
    """The text of a mapping of Nijmegen."""
    folder = municipality_folder("nijmegen") / "mappings"
    return (folder / f"{name}.toml").read_text(encoding="utf-8")
