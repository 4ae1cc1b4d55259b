"""How many examples: few while one works, all in the whole run."""

from __future__ import annotations

from hypothesis import settings

_QUICK_SHARE = 4


def examples(whole: int) -> int:
    """Return how many of ``whole`` examples this run tries: all, or a quarter in the quick profile.

    A test that says no number has that of the profile (``tests/conftest.py``).
    """
    return whole if settings.get_current_profile_name() == "thorough" else max(1, whole // _QUICK_SHARE)
