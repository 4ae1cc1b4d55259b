"""From a type of record in DATEX II to a term and a theme of ours, by a closed list.

https://docs.datex2.eu (SituationPublication, versions 2 and 3 have the same type names).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from domain.themes import Theme


class RoadKind(NamedTuple):
    """A term of the closed list, and the theme it stands for."""

    term: str
    theme: Theme


KINDS: Mapping[str, RoadKind] = MappingProxyType(
    {
        "Accident": RoadKind("ongeval", Theme.VERKEERSONGEVAL),
        "VehicleObstruction": RoadKind("voertuig-op-de-weg", Theme.VERKEERSOVERLAST),
        "GeneralObstruction": RoadKind("versperring", Theme.VERKEERSOVERLAST),
        "AnimalPresenceObstruction": RoadKind("dier-op-de-weg", Theme.VERKEERSOVERLAST),
        "EnvironmentalObstruction": RoadKind("natuur-op-de-weg", Theme.WEER_EN_WATER),
        "InfrastructureDamageObstruction": RoadKind("schade-aan-de-weg", Theme.VERKEERSOVERLAST),
        "PoorEnvironmentConditions": RoadKind("slecht-weer", Theme.WEER_EN_WATER),
        "WeatherRelatedRoadConditions": RoadKind("gladheid", Theme.WEER_EN_WATER),
        "NonWeatherRelatedRoadConditions": RoadKind("glad-wegdek", Theme.VERKEERSOVERLAST),
        "DisturbanceActivity": RoadKind("verstoring", Theme.OVERIG),
    }
)
"""Records that are incidents. Queues, works, closures, signs and detours are what follows from one, or
planned: they are left out."""
