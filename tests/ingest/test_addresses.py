from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.places import Location
from ingest.addresses import Address, AddressReader
from tests.support.real_addresses import real_addresses
from wijkbeeld.gemeenten import load_municipality

NIJMEGEN = load_municipality("nijmegen")
READER = AddressReader(NIJMEGEN)
OURS = "GM0268"

FORMS = [
    "{text}, {pc6} Nijmegen",
    "{text}, {spaced}  NIJMEGEN",
    "{pc6} Nijmegen, {text}",
    "{text} {pc6} nijmegen",
    "{text} nijmegen {pc6}",
    "nijmegen {text} {pc6}",
    "{pc6} {text} nijm.",
    "{text} {pc6} nijmgn",
]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("case", [str, str.lower, str.upper], ids=["as-is", "lower", "upper"])
def test_all_real_addresses_are_read_in_every_form(form: str, case: Any) -> None:
    addresses = real_addresses()
    assert len(addresses) == 174
    for real in addresses:
        pc6 = real.pc6 or ""
        text = case(form.format(text=real.text, pc6=pc6, spaced=f"{pc6[:4]} {pc6[4:]}"))
        address = READER.read(text)
        assert address is not None
        assert (address.street or "").lower() == real.street.lower()
        assert (address.number or "").lower() == real.number.lower()
        assert (address.pc6, address.gemeente) == (real.pc6, OURS)
        assert address.location().street == real.street.lower()


def test_all_real_addresses_are_read_from_the_fields_of_signalen() -> None:
    for real in real_addresses():
        digits = "".join(c for c in real.number if c.isdigit())
        address = READER.join(
            street=real.street,
            number=int(digits),
            letter=real.number[len(digits) :].strip(),
            addition="",
            postcode=real.pc6,
            place="Nijmegen",
        )
        assert address == Address(real.street, real.number.replace(" ", ""), real.pc6, OURS)


@pytest.mark.parametrize(
    ("text", "street", "number", "pc6", "gemeente"),
    [
        ("Plein 1944 3", "Plein 1944", "3", None, None),
        ("Plein 1944", "Plein 1944", None, None, None),
        ("De Voorbeeld 12-34", "De Voorbeeld", "12-34", None, None),
        ("Dorpsstraat 312 bis, 6525 GS", "Dorpsstraat", "312 bis", "6525GS", None),
        ("Kerkstraat nr. 5", "Kerkstraat", "5", None, None),
        ("van 't Voorbeeldstraat 3", "van 't Voorbeeldstraat", "3", None, None),
        ("1e Oude Dorpslaan 12", "1e Oude Dorpslaan", "12", None, None),
        ("Dorpsstraat 5, Beek-Ubbergen", "Dorpsstraat", "5", None, "GM1945"),
        ("Dorpsstraat 5 Berg en Dal", "Dorpsstraat", "5", None, "GM1945"),
        ("Berg en Dalseweg 218, Nijmegen", "Berg en Dalseweg", "218", None, OURS),
        ("Lent, Dorpsstraat", "Dorpsstraat", None, None, OURS),
        ("6511PS", None, None, "6511PS", None),
        ("Dorpsstraat 12, 6511SS", None, None, None, None),
    ],
)
def test_forms(
    text: str, street: str | None, number: str | None, pc6: str | None, gemeente: str | None
) -> None:
    address = READER.read(text)
    if street is None and pc6 is None:
        assert address is None
        return
    assert address is not None
    assert (address.street, address.number, address.pc6, address.gemeente) == (
        street,
        number,
        pc6,
        gemeente,
    )


@pytest.mark.parametrize(
    "text", ["", "   ", "Nijmegen", "12", "?!", "x" * 500, "Straat 12 Elders 13 14"]
)
def test_what_is_no_address_is_none(text: str) -> None:
    assert READER.read(text) is None


def test_a_house_number_is_not_shown_and_has_no_place_in_a_location() -> None:
    address = READER.read("Dorpsstraat 98765A, 6511PS Nijmegen")
    assert address is not None
    assert address.number == "98765A"
    assert "98765" not in repr(address) + str(address)
    assert address.location() == Location(street="dorpsstraat", pc6="6511PS", gemeente=OURS)


def test_a_street_that_a_location_cannot_hold_is_left_out() -> None:
    address = READER.read("1e Oude Dorpslaan 12, 6511PS")
    assert address is not None
    assert address.location() == Location(pc6="6511PS")


@given(st.text(max_size=120) | st.from_regex(r"[A-Za-z ]{0,30}[0-9 A-Za-z,/-]{0,40}", fullmatch=True))
def test_no_text_makes_it_fail_and_no_digit_leaves_but_a_postcodes_or_a_years(text: str) -> None:
    address = READER.read(text)
    if address is None:
        return
    location = address.location()
    street = location.street or ""
    assert not any(c.isdigit() for c in street) or street[-5:-2] == " 19"
    assert repr(address).find("number") == -1


SMUGGLED = [
    "J. Voorbeeld 06-12345678",
    "naam@voorbeeld.nl",
    "NL91ABNA0417164300",
    "123456782",
    "Dorpsstraat 5 dhr Voorbeeld 0612345678",
    "XX-12-XX",
    "geboren 01-02-1980",
]


@pytest.mark.parametrize("text", SMUGGLED)
def test_what_is_more_than_an_address_gives_no_street(text: str) -> None:
    address = READER.read(text)
    shown = "" if address is None else address.location().model_dump_json()
    for secret in ("Voorbeeld", "voorbeeld", "1234", "0417", "1980"):
        assert secret not in shown
