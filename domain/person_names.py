"""The closed lists by which a name of a person is recognised in a text of lower-case words.

They hold common names of the Netherlands, of every origin, without accents; given names are in
``given_names``. A name outside the lists is recognised by what stands around it; see ``persons``.
"""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


MARKERS: frozenset[str] = _words(
    """
    dhr hr mevr mw mevrouw meneer mijnheer heer fam tav client patient pt slachtoffer
    verdachte melder meldster bewoner bewoonster eigenaar eigenaresse contactpersoon achternaam
    voornaam naam genaamd geheten
    """
)
"""Words behind which a person is named."""

WEAK_MARKERS: frozenset[str] = _words(
    """
    hr heer client patient pt slachtoffer verdachte melder meldster bewoner
    bewoonster eigenaar eigenaresse contactpersoon naam
    """
)
"""Those that also stand before other words: behind them only what looks like a name is one."""

PARTICLES: frozenset[str] = _words(
    "van de den der het 't ten ter te in op aan von zu du la le el al ben bin ibn da di dos del"
)
"""Small words between the given name and the surname."""

WORDS_TOO: frozenset[str] = _words(
    """
    amber april asia august augusta austin bella bie bien bob chanel charity chase chester christian
    constant daisy dawn dean devi donna dwi ebony eko engel erica floor flora florence frans gill
    gloria goof grace guadalupe harm hazel heather hoa holly hong iris jade jesus jet job joy kent
    kick koos lance lee lex lieve linde mare marina max melody mercedes merel mickey milan noel
    orlando pearl penny pilar pip rein riet rocky roos rosario said salvador santiago sari shiva
    sterre storm sue sultan tea tek ties ton toon trees troy viola violet virginia wade ward wiel
    wil wolf
    """
)
"""Given names that are words, places or brands too: they take a capital or a listed surname."""

SURNAMES: frozenset[str] = _words(
    """
    aarts abbas abdi abdullah abdulle acar achahbar adriaansen aerts ahmed akkerman aksoy aksu aktas
    albers ali alkema amrani appel arends arslan arts asante assen ates aydin baars baas bakker
    bakkers bakkum balci barendse bartels bayrak beek beekman beerens beers bekker berends berendsen
    berg bergman bergsma berkhout bernard bertens bezemer bijl bijlsma bloem blom boer boers bogaard
    bogaert bolt bonnema boogaard boom boon bos bosch bosma bosman bosmans bosveld botha bouma
    bouman bouwman boxtel bozkurt braam brand brands brandsma brandt brink brinkman broek
    broekhuizen broekman broers brouwer brouwers brug bruggeman bruggink bruijn bruin buijs
    buitenhuis bulut burger burgers buter buurman can celik cetin cicek claassen claessens cohen
    coolen cornelissen coskun daams damen dekker dekkers demir demirci deniz derks derksen dijk
    dijkgraaf dijkhuis dijkhuizen dijkman dijkstra dirks dirksen dogan doorn driessen duinkerken
    ebbers eijk elbers eldik elmas engelen engels erdem erdogan evers evertsen faber fokkema franke
    franken franssen frederiks geerts gerrits gerritse gerritsen geurts gielen goossen goossens
    groen groot groothuis grootveld haan haarsma haas haddou hamers haring hartog haverkamp heer
    heijden heijmans hendriks hendriksen hendrikx hendrix hermans hermsen heuvel hoek hoekstra
    hoeven hof hofland hofman hofstra hogendoorn hooft hoogland horst hoven huijbregts huis huisman
    huls hummel hussain idrissi ivanov jacobs jacobsen jager janse jansen jansens janssen janssens
    jaspers jong jonge jonker jonkers jonkman joosten kamp kamphuis kappers karaman kaya keizer
    kelly kerkhof keskin khan kilic klaassen klaver kleijn klein klerk klijn knol koc kok koks
    koning konings kooij kooijman kool koopman koopmans koot korkmaz koster kovac kowalczyk kowalska
    kowalski kraaij kramer krijger kroes kroon kruijf kuijper kuijpers kuiper kuipers kumar kurt
    laan laar lam lambers lammers land lange leenders leeuw leijten lemmens linde linden linders
    logtenberg loon loos maas maassen malik manders marinus marsman martens meer meijer meijers
    melis mensink menting merkx mertens meulen meyer michels moerman mohamed mohan mol molen
    molenaar mooij mulder mulders muller nagel nguyen nijenhuis nijhuis nijland nijs noordhoek nowak
    nowakowski ooms oost oosterhof otten ouden oudenhoven oz ozcan ozdemir ozkan ozturk paap pauw
    peeters pereira peters petersen pietersen pinas plas ploeg pol polak polat polman poort poppe
    post postma prins pronk putten raad raaijmakers ramdin ramos reijnders reinders reitsma rietdijk
    rietveld rijken rijn rijnders rijswijk ritsema roelofs rooij roos roosendaal rosa rossum ruiter
    rutten sahin sanders schaap scheepers schepers schilder schipper schoenmaker scholten schouten
    schouwenaars schreuder schreurs schut schutte schuurman schuurmans sevinc silva simons simsek
    singh slager slot sluijs sluis smeenk smeets smid smit smits smulders snijder snijders spaans
    spijker spruit stam steen steenbergen sterk stevens stolk stroom swart szabo tas tekin terpstra
    teuben teunisse teunissen theunissen thijssen thomassen timmer timmerman timmermans tol toprak
    tran tromp turk unal uysal van veen veenstra veldhuis veldman ven verbeeck verbeek verberne
    verbruggen verburg verhagen verheijen verhoef verhoeven vermaat vermeer vermeulen verschuren
    versteeg verver verweij vink visser vissering vissers vliet vogel vogels vonk voorn voort vos
    vries vroom vroomen waal wagenaar wal wang weber weide weijers werf wessels westerhof westra
    wiegers wiel wieringa wiersma wijk wijnen wilde willems willemse willemsen winkel winter wisse
    wit witte wolff wolters wong woude wouters yalcin yang yavuz yildirim yilmaz zand zanten zeeman
    zhang zijlstra zwaan zwart
    """
)
"""Common surnames, without their particles."""

