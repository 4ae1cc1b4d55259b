"""Token buckets."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.gateway.clients import Client
from ingest.gateway.rates import Rates
from tests.ingest.gateway.serving import CLIENT
from tests.support.vitals import TurnedMonotonic


def client(rate: float, burst: int, name: str = "sensoren") -> Client:
    return CLIENT.model_copy(update={"rate": rate, "burst": burst, "name": name})


def test_a_burst_is_taken_and_then_the_rate() -> None:
    clock = TurnedMonotonic()
    rates, one = Rates(clock), client(2.0, 10)

    assert [rates.take(one, 1) for _ in range(10)] == [None] * 10
    assert rates.take(one, 1) == pytest.approx(0.5)
    clock.now += 0.5
    assert rates.take(one, 1) is None
    assert rates.take(one, 4) == pytest.approx(2.0)
    clock.now += 2.0
    assert rates.take(one, 4) is None


def test_who_asks_without_rest_gets_the_rate_all_the_same() -> None:
    clock = TurnedMonotonic()
    rates, one = Rates(clock), client(20.0, 20)
    taken = 0
    for _ in range(10_000):
        clock.now += 0.001
        if rates.wait(one) is None and rates.take(one, 20) is None:
            taken += 20
    assert taken == 20 + 9 * 20


def test_a_fault_costs_one_and_never_more_than_there_is() -> None:
    clock = TurnedMonotonic()
    rates, one = Rates(clock), client(1.0, 2)
    for _ in range(3):
        rates.charge(one)
    assert rates.wait(one) == pytest.approx(1.0)
    clock.now += 1.0
    assert rates.wait(one) is None


def test_each_client_has_its_own() -> None:
    rates = Rates(TurnedMonotonic())
    assert rates.take(client(1.0, 1), 1) is None
    assert rates.take(client(1.0, 1), 1) is not None
    assert rates.take(client(1.0, 1, "other"), 1) is None


@given(
    st.floats(0.5, 100),
    st.integers(1, 50),
    st.lists(st.tuples(st.floats(0, 3), st.integers(1, 50)), max_size=60),
)
def test_never_more_than_burst_and_rate(rate: float, burst: int, asked: list[tuple[float, int]]) -> None:
    clock = TurnedMonotonic()
    rates, one = Rates(clock), client(rate, burst)
    began, taken = clock.now, 0
    for pause, n in asked:
        clock.now += pause
        wait = rates.take(one, min(n, burst))
        if wait is None:
            taken += min(n, burst)
        else:
            assert wait > 0
        assert taken <= burst + (clock.now - began) * rate + 1e-6
