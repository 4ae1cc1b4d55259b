"""The closed lists that a street name may be made of: general words of Dutch street names.

A street leaves the connector only when its last word carries a street suffix itself, and every word
before that one is in these lists. So no object, company or person that stands before a street can
leave with it.
"""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


SUFFIXES: tuple[str, ...] = (
    "straat", "straatje", "weg", "laan", "plein", "singel", "hof", "hofje", "dijk", "kade", "pad",
    "steeg", "markt", "dreef", "baan", "brug", "plaats", "plantsoen", "gracht", "passage", "haven",
    "boulevard", "allee", "wal", "gas",
)  # fmt: skip
"""Endings of a word that make it the name of a street."""

COMMON_WORDS: frozenset[str] = _words(
    """
    aanlegplaats autoweg begraafplaats bouwmarkt bouwplaats busbaan bushaven cargohaven fietspad
    fietsbrug gasthof gerechtshof inham ingang jachthaven kinderplein landweg loopbrug loopring
    luchthaven opslagplaats oprijlaan parkeerplaats parkeerhaven rijbaan ruiterpad schoolplein
    snelweg speelplaats spoorbaan spoorbrug spoordijk spoorweg standplaats startbaan
    stationsplaats supermarkt uitweg vaarweg vindplaats voetpad vluchthaven wasplaats waterweg
    werkplaats winkelpassage zebrapad onderweg ophaalbrug slaapplaats verblijfplaats woonplaats
    geboorteplaats zwembaan ijsbaan bowlingbaan atletiekbaan kartbaan skibaan crossbaan renbaan
    kegelbaan omweg zijweg ventweg hoofdbaan aardgas rookgas lachgas biogas moerasgas propaangas
    butaangas kerstmarkt weekmarkt rommelmarkt vrijmarkt jaarmarkt vlooienmarkt arbeidsmarkt
    kermisplaats
    """
)
"""Words with such an ending that name a thing, not a street."""

PARTICLES: frozenset[str] = _words(
    "van de den der het 't ten ter te in op aan en bij over onder la le du des von zu 's"
)
"""Small words inside or before the name of a street."""

NEVER_FIRST: frozenset[str] = _words("aan en bij over onder te der des la")
"""Particles that no street name starts with."""

ADJECTIVES: frozenset[str] = _words(
    """
    oude nieuwe korte lange grote kleine hoge lage brede smalle verlengde achter voor boven
    beneden eerste tweede derde vierde vijfde zesde noorder zuider ooster wester groene rode witte
    zwarte gouden zilveren blauwe gele vrije open stille halve hele kromme rechte diepe dwarse
    graafse hatertse groesbeekse mookse arnhemse nijmeegse weurtse heumense maldense wijchense
    beuningse ubbergse haagse utrechtse amsterdamse rotterdamse keulse kleefse brabantse gelderse
    hollandse zeeuwse friese limburgse bossche tielse betuwse duivense elster lentse hertogelijke
    koninklijke keizerlijke
    """
)
"""Adjectives and ordinals; with one of them before it, a bare ``markt`` or ``dijk`` is a street."""

TITLES: frozenset[str] = _words(
    """
    st. st sint sinte heilige prof. prof professor dr. dr doctor mr. mr meester ir. ir ingenieur
    drs. ds. ds dominee burg. burg burgemeester wethouder minister generaal gen. kolonel majoor
    kapitein luitenant admiraal commandant maarschalk pater pastoor past. kapelaan kanunnik
    bisschop mgr. mgr monseigneur kardinaal paus deken rector abt broeder zuster moeder frater
    prins prinses koning koningin kon. keizer graaf gravin hertog hertogin baron barones jonkheer
    jonkvrouw jhr. freule ridder vrouwe president senator gouverneur notaris schout meier
    stadhouder
    """
)
"""Titles that names of streets start with."""

