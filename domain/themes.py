"""The closed list of safety themes that every source is mapped to, and the severity scale."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from types import MappingProxyType


class Severity(IntEnum):
    """How grave an event is for the wijk; the scale is shared by all sources."""

    TRIVIAL = 1
    MINOR = 2
    MODERATE = 3
    SERIOUS = 4
    CRITICAL = 5


class Theme(StrEnum):
    """A safety theme. The value is what is stored and queried."""

    BRAND = "brand"
    AUTOMATISCH_ALARM = "automatisch-alarm"
    VERKEERSONGEVAL = "verkeersongeval"
    MEDISCHE_HULP = "medische-hulp"
    HULPVERLENING = "hulpverlening"
    GEVAARLIJKE_STOFFEN = "gevaarlijke-stoffen"
    WEER_EN_WATER = "weer-en-water"
    GEWELD = "geweld"
    ROOF_EN_OVERVAL = "roof-en-overval"
    WONINGINBRAAK = "woninginbraak"
    DIEFSTAL = "diefstal"
    VERNIELING = "vernieling"
    DRUGS = "drugs"
    JONGERENOVERLAST = "jongerenoverlast"
    PERSONENOVERLAST = "personenoverlast"
    GELUIDSOVERLAST = "geluidsoverlast"
    VUURWERK = "vuurwerk"
    VERKEERSOVERLAST = "verkeersoverlast"
    MILIEU = "milieu"
    NALEVING = "naleving"
    CYBERCRIME = "cybercrime"
    HUISELIJK_GEWELD = "huiselijk-geweld"
    ZEDEN = "zeden"
    SOCIALE_STABILITEIT = "sociale-stabiliteit"
    OVERIG = "overig"


@dataclass(frozen=True, slots=True)
class ThemeInfo:
    """What is known of a theme.

    Attributes:
        label_nl: label shown to people.
        label_en: the same in English.
        severity: severity of an event whose source gives none.
        sensitive: counted for the whole gemeente only, never per wijk.
    """

    label_nl: str
    label_en: str
    severity: Severity
    sensitive: bool = False


THEMES: Mapping[Theme, ThemeInfo] = MappingProxyType(
    {
        Theme.BRAND: ThemeInfo("Brand", "Fire", Severity.SERIOUS),
        Theme.AUTOMATISCH_ALARM: ThemeInfo("Automatisch alarm", "Automatic alarm", Severity.MINOR),
        Theme.VERKEERSONGEVAL: ThemeInfo("Verkeersongeval", "Road accident", Severity.SERIOUS),
        Theme.MEDISCHE_HULP: ThemeInfo("Medische hulp", "Medical assistance", Severity.MODERATE),
        Theme.HULPVERLENING: ThemeInfo("Hulpverlening", "Rescue and assistance", Severity.MODERATE),
        Theme.GEVAARLIJKE_STOFFEN: ThemeInfo(
            "Gevaarlijke stoffen", "Hazardous materials", Severity.SERIOUS
        ),
        Theme.WEER_EN_WATER: ThemeInfo("Weer en water", "Weather and water", Severity.MINOR),
        Theme.GEWELD: ThemeInfo("Geweld", "Violence", Severity.SERIOUS),
        Theme.ROOF_EN_OVERVAL: ThemeInfo("Roof en overval", "Robbery", Severity.CRITICAL),
        Theme.WONINGINBRAAK: ThemeInfo("Woninginbraak", "Domestic burglary", Severity.SERIOUS),
        Theme.DIEFSTAL: ThemeInfo("Diefstal", "Theft", Severity.MODERATE),
        Theme.VERNIELING: ThemeInfo("Vernieling", "Vandalism", Severity.MINOR),
        Theme.DRUGS: ThemeInfo("Drugs", "Drugs", Severity.MODERATE),
        Theme.JONGERENOVERLAST: ThemeInfo("Jongerenoverlast", "Youth nuisance", Severity.MINOR),
        Theme.PERSONENOVERLAST: ThemeInfo("Overlast door personen", "Public nuisance", Severity.MINOR),
        Theme.GELUIDSOVERLAST: ThemeInfo(
            "Geluids- en burenoverlast", "Noise and neighbour nuisance", Severity.TRIVIAL
        ),
        Theme.VUURWERK: ThemeInfo("Vuurwerk", "Fireworks", Severity.MINOR),
        Theme.VERKEERSOVERLAST: ThemeInfo("Verkeersoverlast", "Traffic nuisance", Severity.TRIVIAL),
        Theme.MILIEU: ThemeInfo("Milieu en afval", "Environment and waste", Severity.TRIVIAL),
        Theme.NALEVING: ThemeInfo("Naleving en toezicht", "Compliance and inspection", Severity.MINOR),
        Theme.CYBERCRIME: ThemeInfo("Cybercrime", "Cybercrime", Severity.MODERATE),
        Theme.HUISELIJK_GEWELD: ThemeInfo(
            "Huiselijk geweld", "Domestic violence", Severity.SERIOUS, sensitive=True
        ),
        Theme.ZEDEN: ThemeInfo("Zeden", "Sexual offences", Severity.CRITICAL, sensitive=True),
        Theme.SOCIALE_STABILITEIT: ThemeInfo(
            "Sociale stabiliteit", "Social stability", Severity.MODERATE, sensitive=True
        ),
        Theme.OVERIG: ThemeInfo("Overig", "Other", Severity.MINOR),
    }
)
"""Every theme with its labels, default severity and sensitivity. A sensitive theme has numbers
so small that a count per wijk could point at a person."""
