"""Signed deliveries of a Veiligheidshuis as a kind of source."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Annotated

from pydantic import Field

from ingest.protocol import Source
from ingest.tabular.connector import DropConnector
from ingest.tabular.folder import DropFolder
from ingest.tabular.source import DropContext, FolderOptions
from ingest.veiligheidshuis.reader import SealedReader
from ingest.veiligheidshuis.signing import SIGNATURE, PublicKey

_ENDINGS = (".json", ".csv")


class Settings(FolderOptions):
    """What a table of kind ``veiligheidshuis`` may say.

    Attributes:
        keys: public keys that may sign, each with the days on which it may.
        signature_seconds: a delivery is refused when it waited so long for its signature.
    """

    keys: Annotated[tuple[PublicKey, ...], Field(min_length=1, max_length=20)]
    signature_seconds: Annotated[float, Field(ge=0, le=86_400)] = 600.0


def build(name: str, settings: Settings, context: DropContext) -> Source:
    """Return the source of one folder."""

    def complete(path: Path, now: datetime) -> bool:
        if path.with_name(path.name + SIGNATURE).is_file():
            return True
        return now.timestamp() - path.stat().st_mtime >= settings.signature_seconds

    watched = replace(settings.watched(context, _ENDINGS), companions=(SIGNATURE,))
    connector = DropConnector(
        name,
        DropFolder(watched, context.keyed, name, complete),
        SealedReader(context.municipality, settings.keys, context.keyed),
        context.keyed,
        reading="1",
        every=settings.look_every,
    )
    return Source(name, (settings.feed(connector, context),))
