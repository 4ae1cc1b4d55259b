"""The kinds of personal data as the deliveries of tests write them."""

from __future__ import annotations

from tests.support import smuggled

SMUGGLED: tuple[str, ...] = tuple(each.value for each in smuggled.SMUGGLED)
"""As somebody may write them."""

# Four digits turn up by chance in the bytes of a database: they are looked for with what is before them.
TRACES: tuple[str, ...] = (
    *(trace for trace in smuggled.TRACES if not (trace.isdigit() and len(trace) == 4)),
    "02-1953",
    "maart 1987",
    " 4711",
)


def assert_no_trace(text: str) -> None:
    """Fail where any of them shows in a text."""
    smuggled.assert_no_trace("the text", text, traces=TRACES)
