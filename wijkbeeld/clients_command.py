"""``wijkbeeld clients``: who may hand in events at the push gateway, and their keys."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError

from domain.errors import SettingsError
from domain.events import source_urn
from ingest.gateway.clients import Client, Issued, Key
from wijkbeeld.datadir import DataDir, read_json
from wijkbeeld.gemeenten import load_municipality
from wijkbeeld.observer import CLIENT, open_store
from wijkbeeld.settings import DEFAULT_DATA_DIR, Settings, read_settings

app = typer.Typer(help="Who may hand in events at the push gateway.", no_args_is_help=True)

DataDirOption = Annotated[
    Path, typer.Option("--data-dir", envvar="WIJKBEELD_DATA_DIR", help="Folder that keeps everything.")
]
NameArgument = Annotated[str, typer.Argument(help="Name of the client.")]


@app.command()
def add(
    name: NameArgument,
    source: Annotated[str, typer.Option(help="Whose events it hands in; several may share one.")],
    theme: Annotated[list[str], typer.Option(help="A theme that it may hand in; repeat for more.")],
    category: Annotated[list[str], typer.Option(help="A term of its closed list; repeat for more.")],
    urn: Annotated[
        str | None, typer.Option(help="CloudEvents source of its events (one of the gemeente).")
    ] = None,
    signed: Annotated[bool, typer.Option("--signed", help="Its requests must be signed.")] = False,
    rate: Annotated[float, typer.Option(help="Events a second.")] = 20.0,
    burst: Annotated[int, typer.Option(help="Events at once, and in one request.")] = 100,
    data_dir: DataDirOption = DEFAULT_DATA_DIR,
) -> None:
    """Add a client and show its key, this once."""
    folder = DataDir(data_dir.absolute())
    settings = read_settings()
    _refuse_other_doors(source, settings)
    given = {
        "name": name,
        "source": source,
        "urn": urn or source_urn(load_municipality(settings.gemeente).slug, source),
        "themes": theme,
        "categories": category,
        "signed": signed,
        "rate": rate,
        "burst": burst,
    }
    client = _client(given)
    with open_store(folder) as store:
        issued = store.add(client, datetime.now(UTC))
    _show(issued)
    known = read_json(folder.state).get("sources")
    if source not in (known if isinstance(known, list) else []):
        sys.stdout.write(f"Source {source} is new: it is in use from the next start on.\n")


def _refuse_other_doors(source: str, settings: Settings) -> None:
    """Refuse a source that has its events from elsewhere: two doors would write one source."""
    # Every kind's libraries come with these, which no other command of this group needs.
    from ingest.sources import KINDS
    from wijkbeeld.sources.declared import declared_sources

    if source in {spec.name for spec in declared_sources(settings)}:
        why = f"it is polled, as the sources of gemeente '{settings.gemeente}' are declared"
    elif source in KINDS:
        why = "that is the name of a kind of source that is polled"
    elif source == CLIENT:
        why = "teams do, on the page and by `wijkbeeld observe`"
    else:
        return
    raise SettingsError(
        f"source '{source}': is not handed in by clients ({why}); take another name for --source"
    )


def _client(given: dict[str, object]) -> Client:
    try:
        return Client.model_validate(given)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        option = {"themes": "theme", "categories": "category"}.get(str(first["loc"][0]), first["loc"][0])
        raise SettingsError(f"--{option}: {first['msg']}") from None


@app.command("list")
def list_(
    data_dir: DataDirOption = DEFAULT_DATA_DIR,
    as_json: Annotated[bool, typer.Option("--json", help="For machines.")] = False,
) -> None:
    """List the clients, what their keys are for, and which keys are good."""
    now = datetime.now(UTC)
    with open_store(DataDir(data_dir.absolute())) as store:
        found = store.clients()
    if as_json:
        rows = [
            client.model_dump(mode="json") | {"keys": [_key(key, now) for key in keys]}
            for client, keys in found
        ]
        sys.stdout.write(json.dumps(rows, indent=2) + "\n")
        return
    for client, keys in found:
        signed = ", signed" if client.signed else ""
        sys.stdout.write(
            f"{client.name}: source {client.source}, {client.rate:g}/s, burst {client.burst}{signed}\n"
            f"  themes      {', '.join(client.themes)}\n"
            f"  categories  {', '.join(client.categories)}\n"
        )
        for key in keys:
            state = _key(key, now)
            until = f" until {state['expires_at']}" if state["expires_at"] else ""
            sys.stdout.write(f"  key {key.key_id}  {state['state']}{until}\n")


def _key(key: Key, now: datetime) -> dict[str, object]:
    state = "good" if key.is_good(now) else "revoked" if key.revoked_at else "expired"
    return {
        "id": key.key_id,
        "state": state,
        "created_at": key.created_at.isoformat(timespec="seconds"),
        "expires_at": key.expires_at.isoformat(timespec="seconds") if key.expires_at else None,
    }


@app.command()
def rotate(
    name: NameArgument,
    overlap: Annotated[
        float, typer.Option(help="Hours that the keys it has go on.", min=0, max=24 * 90)
    ] = 24.0,
    data_dir: DataDirOption = DEFAULT_DATA_DIR,
) -> None:
    """Give a client a new key, shown this once; the old one goes on for a while."""
    with open_store(DataDir(data_dir.absolute())) as store:
        issued = store.rotate(name, timedelta(hours=overlap), datetime.now(UTC))
    _show(issued)
    sys.stdout.write(f"Earlier keys go on for {overlap:g} hours.\n")


@app.command()
def revoke(
    name: NameArgument,
    key: Annotated[str | None, typer.Option(help="Id of one key (all of them).")] = None,
    data_dir: DataDirOption = DEFAULT_DATA_DIR,
) -> None:
    """Take keys of a client back, at once."""
    with open_store(DataDir(data_dir.absolute())) as store:
        n = store.revoke(name, key, datetime.now(UTC))
    sys.stdout.write(f"{n} key{'' if n == 1 else 's'} of {name} revoked\n")


def _show(issued: Issued) -> None:
    sys.stdout.write(f"key             {issued.key}\n")
    if issued.signing_secret:
        sys.stdout.write(f"signing secret  {issued.signing_secret}\n")
    sys.stdout.write("This is shown once: hand it over by a safe way and keep no copy.\n")
