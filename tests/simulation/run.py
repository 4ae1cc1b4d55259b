"""One seed, from an empty warehouse to its verdict."""

from __future__ import annotations

import tempfile
from pathlib import Path

from tests.simulation.engine import Engine
from tests.simulation.parts import Variant
from tests.simulation.world import World


class Failed(AssertionError):  # noqa: N818 - the word of a test
    """A run in which a law was broken; says how to see it again."""


def simulate(engine: Engine, seed: int, *, actions: int = 0, variant: Variant | None = None) -> World:
    """Run one seed and return the world it ended in.

    Raises:
        Failed: with the seed, what went wrong, and the last things that happened.
    """
    engine.empty()
    with tempfile.TemporaryDirectory(prefix="simulation-") as folder:
        world = World(engine, seed, Path(folder), variant or Variant())
        try:
            world.run(actions or 120 + seed % 5 * 40)
        except (AssertionError, LookupError) as error:
            story = "\n  ".join(world.trace)
            raise Failed(
                f"seed {seed}: {type(error).__name__}: {error}\n"
                f"again: python -m tests.simulation --from {seed} --seeds 1\n"
                f"the last things that happened:\n  {story}"
            ) from error
    return world
