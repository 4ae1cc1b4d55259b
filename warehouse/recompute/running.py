"""The recompute as a process."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import structlog

from domain.errors import Transient
from domain.vitals import Drained, Vitals
from warehouse.client import Client, connect
from warehouse.recompute.config import RecomputeConfig
from warehouse.recompute.housekeeping import delete_done
from warehouse.recompute.lease import Lease, LeaseLost
from warehouse.recompute.measuring import StepMeter
from warehouse.recompute.stepping import Hook, Recompute, no_hook

_FIRST_WAIT, _LONGEST_WAIT = 0.1, 5.0


def run(
    config: RecomputeConfig,
    stop: threading.Event,
    on_ready: Callable[[], None],
    hook: Hook = no_hook,
    vitals: Vitals | None = None,
) -> None:
    """Recompute the cells that ``dirty`` names until ``stop``.

    The newest process takes the lease at once; an older one that finds itself outdone stands by, and
    takes it again when it is no longer renewed. An absent ClickHouse is waited for.

    Args:
        config: where and how often.
        stop: ends it, after the step in hand.
        on_ready: called once, when it holds the lease.
        hook: called between the parts of a step.
        vitals: is told how the recompute does.

    Raises:
        Terminal: a statement, a user or the schema is at fault.
    """
    vitals = vitals or Vitals()
    meter = StepMeter(vitals)
    _keep_recomputing(config, stop, on_ready, hook, meter)
    vitals.drained(Drained(meter.in_hand))


def _keep_recomputing(
    config: RecomputeConfig,
    stop: threading.Event,
    on_ready: Callable[[], None],
    hook: Hook,
    meter: StepMeter,
) -> None:
    log = structlog.get_logger(__name__)
    wait = _FIRST_WAIT
    client: Client | None = None
    waiting = [on_ready]
    standby = False
    attempt = 0
    while not stop.is_set():
        attempt += 1
        meter.reaching(attempt)
        try:
            client = client or connect(
                config.url,
                config.user,
                config.password,
                clustered=config.clustered,
                name="wijkbeeld-recompute",
            )
            lease = Lease(client)
            if not standby or lease.is_abandoned(config.takeover):
                lease.take()
                log.info("lease_taken", term=lease.term)
                if waiting:
                    waiting.pop()()
                wait = _FIRST_WAIT
                meter.holding(True)
                _hold(config, client, lease, stop, hook, meter)
                break
            meter.holding(False)
            stop.wait(config.renewal.total_seconds())
        except LeaseLost:
            log.warning("lease_lost")
            meter.idle()
            meter.holding(False)
            standby = True
        except Transient as error:
            log.warning("warehouse_away", error=str(error), wait=wait)
            meter.idle()
            meter.reaching(attempt)
            stop.wait(wait)
            wait = min(2 * wait, _LONGEST_WAIT)
    if client is not None:
        client.close()


def _hold(
    config: RecomputeConfig,
    client: Client,
    lease: Lease,
    stop: threading.Event,
    hook: Hook,
    meter: StepMeter,
) -> None:
    recompute = Recompute(client, lease, config.max_marks, hook, meter, config.history_marks)
    renewed = cleaned = time.monotonic()
    while not stop.is_set():
        began = time.monotonic()
        recompute.step()
        took = time.monotonic() - began
        if began - renewed > config.renewal.total_seconds():
            lease.renew()
            renewed = began
        if began - cleaned > config.housekeeping.total_seconds():
            delete_done(client, config.keep_done)
            cleaned = began
        stop.wait(config.pause(took))
