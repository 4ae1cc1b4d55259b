"""Given names that are common in the Netherlands: Dutch, Flemish, Frisian, and international ones."""

from __future__ import annotations

DUTCH = """
aad aafje aafke aagje aaltje aart ab abe abel abraham ada adam adelbert adelheid adinda adolf adri
adriaan adriana adriane adrianna adriano adrianus adrie aegidius aernout afonso agatha agnes agostino
agustin akke alard albert alberta albertina albertine albertje albertus aldert aletta alette alewijn
alex alexander alexandra alexandre alexandru alexia alexis alfons alfonso alfonsus alfred alice alida
alie alien aline alisa alissa alissia allard alma alphons alphonsus alwin amalia amanda amarens
ambrosius amelia amelie amira amy anastasia anastazja anca anchelo andre andrea andreas andree andrew
andries andy anette angel angela angelica angelina angelique aniek anika anita anja anje anjo ank anke
ankie ann anna annabel annabelle anne anneke annelie annelieke annelies anneliese anneloes annelot
annemarie annemarijn annemie annemiek annemieke annemijn annet annetje annette anni annick annie anniek
annigje annika anny anouk anouschka ans anselma ansje anthon anthonie anthonius anthony antje antoine
antoinet antoinette anton antonetta antonia antonie antonietta antonino antonius antoon anya apollonia
ard arend arendina arendje ariaan ariadne ariana ariane arianne arie ariel arielle arina aris arjan
arjen arjo armin arna arnaud arne arnie arno arnold arnolda arnoldus arnoud arnout aron arthur asha
ashley astrid atie augustinus augusto auke aukje aurelia ava ayla baerbel barbara barbera barend barry
bart bartel bartele bartelt barthold bartholomeus bas bastiaan bastian bauke baukje bea beate beatrice
beatrijs beatrix beatriz beau beert belinda ben benedicta benedictus benita benjamin bennie benno benny
benoit bente bep berber berend berendina berendje bernadet bernadette bernadina bernard bernarda
bernardina bernardo bernardus bernd bernhard bernice berry bert bertha berthe berthold bertie bertien
bertina bertine bertram bertus beth bets betsie betsy bettie bettina betty beverly bianca bianka
bieneke bill billy bjarne bjorn boas boaz bobbie bobby bodhi bonifacius boris borys boudewijn bouke
boukje bram brandon brecht brechtje bregje brenda brent brian bridget brigit brigitta brigitte brit
britt britta brittany bruce bruno bryan burkhard caitlin caitlyn calvin camelia camiel camilla camille
camilo candice carel carice carien carin carina carine carl carla carlien carlijn carlo carlos carmela
carmelo carmen carol carola carolien carolina caroline carolus carool cas caspar casper cassandra
caterina cathalijne catharina catherine cathrien catinka cato catootje cecil cecile cecilia cees
celeste celia celina celine cesare chanella chantal chantalle charlene charles charley charlie charlot
charlotte chayenne chelsey cheryl chesney cheyenne chiara chloe chris christa christel christi
christiaan christiana christianne christianus christien christiena christin christina christine
christof christoffel christophe christopher cindy claar claartje claes claire clara clarissa clasina
claudette claudia claudine claudius claudy clemens clement clementina cobi cobie coby coen coenraad
coenraadt colette colin collin concepcion connie conny conrad constance constantia constantijn cor cora
coralie cordula coreline corien corina corine corinna corinne cornald corne corneel cornel cornelia
cornelie cornelis cornelius corrie corrien corry cristiano crystal cynthia cyriel cyril daaf daan
daantje dagmar dale daley damiaan damian damien dammes dana danick daniek daniel daniela daniele
danielle danilo danique danitsia danitsja danny dante daphne dario dave davey david davina davy debbie
debby deborah debra demi deni denise dennis denny denzel derek derk derrick desiree desmond detlef
devin dewi dexter diana diane dianne dick dicky dideric diederik dieke dieneke dieter dieuwertje
dieuwke digna dimitri dimphna dimphy dina dinand dineke dingeman dini dinie diny dion dionne dionysius
dirk dirkjan dirkje dirry djoeke djurre dolf dolly dolores domenica domingo domingos dominic dominicus
dominiek dominique don donald donny dora dore doreen dorette dorien dorina dorine doris dorith dorothea
dorothee dorrit dorus doutzen douwe douwina driek dries dumitru duncan dunja durk dustin duuk dwight
dylan ebba ebbe ebe ebel eberhard ed eddie eddo eddy edgar edie edith edmond edmund edo edu eduard
edward edwin eef eefje eefke eelco eelke eelkje eeltje egberdina egbert egbertus egon eibert eileen
eimert einte eize elbert elbertus eleanor elena eleonora eleonore elfriede eli elia elian eliane elias
elien elijah elin eline elisa elisabeta elisabeth elise eliza elizabeth elja elkje ella elle ellemieke
ellen elles ellie elly els elsa elsbeth elselien elseline elsje elske elvira elwin emanuel emiel emil
emile emilia emilie emily emma emmanuel emmeke emmelie emmely emmy engelbert engelina eppie eppo erhard
eric erich ericka erik erika erna ernest ernestine ernst erwin esmee esperanza estelle ester esther
etienne eugene eugenie eunice eva evald evan evelien evelijn eveline evelyn evelyne everard everarda
everdina everdine everhard everhardus evert evertje evi evie evy ewald ewout ezra faas fabian fabienne
fanny fay febe fedde feike feikje felicia felien felix fem femke femma femmie femmigje femmy fenn fenna
fenne fenneke ferdi ferdinand ferdy ferre ferry fianne fieke fien fiene fiep fija filipe finn fiona
fleur floortje florian florine floris florus flynn fodil fokje fokke fonny fons foppe franca frances
francien francina francine francis francisca franciscus franciska franck franco francois francoise
frank frankie franseska fransien fransina fransiscus fransje franz franziska frea fred freda freddie
freddy frederic frederica frederick frederieke frederik frederika frederike frederique freek freerk
freya frida frido frieda friedrich friso frits fritz froukje gabriel gabriela gabriella gabrielle gaby
gaelle gaetano gail gaston gea geartsje geerhard geert geertje geertruda geertruida geesje geeske geke
gemma genevieve geoffrey georg george georges georgeta georgette georgina georgius gepke ger gerald
geraldina geraldine gerard gerarda gerardina gerardo gerardus gerben gerbrand gerbrich gerd gerda
gerdien gerdina gerdy gerhard gerhardus gerit gerjan gerlinde gerlof germa germaine german germen
gerolf gerrie gerrit gerritdina gerritjan gerritje gerry gert gertie gertjan gertrud gertruda gertrude
gertrudis gerty gerwin ghislaine giancarlo gideon giel gijs gijsbert gijsberta gijsbertus gilbert
gilles gillis gina gineke ginette gino giovanni gisela gisele giselle gitta gitte glenn godelieva
godelieve godfried goedele gonda gonnie gonny goos goosen goossen goris gosse govert graciella grada
gradus graziella gre greet greetje gregor gregory greta gretel gretha grethe griet grieta grietje guido
guillaume gul gunter gunther gustaaf gustav gustavus guurtje guus guusje guy gwen gwenda gwendolyn
gysbert hadjer haico haije hajo han hanke hanna hannah hanne hanneke hannelore hannes hannie hanny hans
hansje harald harbert hardy hariette harke harman harmanna harmen harmina harmke haro harold harrie
harriet harrij harro harry hartger hartmut harwin hayo hebe hedwig hedy heidemarie heidi heike heiko
heiltje heimen hein heine heino heinrich heleen helen helena helene helga hella helma helmer helmich
helmut hendericus henderika hendrica hendricus hendrieneke hendrik hendrika hendrikjan hendrikje
hendrikus hendrina hendrine henk henkie henkjan hennie henning henny henri henric henrica henricus
henriette henrik henrike henrique henry herbert herberta heribert herlinde herm herma herman hermann
hermanna hermannus hermanus hermen hermien hermieneke hermina hermine hermke herre hessel hester hettie
hetty hidde hieke hielke hieltje hieronymus hilbert hilbrand hilda hilde hildebrand hildegard hilke
hille hillechien hillegonda hilletje hillie hilly hinke hiske hubert hubertina hubertus hubrecht hugo
huguette huib huibert huig huub huug hylke iain ida idske iebele iebeltje iede iefje iefke ieke ien
iene ieneke ies ignace ignatius igor ijbeltje ijsbrand iker ileana ilija ilja ilona ilonka ilse ilya
ilze ima imke immanuel imme ina indra indy ine ineke ines inez inga inge ingeborg inger ingmar ingo
ingrid inne inte ira irena irene ireneusz irenka irma irmgard irwin isa isaac isaak isabeau isabel
isabella isabelle isadora ischa isidoor itske itte iulian ivan ivana ivo ivonne ivy izabella jaap
jaapie jaapjan jac jacco jacinto jackie jaco jacob jacoba jacobina jacobine jacobus jacolien jacomina
jacomine jacqueline jacques jaimy jake jako jakob jamie jan jana jancko jane janette jani janice janiek
janien janina janine janita janjaap janke jankees jann janna janne janneke jannes jannet jannetje
jannette jannie jannigje jannis janny janou janpeter janpieter janrik jansje janske janssien jantien
jantina jantine jantje janus januska janwillem jarco jarik jarmila jarne jarno jarrik jascha jasmijn
jasmin jasmine jason jasper jax jay jayden jayson jean jeanet jeanette jeanine jeanne jeannet jeannette
jeannine jeanny jedrzej jeen jef jeff jeffery jeffrey jefta jelena jelger jelka jelle jellie jelmer
jelte jeltje jen jenneke jennie jennifer jenny jens jente jenthe jeremia jeremias jeremy jeroen jerome
jeronimus jerre jerry jesper jesse jessica jessie jessy jetje jetske jetta jette jettie jikke jikkemien
jildau jill jille jillert jim jimmy jip jits jitse jitske jo joachim joah joan joana joanna joanne
joannes joaquim jobien jobine jobke jocelijn jocelyn jocelyne jochem jochen jodie jody joe joel joelle
joep joey johan johann johanna johanneke johannes john johnny johny joke jolan jolanda jolande jolanta
jolein jolien jolijn joline jolita jolle jon jona jonah jonas jonathan jonne jonneke jonny joop joos
joosje joost jopie jordanka jorden jordi jordy joren jorg jorge jorien jorik jorim jorinde jorine joris
jorn jorne jornt jorrit jort jos josan jose josee josef josefa josefien josefina josefine josep joseph
josephina josephine josephus josette joshua josia josiane josie josien josina josine josje josta jouke
joukje jouri jovanka joyce jozef jozefa jozefien juan juanita judith judy juke jules julia julian
juliana juliane julie julien juliet juliette julius jur jurgen juriaan jurian jurien jurjan jurjen jurn
jurre jurriaan jurrien jurrit justin justine justus jutta juul kaatje kai kaj karel karelina karen
karien karin karina karine karl karla karlien karlijn karlo karola karolien karolina kars karst karsten
kaspar kasper kate kathalijn katharina katherine kathinka kathleen kathrin kathy katia katinka katja
katrien katrijn katrin katy kaylee kayleigh kea kees keesje keetje keimpe kelly kelvin kenneth kenny
kersten kerstin kevin kiki kilian kim kimberley kimberly kirsten kirstin kitty klaartje klaas klaasjan
klaasje klaaske klara klasien klasina klaske klaus klazien klazina kobe kobie kobus koen koenraad koert
koosje korneel kornelis krelis krijn kris krista kristel kristen kristiaan kristian kristianne kristien
kristin kristina kristine kristof kristoffer kristy krystel kyara kyra lambert lamberta lambertje
lambertus lammert lammigje lana lander lara larissa larry lars lasse laura laure lauren laurence
laurens laurenske laurent laurentia laurentius laurie laurien laurina lauryn lawrence lea leah leander
leen leenderdina leendert leentje leida leila leja len lena lenard lenie lennard lennart lenneke
lennert lennie lenny leny leo leon leona leonard leonarda leonardus leonie leonoor leonora leontien
leontine leopold leroy lesley leslie leta letitia letje letty levi lia lian liane lianne lida lidewei
lidewij lidia lidwien lidwina lidy lieke lien liesbeth liese lieselot lieselotte liesje lieske liesl
lieuwe lieven lievijn lijda lijsbeth lilian liliane lilianne lilly lily lina linda lindsay lindsey
lineke linette linn linus lio lisa lisabeth lisanne lisbeth lise liselore liselot liselotte lisenka
lisette lisje lisza lita liv livia liza lizanne lizette lizzy lobke lode lodewijk lodewijka loek loeki
loes loesje lois lolke lonneke loretta lori lorraine lotte lottie lou louis louisa louise loukie
lourdes lourens louwe louwrens lowie lowina lubbert luc luca lucas luce lucia lucie lucien lucienne
lucille lucinda lucy ludger ludo ludolf ludovicus ludwig ludy luigi luit luite luitje luitzen luka
lukas lurdes lutgarda lutgerdina luuc luuk lyda lydia lydie lyna lynn lysanne lysbeth maaike maarten
maartje machiel machteld mackenzie maddy madeleine madelief madelinde madeline madelon magda magdaleen
magdalena magriet maik maike maikel maja malon malou mandy manfred manja manon manou manouk manu manuel
manuela manus marc marcel marcelina marceline marcella marcellus marchien marcia marcin marco marcus
mareike maren marga margaret margareta margaretha margarethe margarita margit margje margo margot
margreet margret margriet margrit marguerite mari maria mariam marian mariana marianna marianne marick
marie mariejose mariek marieke mariel mariella marielle mariet marieta marietta mariette marije marijke
marijn marijne marijntje marika marike marilyn marinella marinka marinus mario marion maris mariska
marit marita marius marja marjan marjanne marjo marjolein marjolijn marjon marjorein marjorie mark
marko markus marleen marleentje marlene marlies marlijn marlin marloes marlon marlot marlous marly
marna marnix marscha marsha mart marta marten martha marthe marthijn marthinus marti martien martijn
martijntje martin martina martine martinus martje martyn marvin mary marysa maryse marysia mascha masha
mathe mathea matheus mathew mathias mathieu mathijs mathil mathilda mathilde mathis matijs mats
mattanja matthea mattheus matthew matthias matthieu matthijs mattie maud maudy maureen maurice maurits
mauritz maxim maxime maximiliaan maximilian mees megha meia meike meindert meine meino meinou meinte
melania melanie melchior melia melinda melissa melle melvin menco mendel menke menno merijn merle
merlijn meta mette mia micha michael michaela michel michele micheline michelle michiel mick micky
mieke mien mientje miep mies miets mijke mijntje mike mila milagros milou mimi mina minke minna minnie
mira mirabel miranda mireille mirela mirella mirelle miriam mirjam mirko mirre mirte mirthe mitch
mitchel mitchell mitko mitzi moises monica moniek monika monique moos morris murielle murk myrna myrrhe
myrte myrthe nadieh nadine nadja nancy nand nanda nanette nanja nanko nanna nanne nannette nanny naomi
nardus nardy natali natalia natalie natalya natascha natasha natasja nathalie nathan nathanael neel
neeltje nel nele nelie nelis nelleke nellie nelly nelson nena nera nettie netty nick nicky nico
nicodemus nicol nicola nicolaas nicolae nicolas nicole nicolet nicolette nicolien nicoline niek niels
niene nienke niesje nieske nikki niko nikol nikola nikolaas nikolaj nils nina ninke nita nizar noah noe
noelle noor noortje nora norbert nordin norma norman noud nout nuria nynke ockje oeds oedsen oeke oene
olaf ole olga olgierd oliver olivia olivier olle omar onno oscar oskar otte ottilie otto outger paola
pascal pascale pascalle pasquale patricia patricius patrick patrik patty paul paula paulette paulien
paulina pauline paulus peer peggy pelle penka pepijn perry peter peternella petra petrie petro
petronella petronilla petrus phil philip philipp philippe philippine philippus philomena phyllis pia
pien pier piet pieter pieterbas pieterjan pieterke pieternel pieternella pietertje pietje pietronella
pietsje piety pim pio pippa pleun pleuni polly priscilla puk quin quincy quint quinten quintijn quirijn
quirine rabiah racha raheel raimond ralf ralph raluca ramon ramona raoul raphael ray raymond raymundo
rebecca rebekka redmer regina regine reiko reinard reinder reindert reiner reinhard reinhold reinie
reinier reinilda reinildis reinold reinout reint reintje remco remi remko remmelt remmert remon remona
remy renata renate rene renee renger renko renny rens renske renze renzo ria rian rianne ricardo
riccardo richard richelle rick ricky rico riejanne riek rieka rieke riekie riekje rieks riekus riemer
rien rienk rients rieta rietje rijkert rijklof rik rika rikie rikke rikkert rikst rikus riley rina
rinaldo rineke rinie rinke rinse rinske rinskje rinus riny rinze rita ritske ritzo ro rob robbert
robbie robbin robby robert roberta roberto robertus robin robine rocco rochus roderick roderik rodica
rodney roel roeland roelanda roelf roelfina roelie roelien roelina roeline roelinka roelke roelof
roelofje roely roger rogier roland rolanda rolf rolien rolina roline rolinka romana romeo romke romkje
romy ron ronald ronan ronja ronne ronnie ronny rosa rosalie rosalinda rosalinde rosaline rosan rosanne
rose rosemarie rosemarijn rosemary rosina rosita roswitha rowan rowena roxana roxanne roy ruard ruben
rubin ruby rudi rudie rudo rudolf rudolfus rudolph rudolphus rudy rumyana rune rutger rutgerus ruth
ruud ruurd ruurdtje ruurtje ryan ryma saar sabien sabina sabine sabrina sacha sally salomon sam
samantha samuel sander sandor sandra sandrina sandy sanne sanneke santje sara sarah sarina sascha
saskia scott sean seb sebas sebastiaan sebastian seerp selma sem senn senne sep seppe serena serge
servaas servaes severien shana shane shanna shannon sharon sheila shelley sherida shirley siard siawash
sible sibrand sicco sid sieb siebe siebrand siebren siebrigje sieger siegfried siem siemen sien siena
siene siepie sierd siert sies sieta siets sietse sietske sietze sigrid sigrun sijbe sijbrand sijbren
sije sijmen sijtje sijtske sijtze sil silke silvana silvano silvester silvia silvie silvijn silvio
simeon simon simona simone simonne sina sipke sippie sita sjaak sjaan sjaantje sjacco sjaco sjakie
sjanie sjanneke sjanny sjef sjefke sjeng sjerp sjoeke sjoerd sjoerdje sjoerdtje sjon sjors sjouke
sjoukje sjoukjen slawomira sofia sofie sofietje sonia sonja sophia sophie staf stan stanley steef stef
stefan stefanie stefano stefanus steffen steffi steffie steijn stelian stella sten stephan stephane
stephania stephanie stephanus stephen steven stien stieneke stientje stijn stoffel stoffer stoyanka
sunny sus susan susanna susanne suus suzan suzanna suzanne suze suzette svea sven svenja swaantje
sweder swen swier sybille sybrand sybren sylvain sylvester sylvia sylviana sylvie sytse sytske sytze
taco taeke taetske talitha tamanna tamar tamara tamira tammo tammy tania tanish tanja tanneke tara
tatiana tatjana taylor teake teatske ted teddy teije telma teo terence teresa teresia tess tessa tessel
tetje tette teun teuni teunie teunis teuntje teus thalia thea thecla theda thelma theo theodoor
theodora theodore theodorus theresa therese theresia thessa theun theunis thibo thiemo thies thieu
thijme thijmen thijs thilde thom thomas tiana tibor tiede tieme tiemen tienke tijl tijmen tijn tijs
tilly tim timme timmy timo timon timotheus timothy tina tine tineke tini tinie tinus tiny titia titus
tjaard tjaart tjalling tjarda tjark tjeerd tjerk tjibbe tjitske tjitte tobias toby toine tom tomas
tommie tommy tonia tonie tonja tonnie tonny toos tracy travis trea treesje trienke trijn trijnie
trijnte trijntje trinette trix trixie truda trude trudi trudie trudy truus truusje tsjerk tudor twan ty
tyche tycho tygo tyler tymen tyrone tys udo ulbe ulf ulrich ulrike urbain urbanus urselina ursula uta
valentijn valentina valerie valery vanessa vasco veerle vera verena veronica veronika veronique vickie
vicky victor victoria vigo viktor viktoria vincent vincentius vinnie violetta vito vittorio vivian
viviane vivienne volkert walburga wale walter walther wanda wannes warner warre warren wenche wendela
wendelien wendelin wendelina wendy werner wernher wesley wessel wezel wibe wibo wichard wicher wieb
wiebe wiebke wiebo wiebren wieger wieke wieneke wienke wiert wies wieteke wietse wietske wietze wijbe
wijbrand wijnand wijnanda wijnie wikje wilbert wilberta wilco wildrik wilfred wilfried wilhelm
wilhelmien wilhelmina wilhelmine wilhelmus wilko willeke willem willemien willemijn willemina willemine
willemjan willempje william willian willibrord willie willy wilma wilmar wilmer wim wina winand
winfried winifred winnie winny winston wiro wisse wobbe wobke wolfert wolfgang wolter woltje wopke wout
wouter woutera wouterus wubbe wubbien wubbo wybe wybren wytse wytske xander xandra xaveria xavier
yannick yara yentl ymke yolanda yolande yoni yorick ype ysbrand yves yvette yvon yvonne zeger zita
zlatka zoe zora zwaantje zwanette zweitse zwier
"""
"""In lower case and without accents."""
