"""The tokenizer follows ClickHouse's lexer and never fails."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warehouse.server.tokens import tokens


@given(st.binary(max_size=400))
def test_tokens_stand_in_the_text_in_order(text: bytes) -> None:
    at = 0
    for token in tokens(text):
        assert token.start >= at
        assert token.text == text[token.start : token.end]
        at = token.end


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        (b"a 'b''c\\'d' e", ["word", "string", "word"]),
        (b'`a``b\\`c` "d""e"', ["quoted", "quoted"]),
        (b"$$ ' ; $$ $t$ $$ $t$", ["heredoc", "heredoc"]),
        (b"1 -- 2\n#! 3\n# 4\n// 5\n/* 6\n */ 7", ["number", "number"]),
        (b"#x", ["mark", "word"]),
        (b"'open ''", ["string"]),
        (b"a `open\\", ["word", "quoted"]),
        (b"a /* open", ["word"]),
        (b"$a$ open $b$", ["heredoc"]),
    ],
)
def test_kinds(text: bytes, kinds: list[str]) -> None:
    assert [token.kind for token in tokens(text)] == kinds


def test_depth_counts_open_brackets() -> None:
    found = {token.text: token.depth for token in tokens(b"a(b[c{d}])e)f")}

    assert [found[name] for name in (b"a", b"b", b"c", b"d", b"e", b"f")] == [0, 1, 2, 3, 0, 0]


@pytest.mark.parametrize(
    "text", [b"'" * 100_001, b"'\\" * 50_000, b"`" + b"a" * 200_000, b"/*" * 20_000, b"$a$b" * 50_000]
)
def test_hostile_texts_are_read_in_bounded_steps(text: bytes) -> None:
    """Were it exponential, the suite's time limit would end it."""
    assert 0 < sum(1 for _ in tokens(text)) <= len(text)
