"""The time of a page from the FLEX frame that carried it.

FLEX counts an hour in 15 cycles of 128 frames of 1.875 s, on the network's clock. P2000's clock is
that of GPS, which does not insert leap seconds and has been 18 s ahead of UTC since 2017: the
frames of received lines lie 17 to 18 s behind the time that their receiver printed.
"""

from __future__ import annotations

from datetime import datetime, timedelta

_CYCLE_S = 240.0
_FRAME_S = 1.875
_CYCLES, _FRAMES = 15, 128
_GPS_AHEAD_S = 18.0
_EARLY = timedelta(seconds=60)
_HOUR = timedelta(hours=1)


def frame_moment(frame: str, now: datetime) -> datetime:
    """Return when a frame was sent, to the second: the last such moment before ``now`` (aware, UTC).

    Args:
        frame: cycle and frame, such as ``12.092``.

    Raises:
        ValueError: there is no such frame.
    """
    cycle, number = (int(part) for part in frame.split("."))
    if cycle >= _CYCLES or number >= _FRAMES:
        raise ValueError("no such frame")
    hour = now.replace(minute=0, second=0, microsecond=0)
    moment = hour + timedelta(seconds=int(cycle * _CYCLE_S + number * _FRAME_S - _GPS_AHEAD_S))
    if moment > now + _EARLY:
        return moment - _HOUR
    return moment + _HOUR if moment + _HOUR <= now + _EARLY else moment
