"""ClickHouse's SQL in tokens, as far as this server reads it.

Follows ClickHouse's ``src/Parsers/Lexer.cpp``: comments ``--``, ``#!``, ``# ``, ``//`` and ``/* */``,
strings with backslash and doubled quotes, heredocs ``$tag$ ... $tag$``, quoted identifiers. What is
opened and not closed is one token to the end, so that reading a text takes time in proportion to its
length.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_TOKEN = re.compile(
    rb"""
      (?P<space>(?:\s++|--[^\n]*+|\#[ !][^\n]*+|//[^\n]*+|/\*.*?(?:\*/|\Z))+)
    | (?P<string>'(?:[^'\\]++|\\.|'')*+(?:'|\\?\Z))
    | (?P<heredoc>\$(?P<tag>\w*)\$.*?(?:\$(?P=tag)\$|\Z))
    | (?P<quoted>`(?:[^`\\]++|\\.|``)*+(?:`|\\?\Z)|"(?:[^"\\]++|\\.|"")*+(?:"|\\?\Z))
    | (?P<word>[A-Za-z_]\w*+)
    | (?P<number>\d[\w.]*+)
    | (?P<mark>.)
    """,
    re.DOTALL | re.VERBOSE,
)


class Token(NamedTuple):
    """One token.

    ``kind`` is ``word``, ``quoted``, ``string``, ``heredoc``, ``number`` or ``mark``; ``text`` the
    bytes as they stand; ``start`` and ``end`` their place; ``depth`` how many brackets are open around
    it.
    """

    kind: str
    text: bytes
    start: int
    end: int
    depth: int

    def is_word(self, *words: str) -> bool:
        """Say whether this is one of these keywords, in any case."""
        return self.kind == "word" and self.text.decode().upper() in words

    def is_mark(self, mark: str) -> bool:
        """Say whether this is this punctuation."""
        return self.kind == "mark" and self.text == mark.encode()

    @property
    def is_name(self) -> bool:
        """Whether this can be an identifier."""
        return self.kind in {"word", "quoted"}


def tokens(text: bytes) -> Iterator[Token]:
    """Yield the tokens of ``text`` without spaces and comments; never fails, whatever the text."""
    depth = 0
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup or "mark"
        if kind == "space":
            continue
        found = match[0]
        if kind == "mark" and found in b")]}":
            depth = max(0, depth - 1)
        yield Token(kind, found, match.start(), match.end(), depth)
        if kind == "mark" and found in b"([{":
            depth += 1
