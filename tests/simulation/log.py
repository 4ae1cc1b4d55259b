"""A Kafka log in memory: topics, partitions, offsets with holes, groups, records on their way."""

from __future__ import annotations

import random
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from domain.errors import BrokerUnavailable
from domain.topics import ACKS, Lane, raw_topic, topic_specs
from ingest.ports import Headers

PARTITIONS = 2
Partition = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Stored:
    """A record in the log; what readers of streams and loader want of one."""

    offset: int
    timestamp: int
    key: bytes | None
    value: bytes
    headers: tuple[tuple[str, bytes], ...]


@dataclass(slots=True)
class OnItsWay:
    """A record that a producer has handed over; the broker has it or not, and says so or not."""

    topic: str
    partition: int
    key: bytes
    value: bytes
    headers: Headers
    is_done: bool = False
    exception: BaseException | None = None


@dataclass(slots=True)
class Group:
    """A consumer group: what it has committed, and which member may commit what."""

    committed: dict[Partition, int] = field(default_factory=dict)
    generation: int = 0
    assigned: dict[str, set[Partition]] = field(default_factory=dict)


class Log:
    """One broker.

    Args:
        dice: decides where holes are and how partitions are shared.
        sources: whose raw topics there are.
        stored: told of every record that is appended.
        committing: asked before a commit is stored: group, partition, offset.
    """

    def __init__(
        self,
        dice: random.Random,
        sources: Iterable[str],
        stored: Callable[[str, Stored], None],
        committing: Callable[[str, Partition, int], None],
    ) -> None:
        self._dice = dice
        self._stored = stored
        self._committing = committing
        self.raw = [raw_topic(source, lane) for source in sources for lane in Lane]
        self._topics = [spec.name for spec in topic_specs(sources)]
        self.clear()

    def clear(self) -> None:
        """Forget everything, as an embedded broker does when it stops."""
        self.records: defaultdict[Partition, list[Stored]] = defaultdict(list)
        self.ends: defaultdict[Partition, int] = defaultdict(int)
        self.groups: defaultdict[str, Group] = defaultdict(Group)
        self.on_their_way: dict[Partition, deque[OnItsWay]] = {}

    def partitions(self, topic: str) -> int:
        """Return how many partitions a topic has."""
        if topic not in self._topics:
            raise BrokerUnavailable(f"no topic {topic}")
        return 1 if topic == ACKS else PARTITIONS

    def append(
        self, topic: str, partition: int, key: bytes | None, value: bytes, headers: Headers
    ) -> None:
        """Store a record, sometimes behind a hole."""
        place = (topic, partition)
        if self._dice.random() < 0.08:
            self.ends[place] += self._dice.randrange(1, 4)
        record = Stored(self.ends[place], 1_790_000_000_000, key, value, tuple(headers))
        self.records[place].append(record)
        self.ends[place] += 1
        self._stored(topic, record)

    def read(self, place: Partition, position: int, limit: int) -> tuple[list[Stored], int]:
        """Return at most ``limit`` records from ``position``, and where reading goes on."""
        found = [record for record in self.records[place] if record.offset >= position]
        if len(found) <= limit:
            return found, self.ends[place]
        return found[:limit], found[limit - 1].offset + 1

    def share(self, group: str, members: Iterable[str]) -> None:
        """Begin a new generation of a group with these members."""
        state = self.groups[group]
        state.generation += 1
        names = list(members)
        state.assigned = {name: set() for name in names}
        for topic in self.topics_of(group):
            for partition in range(PARTITIONS):
                if names:
                    state.assigned[self._dice.choice(names)].add((topic, partition))

    def topics_of(self, group: str) -> list[str]:
        """Return what a group reads."""
        if group.startswith("streams"):
            return self.raw
        return [topic for topic in self._topics if topic not in self.raw and topic != ACKS]

    def commit(self, group: str, member: str, generation: int, offsets: Mapping[Partition, int]) -> bool:
        """Store offsets; False when they come from a member of another generation."""
        state = self.groups[group]
        if generation != state.generation or not offsets.keys() <= state.assigned.get(member, set()):
            return False
        for place, offset in offsets.items():
            self._committing(group, place, offset)
            state.committed[place] = offset
        return True

    def send(self, record: OnItsWay) -> OnItsWay:
        """Take a record on its way; ``arrive`` and its like end that way."""
        self.on_their_way.setdefault((record.topic, record.partition), deque()).append(record)
        return record

    def busy(self) -> list[Partition]:
        """Return the partitions to which something is on its way."""
        return sorted(place for place, queue in self.on_their_way.items() if queue)

    def deliver(self, place: Partition, *, stored: bool, told: bool) -> None:
        """End the way of the first record to a partition.

        Args:
            stored: the broker has it.
            told: and its producer hears of that; else it hears of a failure.
        """
        record = self.on_their_way[place].popleft()
        if stored:
            self.append(record.topic, record.partition, record.key, record.value, record.headers)
        if not (stored and told):
            record.exception = TimeoutError()
        record.is_done = True
