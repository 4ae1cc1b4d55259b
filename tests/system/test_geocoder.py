"""The geocoder from sources.toml to rows: pages with the real addresses, asked of a stand-in."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from ingest.geocoding.feed import MOST_WAITING
from tests.support.pdok import Pdok, address_record, serving
from tests.support.real_addresses import RealAddress, real_addresses
from tests.support.waiting import wait_until
from tests.system.running import RunningWijkbeeld
from wijkbeeld.gemeenten import municipality_folder

pytestmark = pytest.mark.integration

SOURCES = """\
[sources.meldkamer]
kind = "p2000"
settings = {{ file = "pages.log" }}

[geocoder]
enabled = true
url = "{url}"
per_minute = 600
"""
PAGE = (
    "FLEX|{at:%Y-%m-%d %H:%M:%S}|1600/2/K/A|00.000|001123108|ALN|"
    "P 1 BON-01 BR woning {address} Nijmegen 082131\n"
)
PC6 = re.compile(r"[1-9][0-9]{3}[A-Z]{2}")
FIRST = datetime.now(UTC).replace(microsecond=0) - timedelta(days=30)


def moment(number: int) -> datetime:
    """Far enough from the next that pages about one street are not taken for one incident."""
    return FIRST + number * timedelta(hours=2)


def gemeente_with(folder: Path, url: str) -> Path:
    shutil.copytree(str(municipality_folder("nijmegen")), folder)
    (folder / "sources.toml").write_text(SOURCES.format(url=url))
    (folder / "pages.log").touch()
    return folder


def records_of(addresses: Sequence[RealAddress]) -> Pdok:
    """What the service knows; another town, which must be filtered away, has the same streets."""
    ours = [address_record(a.street, a.number, a.pc6 or "", a.wijk) for a in addresses if a.wijk]
    others = [address_record(a.street, "1", a.pc6 or "", "BU01060101", "", "0106") for a in addresses]
    return Pdok([*others, *ours])


def page(addresses: Sequence[RealAddress], number: int) -> str:
    address = addresses[number]
    return PAGE.format(at=moment(number), address=f"{address.text} {address.pc6 or ''}")


def wait_until_placed(running: RunningWijkbeeld, number: int) -> None:
    query = "SELECT countIf(match_level = 'code') FROM event_current"
    wait_until(lambda: int(running.sql(query)) == number, 120, f"{number} placed events")


def test_every_real_address_is_placed_by_the_geocoder_and_counted_in_its_wijk(tmp_path: Path) -> None:
    addresses = real_addresses()
    pdok = records_of(addresses)
    with serving(pdok) as url:
        folder = gemeente_with(tmp_path / "proefstad", url)
        env = {"WIJKBEELD_GEMEENTE": str(folder)}
        with RunningWijkbeeld(tmp_path / "data", env=env) as running:
            assert "the geocoder is on" in running.output
            # No more at once than may wait, however slow this machine is.
            for first in range(0, len(addresses), MOST_WAITING):
                last = min(first + MOST_WAITING, len(addresses))
                with (folder / "pages.log").open("a") as file:
                    file.writelines(page(addresses, number) for number in range(first, last))
                wait_until_placed(running, sum(address.wijk is not None for address in addresses[:last]))
            columns = "toUnixTimestamp(occurred_at), wijk, match_level, boundary_year"
            rows = running.sql(f"SELECT {columns} FROM event_current")
            listed = json.loads(running.command("sources", "list", "--json").stdout)["geocoder"]
            checked = json.loads(running.command("sources", "check", "--json").stdout)["geocoder"]
    found = {int(at): place for at, *place in (row.split("\t") for row in rows.splitlines())}
    assert found == {
        int(moment(n).timestamp()): (
            [address.wijk, "code", "2024"] if address.wijk else ["GM0268", "gemeente", "2024"]
        )
        for n, address in enumerate(addresses)
    }
    assert (listed["waiting"], checked) == (0, {"error": None})
    assert 100 < listed["found"] < listed["answers"]
    kept = (tmp_path / "data" / "geocoder.sqlite").read_bytes().lower()
    assert not any(address.street.lower().encode() in kept for address in addresses)
    for asked in pdok.asked:
        query = parse_qs(urlsplit(asked).query)
        assert query["fq"] == ["gemeentecode:0268", "type:adres"]
        assert not re.search(r"\d", PC6.sub("", query["q"][0]).replace("plein 1944", ""))
