"""The Compose file: valid by the specification, pinned, closed to the network, without a password."""

from __future__ import annotations

import re
import tomllib
import xml.etree.ElementTree as ET
from typing import Any

import pytest
from compose_spec.models import ComposeSpecification
from pydantic import TypeAdapter
from typer.testing import CliRunner

from tests.support import apache_kafka
from tests.support.compose_file import PASSWORDS, ROOT, TEXT, VARIABLE, interpolate, parse, services
from warehouse.exactness import READ_DEFAULTS
from wijkbeeld.cli import app
from wijkbeeld.compose import PARTS
from wijkbeeld.settings import Settings, read_settings

ALL = services()
OURS = {name: service for name, service in ALL.items() if service["image"].startswith("wijkbeeld")}
ONE_SHOT = {"setup"}
SECRET = re.compile(r"password|token|secret", re.IGNORECASE)
PINNED = re.compile(r"[\w./-]+:\d+(\.\d+){2,3}(-[\w.]+)?")

each_service = pytest.mark.parametrize("name", ALL)
each_part = pytest.mark.parametrize("name", OURS)


class TestSpecification:
    def test_the_file_is_valid(self) -> None:
        model = parse(interpolate(TEXT, PASSWORDS))
        model.validate()  # volumes, networks and secrets that services name must be there
        TypeAdapter(ComposeSpecification).validate_python(model.to_dict())

    @pytest.mark.parametrize(
        ("right", "wrong"),
        [
            ("    restart: unless-stopped", "    restart: sometimes"),
            ("  init: true", "  innit: true"),
            ("service_healthy", "service_feels_well"),
            ("interval: 15s", "interval: soon"),
        ],
    )
    def test_a_mistake_would_be_seen(self, right: str, wrong: str) -> None:
        text = interpolate(TEXT, PASSWORDS)
        assert right in text
        with pytest.raises(ValueError, match=r"."):
            parse(text.replace(right, wrong)).validate()


class TestSecrets:
    @pytest.mark.parametrize("missing", PASSWORDS)
    @pytest.mark.parametrize("empty", [True, False])
    def test_without_a_password_it_does_not_start(self, missing: str, empty: bool) -> None:
        env = PASSWORDS | ({missing: ""} if empty else {})
        if not empty:
            del env[missing]
        with pytest.raises(KeyError, match=missing):
            interpolate(TEXT, env)

    def test_nothing_else_must_be_filled_in(self) -> None:
        demanded = {m["name"] for m in VARIABLE.finditer(TEXT) if m["form"] != "-"}
        assert demanded == set(PASSWORDS)

    def test_every_secret_is_one_that_was_filled_in(self) -> None:
        for name, service in ALL.items():
            for key, value in service.get("environment", {}).items():
                if SECRET.search(key):
                    assert value in PASSWORDS.values(), f"{name}: {key}"

    def test_users_have_different_passwords(self) -> None:
        passwords = {n: s["environment"].get("WIJKBEELD_CLICKHOUSE_PASSWORD") for n, s in ALL.items()}
        reading = {n for n, p in passwords.items() if p == PASSWORDS["WIJKBEELD_READER_PASSWORD"]}
        assert reading == {"archive", "page", "grafana"}
        for name in reading:
            assert ALL[name]["environment"]["WIJKBEELD_CLICKHOUSE_USER"] == "lezer"

    def test_the_example_names_every_variable_and_no_password(self) -> None:
        lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
        example = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
        assert set(example) == {match["name"] for match in VARIABLE.finditer(TEXT)}
        assert {name for name, value in example.items() if not value} == {
            *PASSWORDS,
            "WIJKBEELD_SOURCES",
        }
        for match in VARIABLE.finditer(TEXT):
            if match["form"] == "-":
                assert example[match["name"]] == match["rest"]

    def test_the_example_is_not_ignored_and_the_real_one_is(self) -> None:
        ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
        assert ".env" in ignored
        assert ".env.example" not in ignored


