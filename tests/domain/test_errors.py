"""The error tree: what its docstring draws is what the classes are."""

from __future__ import annotations

import inspect
import re
from datetime import timedelta

import pytest

from domain import errors
from domain.errors import CodecError, Terminal, Transient, WijkbeeldError


def _drawn() -> dict[str, str | None]:
    """Return parent by name, as the tree in the module's docstring draws it."""
    parents: dict[str, str | None] = {}
    above: list[str] = []
    for line in (inspect.getdoc(errors) or "").splitlines():
        match = re.fullmatch(r" {4}(?P<branch>[|+\- ]*)(?P<name>[A-Z]\w+)(?: {2,}.*)?", line)
        if match is None:
            continue
        depth = len(match["branch"]) // 4
        above[depth:] = [match["name"]]
        parents[match["name"]] = above[depth - 1] if depth else None
    return parents


def _defined() -> dict[str, str | None]:
    return {
        name: cls.__bases__[0].__name__ if cls is not WijkbeeldError else None
        for name, cls in vars(errors).items()
        if inspect.isclass(cls) and cls.__module__ == errors.__name__
    }


def test_the_tree_in_the_docstring_is_the_tree_of_classes() -> None:
    assert len(_drawn()) > 5
    assert _drawn() == _defined()


def test_every_error_is_terminal_or_transient_and_never_both() -> None:
    for name in _defined().keys() - {"WijkbeeldError"}:
        cls = getattr(errors, name)
        assert issubclass(cls, Terminal) != issubclass(cls, Transient), name


@pytest.mark.parametrize("name", sorted(_defined().keys() - {"CodecError"}))
def test_the_message_is_what_was_given(name: str) -> None:
    assert str(getattr(errors, name)("port 8123 is in use")) == "port 8123 is in use"


def test_a_transient_error_says_how_long_to_wait_where_known() -> None:
    assert Transient("away").retry_after is None
    assert Transient("away", timedelta(seconds=30)).retry_after == timedelta(seconds=30)


def test_a_codec_error_names_field_and_code() -> None:
    assert str(CodecError("data.theme", "missing")) == "not an event: field data.theme is missing"
    assert str(CodecError("", "json_invalid")) == "not an event: field (whole record) is json_invalid"
