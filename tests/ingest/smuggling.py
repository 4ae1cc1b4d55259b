"""Thirty kinds of personal data, all invented, for the deliveries of tests."""

from __future__ import annotations

SMUGGLED: tuple[str, ...] = (
    "999990342", "9999.90.342", "NL91ABNA0417164300", "NL91 ABNA 0417 1643 00", "0612345678",
    "06-12 34 56 78", "+31 6 1234 5679", "024-3299111", "a.wiersemans@eikweg.example",
    "jan at bouzerda dot nl", "Dhr. J. de Quaestor", "J.P. Wiersemans", "Achmed Bouzerda",
    "fatima van der zwaluwe", "Wiersemans, A.B.", "t.a.v. mw. Quaestor", "johanna-de-quaestor",
    "XK-047-Z", "47-GB-RX", "geb. 01-02-1953", "14 maart 1987", "Eikweg 4711", "6599ZX 4711",
    "paspoort NPX84QR61", "rijbewijsnr 5318008471", "diabetica met hypoglykemie", "@wiersemans_48",
    "203.0.113.147", "02:00:5e:10:7f:a3", "https://wiersemans.example/4711",
    "buurman slaat zijn vrouw weer",
)  # fmt: skip
"""As somebody may write them."""

TRACES: tuple[str, ...] = (
    "999990342", "90.342", "17164300", "1643 00", "612345678", "12 34 56", "1234 5679", "3299111",
    "wiersemans",
    "bouzerda", "quaestor", "achmed", "fatima", "zwaluwe", "johanna", "xk-047", "gb-rx", "02-1953",
    "maart 1987", "eikweg", " 4711", "npx84qr61", "5318008471", "diabetica", "203.0.113", "5e:10:7f",
    "buurman", "vrouw",
)  # fmt: skip
"""Parts by which they are known, lower case; long enough not to turn up in a hash by chance."""


def assert_no_trace(text: str) -> None:
    """Fail where any of them shows in a text."""
    low = text.lower()
    found = [trace for trace in TRACES if trace in low]
    assert not found, found
