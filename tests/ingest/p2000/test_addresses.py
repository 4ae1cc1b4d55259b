"""The real addresses as pages give them, against the reader of fields that hold an address."""

from __future__ import annotations

import pytest

from domain.areas import Municipality
from ingest.addresses import AddressReader
from ingest.p2000.grammar import Grammar
from tests.support.real_addresses import real_addresses

FORMS = [
    "P 1 BON-01 BR woning {text} {pc6} Nijmegen 082131",
    "A1 Ambu 08123 {text} {pc6} Nijmegen Rit 12345",
    "A1 08123 (dia: ja) Nijmegen {text} {pc6} Rit: 12345",
]
WITHOUT_A_STREETS_SHAPE = {"mariënburg", "groot bethlehem", "wintersoord"}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("case", [str, str.lower, str.upper], ids=["as-is", "lower", "upper"])
def test_a_page_gives_the_postcode_and_the_street_that_the_field_gives(
    form: str, case: type[str], grammar: Grammar, nijmegen: Municipality
) -> None:
    reader = AddressReader(nijmegen)
    addresses = real_addresses()
    assert len(addresses) == 174
    missed = set()
    for real in addresses:
        message = grammar.read(case(form.format(text=real.text, pc6=real.pc6 or "")))
        field = reader.read(f"{real.text}, {real.pc6 or ''} Nijmegen")
        assert message is not None
        assert field is not None
        location = field.location()
        assert (message.pc6, message.gemeente) == (location.pc6, location.gemeente)
        if message.street != location.street:
            missed.add((location.street, message.street))
    # Nothing but what has the shape of a street leaves a page: see ``street_words``.
    assert {street for street, _ in missed} == WITHOUT_A_STREETS_SHAPE
    assert {given for _, given in missed} == {None}
