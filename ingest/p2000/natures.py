"""The closed table of natures: the words with which a page says what is going on, and what they mean.

A page's category is one of ``CATEGORIES`` and nothing else; text that matches no phrase is ``onbekend``.
What a page says of a patient is coarsened on purpose: every medical call of the fire service is
``assistentie-ambulance``, every ambulance and trauma page is only that (see ``docs/sources/p2000.md``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from domain.themes import Severity, Theme

UNKNOWN = "onbekend"


@dataclass(frozen=True, slots=True)
class Nature:
    """What a category stands for.

    Attributes:
        theme: our theme; None where the page does not say what is going on.
        severity: None takes the theme's own.
    """

    theme: Theme | None
    severity: Severity | None = None


_TRIVIAL, _MINOR, _MODERATE = Severity.TRIVIAL, Severity.MINOR, Severity.MODERATE
_SERIOUS, _CRITICAL = Severity.SERIOUS, Severity.CRITICAL

CATEGORIES: Mapping[str, Nature] = MappingProxyType(
    {
        UNKNOWN: Nature(None),
        "brand-woning": Nature(Theme.BRAND, _SERIOUS),
        "brand-gebouw": Nature(Theme.BRAND, _SERIOUS),
        "brand-bijgebouw": Nature(Theme.BRAND, _MODERATE),
        "brand-voertuig": Nature(Theme.BRAND, _MODERATE),
        "brand-schip": Nature(Theme.BRAND, _SERIOUS),
        "brand-natuur": Nature(Theme.BRAND, _MODERATE),
        "brand-buiten": Nature(Theme.BRAND, _MINOR),
        "brand-gerucht": Nature(Theme.BRAND, _MINOR),
        "brand-nacontrole": Nature(Theme.BRAND, _TRIVIAL),
        "brand-overig": Nature(Theme.BRAND, _MODERATE),
        "automatisch-alarm": Nature(Theme.AUTOMATISCH_ALARM),
        "co-melder": Nature(Theme.AUTOMATISCH_ALARM),
        "ongeval-letsel": Nature(Theme.VERKEERSONGEVAL),
        "ongeval-materieel": Nature(Theme.VERKEERSONGEVAL, _MINOR),
        "ongeval-spoor": Nature(Theme.HULPVERLENING, _SERIOUS),
        "ongeval-lucht": Nature(Theme.HULPVERLENING, _CRITICAL),
        "assistentie-ambulance": Nature(Theme.MEDISCHE_HULP, _MINOR),
        "ambulance": Nature(Theme.MEDISCHE_HULP),
        "traumaheli": Nature(Theme.MEDISCHE_HULP, _SERIOUS),
        "assistentie-politie": Nature(Theme.HULPVERLENING, _MODERATE),
        "assistentie-brandweer": Nature(Theme.HULPVERLENING, _MINOR),
        "hulpverlening": Nature(Theme.HULPVERLENING),
        "liftopsluiting": Nature(Theme.HULPVERLENING, _TRIVIAL),
        "buitensluiting": Nature(Theme.HULPVERLENING, _TRIVIAL),
        "dier-in-nood": Nature(Theme.HULPVERLENING, _TRIVIAL),
        "dienstverlening": Nature(Theme.HULPVERLENING, _TRIVIAL),
        "persoon-te-water": Nature(Theme.HULPVERLENING, _SERIOUS),
        "persoon-in-nood": Nature(Theme.HULPVERLENING, _SERIOUS),
        "schip-in-nood": Nature(Theme.HULPVERLENING, _MODERATE),
        "instorting": Nature(Theme.HULPVERLENING, _SERIOUS),
        "uitval-nutsvoorziening": Nature(Theme.HULPVERLENING, _MINOR),
        "vermissing": Nature(Theme.HULPVERLENING, _MODERATE),
        "gaslucht": Nature(Theme.GEVAARLIJKE_STOFFEN, _MODERATE),
        "gaslekkage": Nature(Theme.GEVAARLIJKE_STOFFEN, _MODERATE),
        "stank": Nature(Theme.GEVAARLIJKE_STOFFEN, _MINOR),
        "koolmonoxide": Nature(Theme.GEVAARLIJKE_STOFFEN, _SERIOUS),
        "gevaarlijke-stof": Nature(Theme.GEVAARLIJKE_STOFFEN),
        "stormschade": Nature(Theme.WEER_EN_WATER),
        "wateroverlast": Nature(Theme.WEER_EN_WATER),
        "steekincident": Nature(Theme.GEWELD, _CRITICAL),
        "schietincident": Nature(Theme.GEWELD, _CRITICAL),
        "explosie": Nature(Theme.GEWELD, _CRITICAL),
        "mishandeling": Nature(Theme.GEWELD),
        "vechtpartij": Nature(Theme.GEWELD, _MODERATE),
        "bedreiging": Nature(Theme.GEWELD, _MODERATE),
        "openbare-orde": Nature(Theme.GEWELD, _MODERATE),
        "overval": Nature(Theme.ROOF_EN_OVERVAL),
        "straatroof": Nature(Theme.ROOF_EN_OVERVAL, _SERIOUS),
        "woninginbraak": Nature(Theme.WONINGINBRAAK),
        "inbraak-bedrijf": Nature(Theme.DIEFSTAL),
        "diefstal": Nature(Theme.DIEFSTAL),
        "vernieling": Nature(Theme.VERNIELING),
        "drugs": Nature(Theme.DRUGS),
        "overlast-jeugd": Nature(Theme.JONGERENOVERLAST),
        "overlast-persoon": Nature(Theme.PERSONENOVERLAST),
        "geluidsoverlast": Nature(Theme.GELUIDSOVERLAST),
        "vuurwerk": Nature(Theme.VUURWERK),
        "verkeershinder": Nature(Theme.VERKEERSOVERLAST),
        "huiselijk-geweld": Nature(Theme.HUISELIJK_GEWELD),
        "zeden": Nature(Theme.ZEDEN),
    }
)
"""Every category of a page that counts, with its theme and severity."""

# Phrases by category, separated by "|".
_BY_CATEGORY: Mapping[str, str] = MappingProxyType(
    {
        "brand-woning": "br woning | brand woning | woningbrand | br wonen | gebouwbrand woning",
        "brand-gebouw": (
            "br bijeenkomst | br gezondheidszorg | br industrie | br onderwijs | br winkel | br "
            "kantoor | br horeca | br gebouw | br sport | br logies | br cel | br agrarisch | "
            "brand gebouw | gebouwbrand | brand industrie | industriebrand | winkelbrand"
        ),
        "brand-bijgebouw": (
            "br bijgebouw | brand bijgebouw | schuurbrand | schoorsteenbrand | br schoorsteen | "
            "garagebrand"
        ),
        "brand-voertuig": (
            "br wegvervoer | brand wegvervoer | wegvervoerbrand | autobrand | voertuigbrand | br "
            "voertuig | scooterbrand | brand auto"
        ),
        "brand-schip": "br scheepvaart | br vaartuig | scheepsbrand | brand schip",
        "brand-natuur": "br natuur | natuurbrand | bosbrand | heidebrand | br bos | br heide",
        "brand-buiten": (
            "br buiten | br afval | br container | br berm-/bosschage | br berm | buitenbrand | "
            "containerbrand | afvalbrand | bermbrand | brand buiten"
        ),
        "brand-gerucht": "br gerucht | brandgerucht | brand gerucht",
        "brand-nacontrole": "br nacontrole | nacontrole | brand nacontrole",
        "brand-overig": "br | brand",
        "automatisch-alarm": (
            "oms | oms brandmelding | oms handmelder | oms br beheerssyst. | oms gev. stof | pac "
            "brandmelding | pac | handmelder | luid/optisch al. | luid/optisch alarm | "
            "luid/optisch | rookmelder | automatisch brandalarm | brandmelding | autom. "
            "brandalarm | brandmeldinstallatie"
        ),
        "co-melder": "co-melder | co melder | oms co-melder | koolmonoxidemelder",
        "ongeval-letsel": (
            "aanrijding letsel | hv weg letsel | hv letsel | hv weg | hv wegvervoer | ongeval "
            "wegvervoer | ongeval wegvervoer letsel | ongeval/wegvervoer/letsel | ongeval weg | "
            "ongeval letsel | beknelling | hv weg beknelling | aanrijding beknelling | ongeval "
            "met letsel | aanrijding dodelijk"
        ),
        "ongeval-materieel": (
            "aanrijding materieel | aanrijding | ongeval wegvervoer materieel | hv weg materieel "
            "| ongeval/wegvervoer/materieel | doorrijding na ongeval"
        ),
        "ongeval-spoor": (
            "hv spoor | ongeval spoor | ongeval spoorvervoer | hv spoorvervoer | aanrijding spoor "
            "| aanrijding trein | br spoorvervoer"
        ),
        "ongeval-lucht": "hv luchtvaart | ongeval luchtvaart | vliegtuigongeval | vliegtuigbrand",
        "assistentie-ambulance": (
            "ass. ambu | ass. ambu tilassistentie | ass. ambu afhijsen | ass. ambu "
            "tilassistentie, afhijsen | ass. ambu afhijsen, tilassistentie | gezondheid "
            "tilassistentie | ass ambu | ass. ambulance | assistentie ambulance | ass. ambu. | "
            "afhijsen | tilassistentie | gezondheid | reanimatie | hv afhijsen | dv brw "
            "tilassistentie | til assistentie | onwelwording | ass. ghor"
        ),
        "assistentie-politie": "ass. pol | ass. pol. | ass pol | ass. politie | assistentie politie",
        "assistentie-brandweer": (
            "ass. | ass. 1 ts | ass. ts | assistentie | ass. brw | assistentie brandweer | "
            "ophalen scherm"
        ),
        "hulpverlening": (
            "hv | hv materieel | hv overig | hulpverlening | hulpverlening algemeen | hv algemeen "
            "| hv mens | hv techniek"
        ),
        "liftopsluiting": "liftopsluiting | opsluiting lift | hv lift | persoon in lift",
        "buitensluiting": "buitensluiting | deur openen | openen deur",
        "dier-in-nood": "dier in problemen | dier in nood | dier te water | hv dier | dier",
        "dienstverlening": (
            "dienstverlening | dv | dv aan derden | dv brw | dv vervuild wegdek | vervuild wegdek "
            "| reinigen wegdek | wegdek reinigen"
        ),
        "persoon-te-water": (
            "persoon te water | persoon in water | drenkeling | waterongeval | hv water | "
            "voertuig te water | auto te water"
        ),
        "persoon-in-nood": (
            "persoon in nood | persoon in problemen | persoon op hoogte | springer | persoon op "
            "spoor | hv persoon"
        ),
        "schip-in-nood": (
            "schip/watersp. probl | schip in nood | scheepvaart | hv scheepvaart | ongeval "
            "scheepvaart | schip/watersp."
        ),
        "instorting": "instorting | instortingsgevaar | hv instorting",
        "uitval-nutsvoorziening": "uitval nutsvoorz. | uitval nutsvoorziening | stroomstoring",
        "vermissing": "vermissing | vermist persoon | vermist kind | persoon vermist",
        "gaslucht": (
            "stank/hind. lucht gaslucht | stank/hind. lucht gaslucht binnen | stank/hind. lucht "
            "gaslucht buiten | gaslucht | stank gaslucht"
        ),
        "gaslekkage": (
            "hv overig gaslekkage | hv gaslekkage | gaslekkage | gaslek | lekkage gas | gasbreuk"
        ),
        "stank": (
            "stank/hind. lucht | stank/hinderlijke lucht | stank | hinderlijke lucht | vreemde "
            "lucht | stank/hind. lucht vreemde lucht"
        ),
        "koolmonoxide": "hv overig koolmonoxide | koolmonoxide | co vergiftiging",
        "gevaarlijke-stof": (
            "gev. stof | gev.stof | gevaarlijke stof | gevaarlijke stoffen | ongeval gev. stoffen "
            "| hv gev. stof | lekkage | aantref. milieu gev.stof | milieu | ongeval gevaarlijke "
            "stoffen | bodemverontreiniging"
        ),
        "stormschade": "stormschade | storm | omgewaaide boom | boom op weg",
        "wateroverlast": "wateroverlast | overstroming | waterschade",
        "steekincident": "steekincident | steekpartij",
        "schietincident": "schietincident | schietpartij | schieten",
        "explosie": "explosie | plofkraak | explosief | verdacht pakket",
        "mishandeling": "mishandeling | geweld tegen persoon",
        "vechtpartij": "vechtpartij | ruzie | ruzie/twist | twist",
        "bedreiging": "bedreiging | persoon met wapen | vuurwapen | persoon met mes",
        "openbare-orde": "openlijke geweldpleging | ordeverstoring | verstoring openbare orde",
        "overval": "overval | overval bedrijf | overval woning | overval winkel | woningoverval",
        "straatroof": "straatroof | beroving | roof",
        "woninginbraak": "inbraak woning | woninginbraak | inbraak",
        "inbraak-bedrijf": (
            "inbraak bedrijf/instelling | inbraak bedrijf | inbraak winkel | inbraak school | "
            "bedrijfsinbraak"
        ),
        "diefstal": "diefstal | winkeldiefstal | zakkenrollerij | diefstal voertuig | heling",
        "vernieling": "vernieling | vandalisme",
        "drugs": "drugs | drugslab | drugsafval | hennep | hennepkwekerij",
        "overlast-jeugd": "overlast jeugd | jeugdoverlast | overlast jongeren",
        "overlast-persoon": (
            "overlast persoon | overlast | verdacht persoon | overlast zwerver | verdachte situatie"
        ),
        "geluidsoverlast": "geluidsoverlast | burengerucht | overlast geluid",
        "vuurwerk": "vuurwerk | overlast vuurwerk | vuurwerkoverlast",
        "verkeershinder": (
            "verkeershinder | voertuig op weg | verkeersstremming | spookrijder | gevaarlijke "
            "situatie weg"
        ),
        "huiselijk-geweld": (
            "huiselijk geweld | huiselijke twist | mishandeling huiselijk | kindermishandeling"
        ),
        "zeden": "zeden | zedenmisdrijf | aanranding | verkrachting | schennis",
    }
)

PHRASES: Mapping[str, str] = MappingProxyType(
    {
        phrase.strip(): category
        for category, phrases in _BY_CATEGORY.items()
        for phrase in phrases.split("|")
    }
)
"""Category by phrase, lower case, as it stands at the start of a page after priority and talk group."""

_LONGEST = max(len(phrase.split()) for phrase in PHRASES)


def match_nature(words: tuple[str, ...]) -> tuple[str, int]:
    """Return the category of the longest phrase that ``words`` start with, and its number of words.

    ``(UNKNOWN, 0)`` when no phrase fits.
    """
    for size in range(min(_LONGEST, len(words)), 0, -1):
        phrase = " ".join(words[:size])
        category = PHRASES.get(phrase) or PHRASES.get(phrase.rstrip(",:;"))
        if category:
            return category, size
    return UNKNOWN, 0