GIVEN_NAMES: frozenset[str] = _words(
    """
    aagje aart abel abraham adam adolf adriaan adriana agnes albert alberta alexander alfred
    alfons alida aletta alice alphons ambrosius amalia andreas andries anna anne annie anthony
    anton antoinette antonius anthonie arend arie arnold arnoud august augustinus barbara barend
    bart bartholomeus beatrix benedictus benjamin benno berend bernard bernhard bertha betje betsy
    boudewijn carel carl carolina casper catharina cato charles charlotte chris christiaan
    christina clara claude claudius cor cornelia cornelis daan daniel david derick diederik dina
    dirk dolf dominicus eduard edward egbert eleonora elisabeth eliza ella emma emile emmy
    engelbert erasmus eric ernst esther eugene eva evert felix ferdinand floris fokke frank frans
    franciscus frederik frits fritz geert george gerard gerarda gerhard gerrit gerrie gijsbert
    gijsbrecht godfried govert greta guido guillaume gustaaf hannie hans harry heleen helena
    hendrik hendrika henri henriette henry herman hermanus hieronymus hilda hubert hugo ida
    ignatius isaac jaap jacob jacoba jacobus jacqueline jacques jan janna jannetje janus jeanne
    jeroen jesse joan jochem joannes johan johanna johannes john joost jordaan jos josef joseph
    josephine jozef juliana julius jurriaan karel kees klaas koen koenraad koos laura laurens leo
    leon leonard leonardus leonie lodewijk louis louise lucas lucia ludwig lydia maarten machteld
    manus marcel marcus margaretha margriet maria mariken marie marijke marinus mark martha marten
    martin martinus mary mathilde matthijs maurits max maximiliaan melchior michael michiel mina
    mozes nelson nicolaas niek niels nina olga oscar otto pablo paul paula paulus petra petrus
    philip philips piet pieter pim rembrandt reinier reinoud rembert rene richard rik rob robert
    roelof rosa rudolf rutger saskia sebastiaan sergei servatius simon sofia sophia stefan
    stephanus steve steven susanna suze theo theodora theodorus theresia thomas tine titus tobias
    toon truus ulrich ursula valentijn victor vincent walter wenceslas werner wilhelm wilhelmina
    willem willibrord winston wouter zacharias alfonso isabella marga nicolaus rosalie bertus
    """
)
"""First names that streets are named with. A first name alone identifies nobody."""

DOUBLE_NAMES: frozenset[str] = _words(
    """
    berg burghardt dommer goeman graadt koolemans slotemaker schaeck poldersveldt ruys heuvel
    bijleveld schimmelpenninck loeff lidth kruis kruys gildemeester tellegen dalens berchmans
    rode-kruis hertogs hamer frans-hals huismans eerste-oude nonnen heyden hoven schuylen peter
    slichten haspels oranje verenigde naties kamerlingh onnes curie wibaut cuypers mahler bellamy
    sweelinck tsjaikovski witte maanen jonkerbosch den-heuvel lieve
    """
)
"""Other first words of streets with a name of two words."""

LEADS: frozenset[str] = PARTICLES | ADJECTIVES | TITLES | GIVEN_NAMES | DOUBLE_NAMES
"""Every word that may stand before the last word of a street name."""

NUMBERED_ENDINGS: tuple[str, ...] = (
    "veld", "vert", "horst", "hof", "forst", "kamp", "acker", "huis", "huizen", "broek", "berg", "bos",
)  # fmt: skip
"""Endings of the quarters of which the streets have numbers for names (*malvert 12e straat*)."""

DIRECTIONS: dict[str, str] = {
    "noord": "noord", "zuid": "zuid", "oost": "oost", "west": "west",
    "zu": "zuid", "zui": "zuid", "noor": "noord", "wes": "west",
}  # fmt: skip
"""A direction behind the name; paging cuts some of them short."""

PERSON_MARKERS: frozenset[str] = _words(
    """
    dhr dhr. mevr mevr. mw mw. hr hr. heer meneer mevrouw mijnheer fam fam. familie pt pt. patient
    patiënt naam naam: bewoner bewoonster geb geb. melder melder: bsn bsn: tel: tel.
    """
)
"""Words after which a person may follow; a page with one of them gives no street."""
