"""A municipality's own budgets, or the usual ones, as the page about rejects has them."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from domain.errors import SettingsError
from domain.rejects import RejectReason
from ingest.budgets import Budget, Budgets
from wijkbeeld.budgets import load_budgets

ROOT = Path(__file__).resolve().parents[2]
ROW = re.compile(r"^\| (`\w+`|every other) \| ([\d.]+|off) \| (\d+) \| (\d+|off) \|$", re.MULTILINE)


def test_nijmegen_has_the_usual_ones_in_so_many_words() -> None:
    assert load_budgets("nijmegen") == Budgets()


def test_the_page_tells_the_usual_ones() -> None:
    told = {
        name.strip("`"): Budget.model_validate(
            {
                "share": None if share == "off" else share,
                "among": among,
                "run": None if run == "off" else run,
            }
        )
        for name, share, among, run in ROW.findall((ROOT / "docs" / "rejects.md").read_text())
    }
    usual = Budgets()
    assert {reason: usual.of("demo", RejectReason(reason)) for reason in told if " " not in reason} == {
        reason: budget for reason, budget in told.items() if " " not in reason
    }
    assert told["every other"] == usual.usual
    assert {RejectReason(name) for name in told if " " not in name} == set(usual.reasons)


def test_a_folder_without_the_file_has_the_usual_ones_and_a_wrong_file_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "gemeente"
    shutil.copytree(ROOT / "gemeenten" / "nijmegen", folder)
    (folder / "rejects.toml").unlink()
    assert load_budgets(str(folder)) == Budgets()
    (folder / "rejects.toml").write_text("[usual]\nrun = 'many'\n")
    with pytest.raises(SettingsError, match=r"rejects\.toml: usual\.run"):
        load_budgets(str(folder))
    with pytest.raises(SettingsError, match="no such municipality"):
        load_budgets(str(tmp_path / "nowhere"))