class TestServices:
    @each_service
    def test_its_image_is_pinned(self, name: str) -> None:
        assert PINNED.fullmatch(ALL[name]["image"])

    @each_service
    def test_it_has_a_health_check_or_ends_by_itself(self, name: str) -> None:
        check = ALL[name]["healthcheck"]
        assert check.get("disable", False) == (name in ONE_SHOT)
        if name not in ONE_SHOT:
            test = check["test"]  # a text is for a shell, a list says what it is
            assert isinstance(test, str) or test[0] == "CMD"
            assert {"interval", "timeout", "retries", "start_period"} <= check.keys()

    @each_service
    def test_it_starts_again_when_it_dies(self, name: str) -> None:
        assert ALL[name]["restart"] == ("on-failure" if name in ONE_SHOT else "unless-stopped")

    @each_service
    def test_it_has_limits(self, name: str) -> None:
        assert {"cpus", "memory"} <= ALL[name]["deploy"]["resources"]["limits"].keys()

    def test_only_what_shares_partitions_can_be_multiplied(self) -> None:
        shared = {name for name, service in ALL.items() if "replicas" in service["deploy"]}
        assert shared == {"streams", "loader"}
        for name in shared:
            assert ALL[name]["deploy"]["replicas"] == 1
            assert "container_name" not in ALL[name]
            assert not ALL[name].get("ports")

    @each_service
    def test_its_ports_are_published_on_this_machine_only(self, name: str) -> None:
        for port in ALL[name].get("ports", []):
            assert str(port).startswith("127.0.0.1:")

    @each_service
    def test_what_it_waits_for_can_happen(self, name: str) -> None:
        for other, wait in ALL[name].get("depends_on", {}).items():
            done = "service_completed_successfully"
            assert wait["condition"] == (done if other in ONE_SHOT else "service_healthy")

    @each_service
    def test_its_volumes_are_named_or_files_of_ours_that_it_cannot_change(self, name: str) -> None:
        declared: set[str] = set(parse(interpolate(TEXT, PASSWORDS)).to_dict()["volumes"])
        for volume in ALL[name].get("volumes", []):
            source, target, *mode = volume.split(":")
            assert target.startswith("/")
            if source.startswith("./"):
                assert mode == ["ro"]
                assert (ROOT / source).exists(), source
            else:
                assert source in declared

    def test_what_must_survive_is_in_named_volumes(self) -> None:
        kept = {
            volume.split(":")[0]
            for service in ALL.values()
            for volume in service.get("volumes", [])
            if not volume.startswith(".")
        }
        assert kept == set(parse(interpolate(TEXT, PASSWORDS)).to_dict()["volumes"])

    def test_the_network_is_that_of_the_project(self) -> None:
        assert [name for name in ALL if {"network_mode", "privileged"} & ALL[name].keys()] == []


