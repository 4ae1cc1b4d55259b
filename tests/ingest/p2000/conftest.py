"""Nijmegen, and a feed of any file for it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest

from domain.areas import Municipality
from ingest.p2000.connector import p2000_feed
from ingest.p2000.grammar import Grammar
from ingest.protocol import Connector
from tests.ingest.samples import KEYED
from wijkbeeld.gemeenten import load_municipality

FeedMaker = Callable[..., Connector]


@pytest.fixture(scope="session")
def nijmegen() -> Municipality:
    return load_municipality("nijmegen")


@pytest.fixture(scope="session")
def grammar(nijmegen: Municipality) -> Grammar:
    return Grammar(nijmegen)


@pytest.fixture(scope="session")
def feed(nijmegen: Municipality) -> FeedMaker:
    return partial(p2000_feed, municipality=nijmegen, keyed=KEYED)
