"""The closed lists by which a name of a person is recognised in a text of lower-case words.

They hold common names of the Netherlands, of every origin, without those that are also ordinary words
(roos, mark, storm). A name outside the lists is recognised by what stands around it; see ``persons``.
"""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


MARKERS: frozenset[str] = _words(
    """
    dhr hr mevr mw mevrouw meneer mijnheer heer fam tav cliënt client patiënt patient pt slachtoffer
    verdachte melder meldster bewoner bewoonster eigenaar eigenaresse contactpersoon achternaam
    voornaam naam genaamd geheten
    """
)
"""Words behind which a person is named."""

WEAK_MARKERS: frozenset[str] = _words(
    """
    hr heer cliënt client patiënt patient pt slachtoffer verdachte melder meldster bewoner
    bewoonster eigenaar eigenaresse contactpersoon naam
    """
)
"""Those that also stand before other words: behind them only what looks like a name is one."""

PARTICLES: frozenset[str] = _words(
    "van de den der het 't ten ter te in op aan von zu du la le el al ben bin ibn da di dos del"
)
"""Small words between the given name and the surname."""

GIVEN_NAMES: frozenset[str] = _words(
    """
    aad aafke aaltje aart abdel abdelkader abdellah abdelaziz abdul abdullah achmed adam adriaan
    adriana ahmed ahmet aisha ali alexander alice alida amber amina amir anass andre andré andries
    angela anita anja anke anna anne annelies annemarie annemieke annie anneke anouk ans antje
    antoinette anton antonio antoon antonius arend arie arjan arjen arnold arthur astrid ayoub aydin
    ayse aziz bahar barbara bart bas bastiaan beatrix ben berend bernard bert bertha bilal bianca
    bjorn boris boudewijn bram brahim brigitte burak can carel carin carla carlijn carlo carlos
    caroline casper catharina cees celine cemal charlotte chantal chris christel christiaan
    christina christine claudia coen corrie cornelia cornelis cynthia daan damian daniel daniela
    daniëlle danielle danny daphne dave david debby dennis derk diana dick diederik dimitri dina
    dirk djamila dominique donald dorien driss ebru eddy edith edwin eelco eefje elif elise
    elisabeth elizabeth ella ellen elly els elske emine emma emre erik erica ernst esmee esmée esra
    esther eva evelien evert ewa faisal farid fatih fatima fatma fatiha femke fenna ferdinand ferry
    fleur floor floris frank frans fred frederik freek frits gabriela geert geertje geertruida
    george gerard gerda gerrit gert gertjan gerben gijs gijsbert greetje grietje guido gul gülsen
    hafid halil hamid hamza hanna hannah hanneke hannie hans harald harm harrie harry hassan hatice
    hein heleen helena hendrik hendrika hendrikus hendrina henk hennie henri herman hicham hilde
    hubert hugo huseyin hussein ibrahim ilse imane imke inge ingeborg ingrid irene iris isa isabel
    ismail ivo jaap jack jacob jacoba jacobus jacqueline jamal jan janna janneke jannes jannie
    jantje jasmijn jasper jean jeannette jelle jenny jeroen jesse jessica jim joanna job jochem joep
    johan johanna johannes john johnny jolanda joost jordy joris josé jose josephine jorrit joyce
    judith julia juliette jurgen jurre kamal karel karim karima karin karina katarzyna kees kelly
    kemal kevin khadija khalid kim klaas klaus koen koenraad krijn krista krystyna kubra lars laura
    laurens leendert lennart leon leonie leyla lianne lidia lieke liesbeth lieve lily linda lisa
    lisanne lodewijk loes lotte louis louise lourens luc lucas lucia ludwig luuk maaike maarten
    madelon magdalena mahmoud maikel manon marc marcel marco margaretha margot margriet maria marian
    marianne marie mariëlle marieke marijke marijn marina marion mariska marjan marjolein marjo
    marleen marlies marloes martijn martin martina martine mary mathijs matthijs maurice maurits max
    mehmet melanie melissa menno merve mia michael michel michelle michiel mieke miep mike mila
    milan miranda mirjam mo mohamed mohammad mohammed monique mounir mourad mustafa murat myrthe
    nabil nadia najat naomi nathalie nicolaas nicole niek niels nienke nina noah nora noor nourdin
    omar oscar osman otto ozlem paul paula pauline pascal patricia patrick peter petra philip
    philippe pieter pieternella piet pim piotr rachid ralf ralph ramazan ramon raymond rebecca remco
    renate rené rene renee renske richard rick rik rinus rita rob robbert robert robin rogier roel
    roelof roland romy ronald ronnie rosa rowan ruben rudolf rutger ruth ruud saar sabine sabrina
    said saïd salim samira samir sami sander sandra sanne sara sarah saskia sebastiaan selma sem
    sevda sharon shirley sibel siebe sietske silvia simone sjaak sjoerd sofie sonja sophie stefan
    stephan stijn suleyman suzan suzanne sven sylvia tamara tanja teun teunis theo theodora
    theodorus thijs thomas tim timo tineke tjeerd tom tomasz ton toon trijntje truus tuğba ursula
    ulrike valerie vera veronique victor vincent walter wendy wessel wieke wil wilhelmina wilhelmus
    willem willemijn willeke wim wilma wout wouter xander yara yassin yassine yasmin yasmina youssef
    yusuf yvonne yvette zakaria zeynep zohra zoë
    """
)
"""Given names."""

