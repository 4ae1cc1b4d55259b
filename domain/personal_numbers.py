"""Numbers and addresses that lead to a person: each a pattern that finds it and a check that it is one.

The checks of BSN and IBAN are those of python-stdnum, that of telephone numbers is Google's
libphonenumber. Patterns are written for texts in lower case.
"""

from __future__ import annotations

import ipaddress
import re

import phonenumbers
from stdnum import iban
from stdnum.nl import bsn

# Nine digits, or 4-2-3 and 3-3-3 with points or spaces. Case numbers have the shape 2024-12-345.
_BSN = re.compile(
    r"(?<![a-z\d.,])(?:\d{9}|\d{4}([. ])\d{2}\1\d{3}|\d{3}([. -])\d{3}\2\d{3})(?![a-z\d]|[.,]\d)"
)
_MARKED_BSN = re.compile(r"\b(?:bsn|sofi|burgerservicenummer)\D{0,12}(\d[\d. -]{6,11}\d)")
_IBAN = re.compile(
    r"\b(?:[a-z]{2}\d{2}(?:[ .-]?[a-z0-9]){11,30}|[A-Z]{2}\d{2}(?:[ .-]?[A-Z0-9]){11,30})"
)
_IBAN_LENGTHS = range(15, 35)
_PHONE = re.compile(
    r"(?<![a-z\d])(?:(?:\+|00)[1-9](?:[ ./()-]{0,3}\d){8,13}(?![a-z\d]|[.-][a-z\d])"
    r"|\(?0[1-9](?:[ ./()-]{0,2}\d){8}(?![a-z\d]))"
)
_MONTHS = (
    r"(?:jan(?:uari)?|feb(?:ruari)?|mrt|maart|apr(?:il)?|mei|juni?|juli?|aug(?:ustus)?|sep(?:t(?:ember)?)?"
    r"|okt(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_DAY, _MONTH = r"(?:0?[1-9]|[12]\d|3[01])", r"(?:0?[1-9]|1[0-2])"
# No source reaches back to before 2010; an earlier day is somebody's birthday.
_BIRTH_YEAR = r"(?:19\d\d|200\d)"
_SEPARATED = r"[-/. ]"
_BIRTH_DATE = re.compile(
    rf"(?<!\d){_DAY}{_SEPARATED}{_MONTH}{_SEPARATED}{_BIRTH_YEAR}(?!\d)"
    rf"|(?<!\d){_BIRTH_YEAR}[-/.]{_MONTH}[-/.]{_DAY}(?!\d)"
    rf"|(?<!\d){_DAY}{_SEPARATED}{_MONTHS}\.?{_SEPARATED}{_BIRTH_YEAR}(?!\d)"
)
_MARKED_BIRTH = re.compile(
    r"\b(?:geb|geboren|geboortedatum|geb\.?datum|dob)\b[^\d]{0,12}"
    rf"(?:\d{{1,2}}{_SEPARATED}(?:\d{{1,2}}|{_MONTHS}){_SEPARATED}(?:\d{{4}}|\d{{2}})|\d{{8}}|{_BIRTH_YEAR})\b"
)
_L = "[bdfghjklmnprstvwxz]"
# Sidecodes 1-6 use more letters than the later ones. https://nl.wikipedia.org/wiki/Nederlands_kenteken
_PLATE = re.compile(
    r"[a-z]{2}-\d\d-\d\d|\d\d-\d\d-[a-z]{2}|\d\d-[a-z]{2}-\d\d|[a-z]{2}-\d\d-[a-z]{2}|[a-z]{2}-[a-z]{2}-\d\d"
    rf"|\d\d-{_L}{{2}}-{_L}{{2}}|\d\d-{_L}{{3}}-\d|\d-{_L}{{3}}-\d\d|{_L}{{2}}-\d{{3}}-{_L}"
    rf"|{_L}-\d{{3}}-{_L}{{2}}|{_L}{{3}}-\d\d-{_L}|{_L}-\d\d-{_L}{{3}}|\d-{_L}{{2}}-\d{{3}}|\d{{3}}-{_L}{{2}}-\d"
)
# Without hyphens: not the sidecodes that area codes (XX9999) and postcodes (9999XX) look like.
_PLATE_WORD = re.compile(
    rf"\d\d{_L}{{3}}\d|\d{_L}{{3}}\d\d|{_L}{{2}}\d{{3}}{_L}|{_L}\d{{3}}{_L}{{2}}|{_L}{{3}}\d\d{_L}"
    rf"|\d{_L}{{2}}\d{{3}}|\d{{3}}{_L}{{2}}\d"
)
_PLATE_PLACE = re.compile(r"(?<![\w-])[a-z\d]{1,3}-[a-z\d]{2,3}-[a-z\d]{1,3}(?![\w-])")
_PLATE_LENGTH = 6
_MARKED_PLATE = re.compile(r"kenteken[ :-]{1,2}([a-z\d]{6})(?![\w-])")
_AROUND = ".,;:!?()/\"'"
_DOCUMENT = re.compile(
    r"\b(?:paspoort|passport|id-?kaart|identiteitskaart|rijbewijs|documentn(?:umme)?r|legitimatie|v-nummer)"
    r"[a-z]{0,9}\W{0,3}(?:n(?:umme)?r\W{0,3})?(?=[a-z]{0,4}\d)[a-z0-9]{6,12}\b"
)
_HOUSE_PLACE = re.compile(r"[^\W\d_][ ,-]{1,2}\d")
_HOUSE = re.compile(
    r"(?<![^\W_])([^\W\d_]{2,}(?:straat|laan|weg|plein|singel|hof|dijk|kade|pad|steeg|dreef|plantsoen|gracht))"
    r"[ ,-]{1,2}\d{1,5}(?:[ -]?[a-z]{1,2}|-bis)?(?![^\W_])"
)
_NUMBERED_ROADS = frozenset({"rijksweg", "snelweg", "autoweg", "provincialeweg", "autosnelweg"})
_POSTCODE_HOUSE = re.compile(r"(?<![a-z\d])[1-9]\d{3} ?[a-z]{2}[ ,-]{1,2}\d{1,5}(?![\d])")
_MAIL = re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+")
_HIDDEN_MAIL = re.compile(
    r"[a-z0-9._+-]+"
    r"(?:\s*[(\[{]\s*(?:at|apenstaartje)\s*[)\]}]\s*|[ _.-](?:at|apenstaartje)[ _.-])[a-z0-9-]+"
    r"(?:\s*[(\[{]\s*(?:dot|punt)\s*[)\]}]\s*|[ _-](?:dot|punt)[ _-]|\.)[a-z]{2,}"
)
_HANDLE = re.compile(r"(?<!\w)@[a-z_][a-z0-9_.]{2,}")
_LINK = re.compile(r"https?:|\bwww\.|\b(?:facebook|instagram|tiktok|snapchat|linkedin|twitter)\.com\b")
_MAC = re.compile(r"(?<![a-z\d])[0-9a-f]{2}(?:([:-])[0-9a-f]{2})(?:\1[0-9a-f]{2}){4}(?![a-z\d])")
_MAC_JOINTS, _IP4_JOINTS = 5, 3
_IP4 = re.compile(r"(?<![\w.-])\d{1,3}(?:\.\d{1,3}){3}(?![\w-]|\.\d)")
_IP6 = re.compile(r"(?<![\w:])[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,7}(?![\w:])")


def has_bsn(text: str) -> bool:
    """Tell whether ``text`` has a citizen service number: nine digits that pass the 11-test.

    The smallest number given out has eight digits, so one with two leading zeros, as pager addresses
    have, is none.
    """
    found = [match[0] for match in _BSN.finditer(text)]
    found += [match[1] for match in _MARKED_BSN.finditer(text)]
    return any(not number.startswith("00") and bsn.is_valid(number) for number in found)


def has_iban(text: str) -> bool:
    """Tell whether ``text`` has an IBAN of a country that has them, with the right check digits."""
    for match in _IBAN.finditer(text):
        compact = re.sub(r"[^A-Za-z0-9]", "", match[0])
        if any(iban.is_valid(compact[:size]) for size in _IBAN_LENGTHS if size <= len(compact)):
            return True
    return False


def has_phone(text: str) -> bool:
    """Tell whether ``text`` has a telephone number that can exist, Dutch or with a country code."""
    return any(_is_phone(match[0]) for match in _PHONE.finditer(text))


def _is_phone(number: str) -> bool:
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(number, "NL"))
    except phonenumbers.NumberParseException:
        return False


