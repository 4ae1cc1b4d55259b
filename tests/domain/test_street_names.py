from __future__ import annotations

import pytest

from domain.street_names import street_key


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("St. Annastraat", "st annastraat"),
        ("Mariënburg", "marienburg"),
        ("'t Veld", "t veld"),
        ("  Oude-  Stad ", "oude stad"),
        ("Plein 1944", "plein 1944"),
    ],
)
def test_streets_are_compared_without_case_accents_and_signs(name: str, key: str) -> None:
    assert street_key(name) == key
