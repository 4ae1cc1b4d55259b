"""From what a source did, and what is expected of it, to a verdict. Pure; every bound is stated here.

How the bounds were chosen, and what they find and leave alone: docs/heartbeat.md.
"""

from __future__ import annotations

import math
from collections import Counter as Tally
from datetime import datetime, timedelta
from statistics import median

from ingest.durations import in_words
from ingest.heartbeat.lateness import Lateness, quantile, share_above
from ingest.heartbeat.learned import Learned, learn
from ingest.heartbeat.verdict import Trouble, Verdict
from ingest.outbox.beats import Beats
from ingest.public_days import PublicDays
from ingest.rhythm import Rhythm

_HOUR = timedelta(hours=1)
_ANSWERS_WITHIN = timedelta(minutes=15)
"""So long a source may be overdue with an answer, where no silence is declared."""

_SILENT_EXPECTED = 25.0
"""As many expected records, times the spread, without one: less than one in a million by chance, also
where records come in bursts."""

_LOOK_BACK = timedelta(weeks=26)

_WINDOWS = tuple(timedelta(hours=n) for n in (1, 3, 6, 12, 24, 72, 168))
_WINDOW_EXPECTED = 20.0
"""A window is judged when so many records are expected in it."""
_FEWER, _FEWER_DEVIATIONS = 0.5, 4.5
_MORE, _MORE_DEVIATIONS = 3.0, 6.0

_LATE_AMONG = 20
"""The newest new events whose lateness is judged."""
_LATE_SHARE = 0.5
_SLOW_AMONG = 3
_SLOW_AFTER = timedelta(seconds=30)
"""So long an answer may take, where nothing is declared."""


def judge(
    beats: Beats, rhythm: Rhythm, now: datetime, days: PublicDays, due_at: datetime | None = None
) -> Verdict:
    """Return the state of a source.

    Args:
        beats: what it did.
        rhythm: what is declared of it.
        now: aware, UTC.
        days: knows the public holidays.
        due_at: when its next answer is due, UTC; None where it is not polled now.
    """
    counts = {start: beat.n for start, beat in beats.hours.items()}
    learned = learn(counts, now, days) if rhythm.learns else None
    late, lateness = _late(beats, rhythm, now)
    found = {
        Trouble.SILENT: _silent(beats, rhythm, learned, now, due_at),
        Trouble.LATE: late,
        Trouble.SLOW: _slow(beats, rhythm),
        **_amount(beats, learned, now),
    }
    troubles = {trouble: line for trouble, line in found.items() if line}
    if Trouble.SILENT in troubles:
        troubles.pop(Trouble.SHRINKING, None)  # the same, said better
    until = _complete_until(beats, lateness, silent=Trouble.SILENT in troubles)
    return Verdict(now, troubles, until, learned is not None, beats.receipt)


def _silent(
    beats: Beats, rhythm: Rhythm, learned: Learned | None, now: datetime, due_at: datetime | None
) -> str:
    answered = beats.caught_up_at or beats.since
    patience = rhythm.silent_after or _ANSWERS_WITHIN
    if now - max(answered, due_at or answered) > patience and now - answered > patience:
        return f"no answer for {in_words(now - answered)}"
    since = max(beats.new_at or beats.since, now - _LOOK_BACK)
    quiet = f"nothing new for {in_words(now - since)}"
    if rhythm.silent_after is not None and now - since > rhythm.silent_after:
        return quiet
    if learned is not None and learned.between(since, now).low >= _SILENT_EXPECTED * learned.spread:
        return quiet
    return ""


def _late(beats: Beats, rhythm: Rhythm, now: datetime) -> tuple[str, timedelta | None]:
    """Return what is said of lateness, and the lateness that "complete until" reckons with."""
    newest = _newest(beats, now)
    usual = _usual_lateness(beats, now)
    bound = rhythm.lateness
    if bound is None and rhythm.learns and usual is not None:
        bound = usual
    allowed = rhythm.lateness if rhythm.lateness is not None else usual
    if bound is None or sum(newest.values()) < _LATE_AMONG:
        return "", allowed
    if share_above(newest, bound.total_seconds()) < _LATE_SHARE:
        return "", allowed
    now_late = timedelta(seconds=quantile(newest, 0.99) or 0.0)
    half = timedelta(seconds=quantile(newest, 0.5) or 0.0)
    text = f"half of the newest are {in_words(half)} late, {in_words(bound)} is expected"
    return text, max(now_late, allowed or now_late)


def _newest(beats: Beats, now: datetime) -> Lateness:
    """Return the lateness of the newest new events, ``_LATE_AMONG`` or more, of a week at most."""
    found: Tally[int] = Tally()
    for start in sorted(beats.hours, reverse=True):
        if start < now - timedelta(days=7) or found.total() >= _LATE_AMONG:
            break
        found.update(beats.hours[start].late)
    return found


def _usual_lateness(beats: Beats, now: datetime) -> timedelta | None:
    """Return the lateness that 99 % of the events of former weeks kept; None without enough of them."""
    found: Tally[int] = Tally()
    for start, beat in beats.hours.items():
        if start < now - timedelta(days=2):
            found.update(beat.late)
    if found.total() < 10 * _LATE_AMONG or now - beats.since < timedelta(weeks=3):
        return None
    seconds = quantile(found, 0.99)
    return None if seconds is None else timedelta(seconds=seconds)


def _slow(beats: Beats, rhythm: Rhythm) -> str:
    bound = rhythm.slow_after or _SLOW_AFTER
    if len(beats.took) < _SLOW_AMONG or median(beats.took) <= bound.total_seconds():
        return ""
    return f"takes {median(beats.took):.0f} s to answer, {in_words(bound)} is expected"


def _amount(beats: Beats, learned: Learned | None, now: datetime) -> dict[Trouble, str]:
    """Judge stretches of whole hours up to now, the shortest first, in which enough is expected."""
    if learned is None:
        return {}
    found: dict[Trouble, str] = {}
    end = now.replace(minute=0, second=0, microsecond=0)
    for window in _WINDOWS:
        hours = [end - _HOUR * n for n in range(1, int(window / _HOUR) + 1)]
        watched = [hour for hour in hours if hour in beats.hours]
        n = sum(beats.hours[hour].n for hour in watched)
        bounds = [learned.hour(hour) for hour in watched]
        low, high = sum(b.low for b in bounds), sum(b.high for b in bounds)
        if _is_few(n, low, learned.spread):
            found.setdefault(Trouble.SHRINKING, f"{n} in {in_words(window)}, {low:.0f} are expected")
        # After a gap a source may bring all of it at once.
        if len(watched) == len(hours) and _is_much(n, high, learned.spread):
            found.setdefault(Trouble.FLOODING, f"{n} in {in_words(window)}, {high:.0f} are expected")
    return found


def _is_few(n: int, low: float, spread: float) -> bool:
    deviation = math.sqrt(low * spread)
    return low >= _WINDOW_EXPECTED and n < _FEWER * low and n < low - _FEWER_DEVIATIONS * deviation


def _is_much(n: int, high: float, spread: float) -> bool:
    deviation = math.sqrt(max(high, 1.0) * spread)
    return n >= _WINDOW_EXPECTED and n > _MORE * high and n > high + _MORE_DEVIATIONS * deviation


def _complete_until(beats: Beats, lateness: timedelta | None, *, silent: bool) -> datetime | None:
    until = beats.caught_up_at
    if silent and until is not None:
        until = None if beats.new_at is None else min(beats.new_at, until)
    return None if until is None or lateness is None else until - lateness
