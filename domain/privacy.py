"""The second privacy net: what looks like personal data in a text.

The first net is each connector's allow-list; this one catches what slips through it. It is made for the
short strings of events (categories, streets, ids), and for few false alarms on them: what it does not
recognise is no proof that a text is free of persons. Pure; nothing of a text is kept.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from enum import StrEnum

from domain import personal_numbers as numbers
from domain.persons import names_person


class PersonalKind(StrEnum):
    """What kind of personal data a text seems to hold."""

    BSN = "bsn"
    IBAN = "iban"
    EMAIL = "email"
    PHONE = "phone"
    BIRTH_DATE = "birth-date"
    DOCUMENT = "document"
    PLATE = "plate"
    ADDRESS = "address"
    ONLINE = "online"
    NAME = "name"


# Rules with the fewest digits that what they find has. IBAN looks at the text as it is written.
_WITH_DIGITS: tuple[tuple[int, PersonalKind, Callable[[str], bool]], ...] = (
    (8, PersonalKind.BSN, numbers.has_bsn),
    (9, PersonalKind.PHONE, numbers.has_phone),
    (4, PersonalKind.BIRTH_DATE, numbers.has_marked_birth),
    (5, PersonalKind.BIRTH_DATE, numbers.has_birth_date),
    (4, PersonalKind.DOCUMENT, numbers.has_document),
    (2, PersonalKind.PLATE, numbers.has_plate),
    (1, PersonalKind.ADDRESS, numbers.has_house),
)
_IBAN_DIGITS = 8
_NO_DIGITS = bytes(set(range(128)) - set(b"0123456789"))
# Without two words there is neither a name nor an address.
_WORDS = re.compile(r"[^\W_][\W_]+[^\W_]|@")
_LONGEST = 4096


def find_personal(text: str) -> PersonalKind | None:
    """Return the first kind of personal data that ``text`` seems to hold; None without any.

    Args:
        text: in any case, with spaces or as a slug (``dhr-j-de-vries``). Of a longer one than 4,096
            characters only the beginning is looked at.
    """
    text = text[:_LONGEST]
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    low = text.lower()
    digits = len(low.encode("ascii", "ignore").translate(None, _NO_DIGITS))
    if digits >= _IBAN_DIGITS and numbers.has_iban(text):
        return PersonalKind.IBAN
    for fewest, kind, holds in _WITH_DIGITS:
        if digits >= fewest and holds(low):
            return kind
    if _WORDS.search(low) is None:
        return None
    if numbers.has_mail(low):
        return PersonalKind.EMAIL
    if numbers.has_online(low):
        return PersonalKind.ONLINE
    return PersonalKind.NAME if names_person(text) else None
