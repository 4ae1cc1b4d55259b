"""The closed lists of reasons and counters."""

from __future__ import annotations

import re

from domain.metrics import Counter
from domain.rejects import WITHOUT_RECORD, RejectReason


def test_no_byte_is_kept_of_what_holds_personal_data_or_could_not_be_read() -> None:
    assert {RejectReason.PRIVACY, RejectReason.UNPARSED} == WITHOUT_RECORD


def test_words_are_lower_case_with_underscores_and_name_themselves() -> None:
    for word in [*RejectReason, *Counter]:
        assert re.fullmatch(r"[a-z]+(_[a-z]+)*", word.value)
        assert word.name == word.value.upper()