class TestOurParts:
    def test_every_part_runs_but_the_embedded_warehouse(self) -> None:
        assert {service["command"][2] for service in OURS.values()} == set(PARTS) - {"warehouse"}

    @each_part
    def test_its_command_is_one_of_the_command_line(self, name: str) -> None:
        program, *arguments = OURS[name]["command"]
        assert program == "wijkbeeld"
        assert arguments == ["run", name]
        answer = CliRunner().invoke(app, [*arguments, "--help"])
        assert answer.exit_code == 0, answer.output

    @each_part
    def test_its_settings_are_settings(self, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
        environment: dict[str, Any] = OURS[name]["environment"]
        known = {f"WIJKBEELD_{field}".upper() for field in Settings.model_fields}
        assert set(environment) <= known
        for key, value in environment.items():
            monkeypatch.setenv(key, str(value))
        settings = read_settings()
        assert settings.broker == "kafka:9092"
        assert settings.clickhouse_user == ("lezer" if name in {"archive", "page"} else "wijkbeeld")
        assert not settings.broker_forgets

    @each_part
    def test_it_can_do_little_harm(self, name: str) -> None:
        part = OURS[name]
        assert part["read_only"]
        assert part["cap_drop"] == ["ALL"]
        assert part["security_opt"] == ["no-new-privileges:true"]

    @each_part
    def test_it_can_write_where_it_must(self, name: str) -> None:
        part = OURS[name]
        writable = {entry.split(":")[0] for entry in part["tmpfs"]}
        writable |= {entry.split(":")[1] for entry in part.get("volumes", [])}
        assert part["environment"]["WIJKBEELD_DATA_DIR"] in writable

    def test_only_ingest_with_the_gateway_and_the_archive_keep_something(self) -> None:
        kept = {name: part["volumes"] for name, part in OURS.items() if part.get("volumes")}
        assert kept.keys() == {"ingest", "gateway", "archive"}
        assert kept["ingest"] == kept["gateway"] != kept["archive"]

    def test_the_page_hands_in_at_the_gateway(self) -> None:
        page, gateway = (OURS[name]["environment"] for name in ("page", "gateway"))
        assert page["WIJKBEELD_GATEWAY"] == f"http://gateway:{gateway['WIJKBEELD_GATEWAY_PORT']}"
        assert page["WIJKBEELD_GATEWAY_KEY"] == gateway["WIJKBEELD_GATEWAY_KEY"]


class TestVersions:
    def test_the_image_is_of_this_version(self) -> None:
        project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        assert {part["image"] for part in OURS.values()} == {f"wijkbeeld:{project['version']}"}

    def test_kafka_is_the_one_that_tests_run_on(self) -> None:
        assert ALL["kafka"]["image"] == f"apache/kafka:{apache_kafka.VERSION}"

    def test_clickhouse_is_the_release_that_is_embedded(self) -> None:
        lock = (ROOT / "requirements" / "runtime.lock").read_text(encoding="utf-8")
        engine = re.search(r"^chdb-core==(\d+\.\d+)\.", lock, re.MULTILINE)
        assert engine is not None
        assert ALL["clickhouse"]["image"].partition(":")[2].startswith(engine[1] + ".")

    def test_the_plugin_of_grafana_is_pinned(self) -> None:
        plugins = ALL["grafana"]["environment"]["GF_PLUGINS_PREINSTALL_SYNC"]
        assert re.fullmatch(r"grafana-clickhouse-datasource@\d+\.\d+\.\d+", plugins)


class TestClickHouseUsers:
    USERS = ROOT / "docker" / "clickhouse" / "users.d" / "wijkbeeld.xml"

    def test_the_reader_reads_our_tables_and_nothing_else(self) -> None:
        root = ET.parse(self.USERS).getroot()  # noqa: S314 - a file of our own
        assert [query.text for query in root.iterfind("users/lezer/grants/query")] == [
            "GRANT SELECT, SHOW COLUMNS ON default.*",
            "REVOKE SELECT(`record`, `record.size`) ON `default`.`rejected`",
        ]
        assert root.findtext("profiles/lezer/readonly") in {"1", "2"}
        assert root.findtext("users/lezer/profile") == "lezer"
        for name, value in READ_DEFAULTS.items():
            assert root.findtext(f"profiles/lezer/{name}") == str(value)

    def test_the_password_comes_from_the_environment(self) -> None:
        root = ET.parse(self.USERS).getroot()  # noqa: S314 - a file of our own
        (password,) = root.iterfind("users/lezer/password")
        assert password.text is None
        assert password.attrib["from_env"] in ALL["clickhouse"]["environment"]

    def test_rows_do_not_reach_a_log(self) -> None:
        folder = ROOT / "docker" / "clickhouse" / "config.d"
        root = ET.parse(folder / "wijkbeeld.xml").getroot()  # noqa: S314 - a file of our own
        hidden = re.compile(root.findtext("query_masking_rules/rule/regexp") or "(?!)")
        quoted = (
            'Cannot parse input: expected \',\' before: {"source":"p2000","theme":"brand"}: (at row 1)'
        )
        assert "p2000" not in hidden.sub("", quoted)
        assert "p2000" not in hidden.sub("", quoted.replace('"', '\\"'))


def test_grafana_knows_every_variable_of_our_provisioning() -> None:
    folder = ROOT / "dashboards" / "grafana" / "provisioning"
    files = list(folder.rglob("*.y*ml"))
    assert files, "no provisioning files: run `make boards`"
    used = {
        match["name"] or match["bare"]
        for path in files
        for match in VARIABLE.finditer(path.read_text(encoding="utf-8"))
    }
    assert used <= set(ALL["grafana"]["environment"])
