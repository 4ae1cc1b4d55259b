"""``python -m tests.simulation --seeds 1000 --from 0``: any number of seeds, from any."""

from __future__ import annotations

import argparse
import sys
import time

from tests.simulation.patience import running_engine, without_waiting
from tests.simulation.run import Failed, simulate


def main() -> int:
    """Run the seeds; return 1 if one failed."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--seeds", type=int, default=200, help="how many (default: 200)")
    parser.add_argument("--from", dest="first", type=int, default=0, help="the first one (default: 0)")
    given = parser.parse_args()
    failed, began = [], time.monotonic()
    deaths = 0
    with running_engine() as engine, without_waiting():
        for number, seed in enumerate(range(given.first, given.first + given.seeds), 1):
            try:
                deaths += simulate(engine, seed).around.ledger.deaths
            except Failed as failure:
                failed.append(seed)
                sys.stdout.write(f"\n{failure}\n")
            spent = time.monotonic() - began
            sys.stdout.write(
                f"\r{number}/{given.seeds} seeds, {len(failed)} failed, {deaths} deaths, "
                f"{spent / number:.2f} s per seed "
            )
            sys.stdout.flush()
    sys.stdout.write("\n")
    if failed:
        sys.stdout.write(f"failed: {', '.join(map(str, failed))}\n")
        sys.stdout.write(f"again: python -m tests.simulation --from {failed[0]} --seeds 1\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
