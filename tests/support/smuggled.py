"""Thirty kinds of personal data, all invented, and where none of them may come out.

``SMUGGLED`` has a sample of each kind, with the traces by which it is recognised wherever it appears.
``smuggled_into`` puts each of them in every string field of a raw record; ``assert_no_trace`` looks for
them in what a system wrote, printed or answered.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import JsonValue

from domain.privacy import PersonalKind


@dataclass(frozen=True, slots=True)
class Smuggled:
    """A piece of personal data.

    Attributes:
        kind: what it is.
        value: as somebody may write it.
        traces: parts of it, in lower case, none of which may come out.
        net: the kind as which the second net knows it; None where only an allow-list can stop it.
    """

    kind: str
    value: str
    traces: tuple[str, ...]
    net: PersonalKind | None


_K = PersonalKind

# All made up. The BSN passes the 11-test and is of the range for tests; the IBAN is the usual example.
SMUGGLED: tuple[Smuggled, ...] = (
    Smuggled("bsn", "999990342", ("999990342",), _K.BSN),
    Smuggled("bsn with separators", "9999.90.342", ("9999.90", "90.342"), _K.BSN),
    Smuggled("iban", "NL91ABNA0417164300", ("abna0417", "17164300"), _K.IBAN),
    Smuggled("iban in groups", "NL91 ABNA 0417 1643 00", ("nl91 abna", "0417 1643"), _K.IBAN),
    Smuggled("mobile number", "0612345678", ("612345678",), _K.PHONE),
    Smuggled("mobile number in groups", "06-12 34 56 78", ("12 34 56",), _K.PHONE),
    Smuggled("international number", "+31 6 1234 5679", ("1234 5679",), _K.PHONE),
    Smuggled("number with optional zero", "+31 (0)24 329 9111", ("329 9111",), _K.PHONE),
    Smuggled("landline", "024-3299111", ("3299111",), _K.PHONE),
    Smuggled("e-mail", "a.wiersemans@eikweg.example", ("wiersemans", "eikweg.example"), _K.EMAIL),
    Smuggled("e-mail in words", "jan at bouzerda dot nl", ("bouzerda",), _K.EMAIL),
    Smuggled("name with title", "Dhr. J. de Quaestor", ("quaestor",), _K.NAME),
    Smuggled("name with initials", "J.P. Wiersemans", ("wiersemans",), _K.NAME),
    Smuggled("full name", "Achmed Bouzerda", ("achmed", "bouzerda"), _K.NAME),
    Smuggled("name with particles", "fatima van der zwaluwe", ("fatima", "zwaluwe"), _K.NAME),
    Smuggled("name turned round", "Wiersemans, A.B.", ("wiersemans",), _K.NAME),
    Smuggled("to the attention of", "t.a.v. mw. Quaestor", ("quaestor",), _K.NAME),
    Smuggled("name as a slug", "johanna-de-quaestor", ("johanna", "quaestor"), _K.NAME),
    Smuggled("number plate", "XK-047-Z", ("xk-047", "047-z"), _K.PLATE),
    Smuggled("older number plate", "47-GB-RX", ("47-gb", "gb-rx"), _K.PLATE),
    Smuggled("date of birth", "geb. 01-02-1953", ("01-02-1953", "1953"), _K.BIRTH_DATE),
    Smuggled("date of birth in words", "14 maart 1987", ("maart 1987", "1987"), _K.BIRTH_DATE),
    Smuggled("address", "Eikweg 4711", ("4711",), _K.ADDRESS),
    Smuggled("postcode with house number", "6599ZX 4711", ("4711",), _K.ADDRESS),
    Smuggled("passport number", "paspoort NPX84QR61", ("npx84qr61",), _K.DOCUMENT),
    Smuggled("driving licence", "rijbewijsnr 5318008471", ("5318008471",), _K.DOCUMENT),
    Smuggled("medical phrase", "diabetica met hypoglykemie", ("diabetica", "hypoglyk"), None),
    Smuggled("account", "@wiersemans_48", ("wiersemans",), _K.ONLINE),
    Smuggled("ip address", "203.0.113.147", ("203.0.113",), _K.ONLINE),
    Smuggled("mac address", "02:00:5e:10:7f:a3", ("5e:10:7f",), _K.ONLINE),
    Smuggled("link", "https://wiersemans.example/4711", ("wiersemans", "4711"), _K.ONLINE),
    Smuggled("free text", "buurman slaat zijn vrouw weer", ("buurman", "vrouw"), None),
)
"""At least thirty kinds."""

TRACES: tuple[str, ...] = tuple(dict.fromkeys(t for item in SMUGGLED for t in item.traces))
"""What may come out nowhere, in lower case."""

FieldPath = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Carrier:
    """A raw record with something in one of its fields.

    Attributes:
        record: the whole record.
        path: keys and indexes that lead to the field.
        item: what was put there.
    """

    record: JsonValue
    path: FieldPath
    item: Smuggled


def smuggled_into(record: JsonValue, items: Iterable[Smuggled] = SMUGGLED) -> Iterator[Carrier]:
    """Yield ``record`` with each item in each string field: in place of its text and behind it."""
    paths = list(_strings(record, ()))
    for item in items:
        for path, text in paths:
            for value in (item.value, f"{text} {item.value}"):
                yield Carrier(_put(record, path, value), path, item)


def assert_no_trace(where: str, *texts: str | bytes, traces: Iterable[str] = TRACES) -> None:
    """Fail when one of ``traces`` is in ``texts``, in any case; says which and where."""
    for text in texts:
        low = text.lower() if isinstance(text, str) else text.decode("utf-8", "replace").lower()
        found = [trace for trace in traces if trace in low]
        assert not found, f"{where}: {found}"


def assert_no_trace_in_files(folder: Path, *, but: Iterable[Path] = ()) -> None:
    """Fail when a file below ``folder``, however it is written, has a trace; the input is let be."""
    left_out = set(but)
    files = [path for path in sorted(folder.rglob("*")) if path.is_file() and path not in left_out]
    assert files, f"nothing to look at in {folder}"
    for path in files:
        assert_no_trace(str(path.relative_to(folder)), path.read_bytes())


def _strings(value: JsonValue, path: FieldPath) -> Iterator[tuple[FieldPath, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _strings(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _strings(inner, (*path, index))


def _put(value: JsonValue, path: FieldPath, text: str) -> JsonValue:
    """``value`` with ``text`` at ``path``."""
    if not path:
        return text
    first, rest = path[0], path[1:]
    if isinstance(value, dict):
        return {key: _put(inner, rest, text) if key == first else inner for key, inner in value.items()}
    assert isinstance(value, list)
    return [_put(inner, rest, text) if at == first else inner for at, inner in enumerate(value)]