def has_birth_date(text: str) -> bool:
    """Tell whether ``text`` has a day before 2010."""
    # Most ids have digits and none of these, and the search looks at each digit.
    return ("19" in text or "200" in text) and _BIRTH_DATE.search(text) is not None


def has_marked_birth(text: str) -> bool:
    """Tell whether ``text`` has a day or year that it calls one of birth."""
    return ("geb" in text or "dob" in text) and _MARKED_BIRTH.search(text) is not None


def has_plate(text: str) -> bool:
    """Tell whether ``text`` has a Dutch number plate; without hyphens only where it stands alone."""
    if "-" in text and any(_PLATE.fullmatch(place[0]) for place in _PLATE_PLACE.finditer(text)):
        return True
    words = [word.strip(_AROUND) for word in text.split()]
    if "kenteken" in text:
        words += _MARKED_PLATE.findall(text)
    return any(_PLATE_WORD.fullmatch(word) for word in words if len(word) == _PLATE_LENGTH)


def has_document(text: str) -> bool:
    """Tell whether ``text`` has a number that it calls one of a passport, identity card or licence."""
    return _DOCUMENT.search(text) is not None


def has_house(text: str) -> bool:
    """Tell whether ``text`` has a house number behind a street or a postcode."""
    if _HOUSE_PLACE.search(text) is None:
        return False
    return _POSTCODE_HOUSE.search(text) is not None or any(
        match[1] not in _NUMBERED_ROADS for match in _HOUSE.finditer(text)
    )


def has_mail(text: str) -> bool:
    """Tell whether ``text`` has an e-mail address, also one that is spelled out."""
    if "@" in text and _MAIL.search(text):
        return True
    ending = "." in text or "dot" in text or "punt" in text
    return ending and ("at" in text or "apenst" in text) and _HIDDEN_MAIL.search(text) is not None


def has_online(text: str) -> bool:
    """Tell whether ``text`` has a link, an account, or the address of a device."""
    if "@" in text and _HANDLE.search(text):
        return True
    if ("." in text or "http" in text) and _LINK.search(text):
        return True
    if (text.count("-") >= _MAC_JOINTS or text.count(":") >= _MAC_JOINTS) and _MAC.search(text):
        return True
    if text.count(".") >= _IP4_JOINTS and any(_is_address(m[0]) for m in _IP4.finditer(text)):
        return True
    return text.count(":") > 1 and any(_is_address(m[0]) for m in _IP6.finditer(text))


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
