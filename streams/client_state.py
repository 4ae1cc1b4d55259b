"""What the Kafka client below Faust knows and does not say: read off its state, in its own thread."""

from __future__ import annotations

from typing import Any

from streams.chunk_worker import Partition


def spare_record_objects(fetcher: Any) -> None:
    """Let what was fetched be handed out as the decoder gives it, without a second object per record.

    The decoder's records have the attributes of ``streams.chunk.FetchedRecord``. Results that arrive
    later come as aiokafka's own ``ConsumerRecord``, which has them too.
    """
    for result in fetcher._records.values():
        unpacking = getattr(result, "_partition_records", None)
        if unpacking is not None:
            unpacking._consumer_record = _as_decoded


def _as_decoded(_partition: Any, record: Any) -> Any:
    return record


def positions(assignment: Any) -> dict[Partition, int]:
    """Return where each partition's reader stands: the next offset to read."""
    tps = () if assignment is None else assignment.tps
    states = ((tp, assignment.state_value(tp)) for tp in tps)
    return {(tp.topic, tp.partition): state.position for tp, state in states if state.has_valid_position}


def heard(assignment: Any) -> tuple[dict[Partition, int], float]:
    """Return the ends of logs, as fetches brought them, and when the broker last answered one.

    Nothing else tells the end: the embedded broker's answer to a question for it is wrong.
    """
    tps = () if assignment is None else assignment.tps
    states = {tp: assignment.state_value(tp) for tp in tps}
    ends: dict[Partition, int] = {
        (tp.topic, tp.partition): state.highwater
        for tp, state in states.items()
        if state.highwater is not None
    }
    return ends, max((state.timestamp or 0 for state in states.values()), default=0) / 1000