SURNAME_ENDINGS: tuple[str, ...] = (
    "stra", "sma", "ema", "inga", "ssen", "rsen", "nsen", "ksen", "mans", "mann", "sink", "tink",
    "oglu", "wski", "wska", "cki", "cka", "czyk", "wicz", "ovic", "evic", "enko", "chuk", "zadeh",
)  # fmt: skip
"""Endings of surnames."""

NO_PERSON_ENDINGS: tuple[str, ...] = (
    "straat", "straatje", "weg", "laan", "plein", "singel", "hof", "hofje", "dijk", "kade", "pad",
    "steeg", "markt", "dreef", "baan", "brug", "plaats", "plantsoen", "gracht", "passage", "haven",
    "boulevard", "allee", "wal", "gaarde", "park", "tunnel", "rotonde", "viaduct", "erf", "werf",
    "kwartier", "buurt", "wijk", "kerk", "kapel", "school", "college", "lyceum", "ziekenhuis",
    "gasthuis", "kliniek", "hoeve", "molen", "oord", "huis", "stichting", "centrum", "zaal", "bad",
    "hal", "gebouw", "flat", "toren", "museum", "theater", "stadion", "arena", "gymnasium", "mavo",
    "universiteit", "instituut", "fonds", "polder", "sluis", "wei", "strjitte", "leane", "str",
)  # fmt: skip
"""Endings of streets, parks and institutions, many of which are named after persons."""

ABBREVIATIONS: frozenset[str] = _words(
    """
    nav tgv ivm mbt tov oa dd ed ipv aub svp nvt zsm thv tbv tnv cq pm kk eo bv nv vof ca ev ea ma
    dwz mnv tot ns ov ob hv br gz ah ie eg
    """
)
"""What single letters with points spell where they are no initials: n.a.v., o.v., b.v."""

NO_SURNAMES: frozenset[str] = _words(
    """
    paulowna ido ambacht hoop alert geboorte hemelvaart magdalena noord zuid oost west midden
    feb febr mrt maart apr mei juni juli aug sept okt nov dec
    """
)
"""What stands behind a given name that is no person: in names of towns (Anna Paulowna,
Hendrik-Ido-Ambacht), churches and streets, and months behind *jan*."""

SAINTS: frozenset[str] = _words("st sint sinte saint san santa sankt")
"""Words before a given name that make it the name of a church, a school or a street."""
