"""``wijkbeeld areas``: the polygons of the wijken by boundary year."""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from domain.areas import Municipality
from domain.errors import SettingsError
from wijkbeeld.datadir import DataDir
from wijkbeeld.gemeenten import load_municipality
from wijkbeeld.settings import DEFAULT_DATA_DIR, read_settings

UNFIT_STATUS = 2

areas_app = typer.Typer(help="The polygons of the wijken, by boundary year.", no_args_is_help=True)

DataDirOption = Annotated[
    Path, typer.Option("--data-dir", envvar="WIJKBEELD_DATA_DIR", help="Folder that keeps everything.")
]
YearOption = Annotated[int | None, typer.Option(help="Boundary year (that of the municipality).")]
JsonOption = Annotated[bool, typer.Option("--json", help="For machines.")]


@areas_app.command("import")
def import_areas(
    file: Annotated[Path, typer.Argument(help="GeoJSON file (WGS84) with the code of each wijk.")],
    year: YearOption = None,
    data_dir: DataDirOption = DEFAULT_DATA_DIR,
) -> None:
    """Keep the polygons of a file; those of the municipality's own boundary year come into use.

    The year is the one that the features name (jaar), unless --year says otherwise.
    """
    from streams.area_layout import year_of
    from wijkbeeld.kept_state import read_data_file

    text = read_data_file(file)
    named = year or year_of(text)
    if named is None:
        raise SettingsError(f"{file}: its features name no year (jaar); say it with --year")
    _keep(DataDir(data_dir.absolute()), named, text)


@areas_app.command("list")
def list_areas(data_dir: DataDirOption = DEFAULT_DATA_DIR, as_json: JsonOption = False) -> None:
    """Show the boundary years whose polygons are kept."""
    from streams.area_layout import check_layout
    from wijkbeeld.kept_areas import kept_years, read_areas

    place = DataDir(data_dir.absolute())
    municipality = _municipality()
    rows: list[dict[str, object]] = []
    for year in kept_years(place):
        report = check_layout(read_areas(place, year), municipality, year)
        own = year == municipality.boundary_year
        rows.append(
            {
                "year": year,
                "wijken": report.wijken,
                "square_kilometres": report.square_kilometres,
                "own_year": own,
            }
        )
    if as_json:
        sys.stdout.write(json.dumps(rows) + "\n")
        return
    for row in rows:
        mark = "  (the municipality's boundary year)" if row["own_year"] else ""
        sys.stdout.write(
            f"{row['year']}  {row['wijken']} wijken, {row['square_kilometres']} km2{mark}\n"
        )
    if not rows:
        sys.stdout.write("none; wijkbeeld areas fetch, or wijkbeeld areas import FILE\n")


@areas_app.command("check")
def check_areas(
    file: Annotated[Path | None, typer.Argument(help="A file; none checks all that are kept.")] = None,
    year: YearOption = None,
    data_dir: DataDirOption = DEFAULT_DATA_DIR,
) -> None:
    """Say what is wrong with polygons. Exit status 0: nothing, 2: something, 1: they cannot be read."""
    from streams.area_layout import check_layout, year_of
    from wijkbeeld.kept_areas import kept_years, read_areas
    from wijkbeeld.kept_state import read_data_file

    municipality = _municipality()
    place = DataDir(data_dir.absolute())
    if file is None:
        texts = {kept: read_areas(place, kept) for kept in kept_years(place)}
    else:
        text = read_data_file(file)
        texts = {year or year_of(text) or municipality.boundary_year: text}
    problems = 0
    for checked, text in texts.items():
        report = check_layout(text, municipality, checked)
        problems += len(report.problems)
        sys.stdout.write(
            f"{checked}: {report.wijken} wijken, {report.square_kilometres} km2,"
            f" {report.passed_over} other features passed over\n"
        )
        sys.stdout.writelines(f"  {problem}\n" for problem in report.problems)
    sys.exit(UNFIT_STATUS if problems else 0)


@areas_app.command("crosswalk")
def crosswalk_areas(
    old: Annotated[int, typer.Argument(help="The older boundary year.")],
    new: Annotated[int, typer.Argument(help="The newer one.")],
    data_dir: DataDirOption = DEFAULT_DATA_DIR,
) -> None:
    """Write how the wijken of one boundary year lie in those of another, as CSV of parts of areas."""
    from streams.area_layout import crosswalk
    from wijkbeeld.kept_areas import read_areas

    place = DataDir(data_dir.absolute())
    writer = csv.writer(sys.stdout, lineterminator="\n")
    shares = crosswalk(read_areas(place, old), read_areas(place, new))
    writer.writerow([f"wijk_{old}", f"wijk_{new}", f"part_of_{old}", f"part_of_{new}"])
    writer.writerows([s.old, s.new, f"{s.of_old:.4f}", f"{s.of_new:.4f}"] for s in shares)


def _municipality() -> Municipality:
    return load_municipality(read_settings().gemeente)


def _keep(data_dir: DataDir, year: int, text: bytes) -> None:
    """Keep polygons, bring them into use if they can be, and say what was done."""
    from wijkbeeld.kept_areas import areas_file, keep_areas

    municipality = _municipality()
    data_dir.prepare()
    report = keep_areas(data_dir, municipality, year, text)
    file = areas_file(data_dir, year)
    sys.stdout.write(
        f"kept {report.wijken} wijken of {year} ({report.square_kilometres} km2) in {file}\n"
    )
    if year != municipality.boundary_year:
        sys.stdout.write(
            f"not in use: the boundary year of {municipality.slug} is {municipality.boundary_year};"
            f" to compare: wijkbeeld areas crosswalk\n"
        )
    elif data_dir.is_running():
        sys.stdout.write(f"to bring them into use while it runs: wijkbeeld reenrich --areas {file}\n")
    else:
        _use(data_dir, municipality, file)


def _use(data_dir: DataDir, municipality: Municipality, file: Path) -> None:
    from wijkbeeld.kept_tables import keep_tables

    with data_dir.lock():
        tables = keep_tables(data_dir, read_settings().gemeente, municipality, areas=file)
    sys.stdout.write(f"in use from the next start, as tables version {tables.version}\n")
