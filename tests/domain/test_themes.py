"""The closed list of themes."""

from __future__ import annotations

import re

import pytest

from domain.themes import THEMES, Severity, Theme


def test_every_theme_is_described_in_the_order_of_the_list() -> None:
    assert list(THEMES) == list(Theme)


def test_the_list_is_about_24_themes_and_ends_with_overig() -> None:
    assert 20 <= len(Theme) <= 28
    assert list(Theme)[-1] is Theme.OVERIG


def test_labels_are_unique_in_each_language() -> None:
    assert len({info.label_nl.casefold() for info in THEMES.values()}) == len(Theme)
    assert len({info.label_en.casefold() for info in THEMES.values()}) == len(Theme)


@pytest.mark.parametrize("theme", Theme)
def test_a_theme_is_a_slug_with_two_labels(theme: Theme) -> None:
    info = THEMES[theme]
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", theme.value)
    assert theme.name == theme.value.upper().replace("-", "_")
    for label in (info.label_nl, info.label_en):
        assert label == label.strip()
        assert label[0].isupper()


def test_severities_run_from_1_to_5() -> None:
    assert [int(severity) for severity in Severity] == [1, 2, 3, 4, 5]
    assert {info.severity for info in THEMES.values()} <= set(Severity)


def test_themes_about_victims_at_home_and_beliefs_are_sensitive() -> None:
    sensitive = {theme for theme, info in THEMES.items() if info.sensitive}
    assert sensitive == {Theme.HUISELIJK_GEWELD, Theme.ZEDEN, Theme.SOCIALE_STABILITEIT}


def test_the_list_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        THEMES[Theme.BRAND] = THEMES[Theme.OVERIG]  # type: ignore[index]  # what is tried here