SURNAMES: frozenset[str] = _words(
    """
    aarts abdi acar achahbar aerts akkerman aksoy albers amrani appel arends arslan assen aydin
    baars baas bakker bakkers barendse bartels beekman beerens bekker berends berendsen bergman
    bernard bertens blom boer boers bogaard bogaert bolt bonnema boogaard boom boon bos bosch bosman
    bosma bosmans bouma bouman bouwman boxtel braam brand brands brandsma brandt brink brinkman
    broek broekman broers brouwer brouwers bruggeman bruijn bruin buijs buitenhuis burger bulut
    buurman celik cetin claassen cohen coolen cornelissen damen daams dekker dekkers demir derks
    derksen dijk dijkman dijkstra dirks dirksen doğan dogan doorn driessen dijkhuis eijk elbers
    elmas engelen engels erdogan evers faber franken franssen frederiks geerts gerrits gerritsen
    gielen goossens groen groot groothuis haan haas hamers heijden heijmans hendriks hendriksen
    hendrikx hermans hermsen hoek hoekstra hofman hofstra hoogland huisman huls ivanov jager jacobs
    jansen jansens janssen janssens jong jonge jonker jonkers joosten kamp karaman kaya kelly khan
    kiliç kilic klaassen klein kleijn kok koks konings koning koopman koopmans koster kramer kroon
    kuijpers kuiper kuipers kumar lambers lammers lange lemmens leeuw linden linders loon maas
    martens meijer meijers menting mertens meulen meyer michels molenaar moerman mohan mol mulder
    mulders nguyen nijhuis nijland noordhoek nowak ooms oost oosterhof otten özdemir ozdemir öztürk
    ozturk pauw peeters pereira peters petersen pietersen pol polak polman poort post postma prins
    raaijmakers ramdin reijnders rietveld rijken ritsema roelofs rooij roos rutten ruiter sahin
    şahin sanders schaap scheepers schepers schilder schipper scholten schouten schreuder schreurs
    schut schutte schuurman silva simons singh slot smeets smid smit smits smulders snijders snijder
    spaans spruit steen stevens stolk teunissen theunissen thijssen thomassen timmer timmerman
    timmermans tromp turk unal van veen veenstra veldhuis veldman verbeek verberne verbruggen
    verheijen verhoeven vermeer vermeulen verschuren versteeg verweij vink visser vissers vliet vos
    vries vroom wagenaar wal weber weijers wessels westerhof wiegers wiersma wijnen willems willemse
    willemsen wit witte wolff wolters wong wouters yavuz yildirim yıldırım yilmaz yılmaz zeeman
    zijlstra zwart
    """
)
"""Common surnames, without their particles."""

SURNAME_ENDINGS: tuple[str, ...] = (
    "stra", "sma", "ema", "inga", "ssen", "rsen", "nsen", "ksen", "mans", "oğlu", "oglu", "wski",
    "ovic", "vić",
)  # fmt: skip
"""Endings of surnames."""

NO_PERSON_ENDINGS: tuple[str, ...] = (
    "straat", "straatje", "weg", "laan", "plein", "singel", "hof", "hofje", "dijk", "kade", "pad",
    "steeg", "markt", "dreef", "baan", "brug", "plaats", "plantsoen", "gracht", "passage", "haven",
    "boulevard", "allee", "wal", "gaarde", "park", "tunnel", "rotonde", "viaduct", "erf", "werf",
    "kwartier", "buurt", "wijk", "kerk", "kapel", "school", "college", "lyceum", "ziekenhuis",
    "gasthuis", "kliniek", "hoeve", "molen", "oord", "huis", "stichting", "centrum", "zaal", "bad",
)  # fmt: skip
"""Endings of streets, parks and institutions, many of which are named after persons."""

ABBREVIATIONS: frozenset[str] = _words(
    """
    nav tgv ivm mbt tov oa dd ed ipv aub svp nvt zsm thv tbv tnv cq pm kk eo bv nv vof ca ev ea ma
    dwz mnv tot ns ov ob hv br gz ah ie eg
    """
)
"""What single letters with points spell where they are no initials: n.a.v., o.v., b.v."""

NO_SURNAMES: frozenset[str] = _words("paulowna ido ambacht hoop")
"""What stands behind a given name in the name of a town: Anna Paulowna, Hendrik-Ido-Ambacht."""
