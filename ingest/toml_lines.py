"""A TOML file with the line of each thing in it, so that a mistake can be pointed at."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from typing import Any

import tomlkit
from tomlkit.items import Item

from domain.errors import SettingsError

_AT = re.compile(r"\s*\(at (?:line (\d+), column \d+|end of document)\)$")
_MARK = "# \N{WHITE RIGHT POINTING INDEX}"


class TomlFile:
    """A TOML document.

    Args:
        text: of the file.
        name: of the file, for messages.

    Raises:
        SettingsError: it is no TOML; the message has the line.
    """

    def __init__(self, text: str, name: str) -> None:
        self._text = text
        self._name = name
        try:
            self.values: Mapping[str, Any] = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise self._not_toml(str(error)) from None

    def mistake(self, path: Sequence[str | int], says: str) -> SettingsError:
        """Return the error for what is wrong at ``path``: file, line, and where in the file.

        Args:
            path: keys from the outermost table inwards; where it is not in the file, the nearest thing
                around it is pointed at.
            says: what is wrong and what to do.
        """
        where = ".".join(str(part) for part in path)
        return SettingsError(f"{self._name} line {self.line_of(path)}: {where}: {says}")

    def line_of(self, path: Sequence[str | int]) -> int:
        """Return the line, from 1, at which the thing at ``path`` ends, or the nearest around it.

        The library keeps every byte but tells no positions; so a comment is put behind the thing, and
        found again in the text.
        """
        document = tomlkit.parse(self._text)
        found: Item | None = None
        at: Any = document
        for part in path:
            try:
                at = at[part]
            except (KeyError, IndexError, TypeError):
                break
            found = at if isinstance(at, Item) else found
        if found is None:
            return 1
        found.trivia.comment = _MARK
        before, mark, _ = document.as_string().partition(_MARK)
        return before.count("\n") + 1 if mark else 1

    def _not_toml(self, message: str) -> SettingsError:
        at = _AT.search(message)
        line = at[1] if at and at[1] else str(self._text.count("\n") + 1)
        return SettingsError(f"{self._name} line {line}: not TOML: {_AT.sub('', message).lower()}")
