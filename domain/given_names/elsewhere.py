"""Given names from elsewhere that are common in the Netherlands, in lower case and without accents."""

from __future__ import annotations

TURKISH = """
abdulhamit abdulkadir abdullah abdulsamet abdurrahman adil adnan agah ahmet ahsen akif akin alev ali
alihan aliye alp alparslan alper alperen altan anil arda arif arzu asena asim asiye asli asuman ata
atakan atilay atilla ayaz aybuke aycan aydan aydin ayfer ayhan aykut aylin aynur ayse aysegul aysel
aysen aysenur aysun ayten azem azime aziz azra bahadir bahar bahri baki banu baran baris basak batuhan
baykal bayram bedia bedriye begum behcet behlul bekir belgin belma berat beray berfin beril berk berkan
berkant berkay berke berna betul beyhan beyza bilal bilge bilgehan billur birgul birol birsel birsen
bora bulent burak burcin burcu burhan buse busra cafer cagatay cagla cagri cahit canan canberk caner
cansu cavit celal celalettin celil cem cemal cemalettin cemil cemile cemre cengiz cenk ceren cetin
cevat cevdet ceyda ceyhan ceyhun ceylan ceylin cigdem cihan cihangir cihat cumali cuneyt damla davut
defne demet deniz derya devrim didar didem dilan dilara dilek dogan dogukan dondu doruk duran durmus
dursun dursune duygu ebru ebubekir ecem eda efe egemen ekin ekrem ela elcin elif elifnur elmas elvan
emel emin emine emir emirhan emrah emre emrecan emreh enes engin enis ensar enver ercan erdal erdem
erdinc erdogan eren ergun erhan erkan erkut erman erol ersan ersin ertan ertugrul esen eser esila esin
esma esra evren evrim eylem eymen eyup ezgi fadil fadime fahrettin fahri fahriye faruk fatih fatma
fatmagul fazil fazilet fehmi ferda ferhan ferhat feride ferit fethi fethiye fevzi feyza fidan figen
fikret fikri fikriye filiz fuat fulya funda furkan gamze gizem gokay gokce gokhan goksel gonca gonul
gorkem gozde gulay gulbahar gulbeyaz gulcan gulcin guldane gulden gulderen guler gulfem gulhan guliz
gulizar gulnur gulsah gulsen gulseren gulsum gulten gulumser gunay gunes gungor gunseli gursel guven
guzide habib habibe hacer haci hadice hakan hakki haldun halide halil halim halime halit haluk hamdi
hamide hamit hamza handan hande hanife hanim harun hasan hasret hatice havva hayati haydar hayri
hayriye hazal hazar hediye hikmet hilal hilmi hulya huseyin husniye husnu ibo ibrahim iclal idris ihsan
ilayda ilhami ilhan ilkay ilker ilknur ilyas imren inci ipek irem irfan ishak isik iskender ismail
ismet ismihan izzet jale kaan kadir kadriye kamil kamuran kaya kazim kemal kenan kerem kerim kezban
keziban kiraz kivanc kiymet koray korhan kubilay kubra kursat lale lamia latif latife leman levent
leyla lutfi lutfiye mahir mahmut makbule mansur mehmet mehmetali mehtap melahat melda melek melih
meliha melike melis meltem meral merih mert merve meryem mesut metehan metin mevlude mevlut mihriban
mirac miray mithat mizgin muammer mucahit muhammed muhammet muharrem muhittin muhsin muhterem mukaddes
mukerrem munevver munir murat musa mustafa mutlu muzaffer muzeyyen naci naciye nafiz nagehan nagihan
nahide naime nalan namik narin nazan nazife nazim nazire nazli nazmi nazmiye nebahat necati necdet
necla necmettin necmi necmiye nedim neriman nermin nese nesibe neslihan neslisah nesrin neval nevin
nevzat nezahat nihal nihat nilay nilgun nilufer nimet nizam nizamettin nuh nur nuran nuray nurcan
nurcihan nurdan nurdogan nurettin nurgul nurhan nuri nuriye nursel nursen nurten nurullah ogulcan oguz
oguzcan oguzhan okan oktay olcay omer omur onur orcan orcun orhan osman oya ozan ozay ozcan ozden ozer
ozge ozgun ozgur ozkan ozlem ozlen pakize pelin pembe perihan pervin pinar rabia rafet rahime rahmi
ramazan rana rasim rasit rauf recai recep refik refika remzi remziye resit reyhan ridvan rifat riza
ruhi rukiye rustem ruya saadet sabahat sabahattin saban sabri sabriye sadettin sadik sadiye sadullah
safak saffet safiye sahin saim saime sait salih saliha salim samet sami saniye sarp sebahat sebahattin
seckin seda sedat sedef sefa sefer sefik seher selahattin selami selcan selcuk selda selim selin selman
selvi sema semih semiha semra sena senay sencan senem sener sengul seniha senol serafettin serap sercan
serdar seref serhan serhat serif serife serkan serpil sertac sertan servet sevda sevgi sevgin sevgul
sevil sevilay sevim sevinc sevket sevval seyda seydi seyfi seyhan seyit seyma seyran sezai sezen sezer
sezgin sibel sidar sidika sila sinan sinem soner songul suat sude suheyla sukran sukriye sukru sule
suleyman sumeyra sumeyye suna sunay suphi taha tahir tahsin talat talha tamer taner tanju tansu tarik
tarkan taskin tayfun tayfur tayyar tekin temel teoman tevfik tezcan timur tolga tolunay tuba tufan
tugba tugce tugrul tulay tulin tuncay tuncer turan turgay turgut turhan turkan ufuk ugur ugurcan ulas
ulku ulviye umit ummu ummugulsum ummuhan umran umut unal ural utku vahap vahit vedat veli vesile veysel
vildan volkan yagmur yahya yakup yalcin yaman yaprak yaren yasar yasemin yasin yavuz yekta yeliz yesim
yigit yigitcan yildiray yildirim yildiz yilmaz yonca yucel yuksel yunus yurdagul yusuf zafer zahide
zehra zekai zekeriya zeki zekiye zeliha zeynel zeynep zeynettin zinet ziya zubeyde zubeyir zuhal zulal
zuleyha zulfiye zulkuf zumrut
"""
"""Turkish."""

ARABIC = """
abbas abd abdalla abdallah abdel abdelaali abdelaziz abdelghani abdelhafid abdelhak abdelhakim
abdelhamid abdelillah abdeljalil abdelkader abdelkarim abdelkrim abdellah abdellatif abdelmajid
abdelmalek abdelmoumen abdelmounaim abdelouahab abdelouahid abderrahim abderrahman abderrahmane
abderrazak abdessalam abdessamad abdi abdifatah abdirahman abdirashid abdirizak abdoul abdoulaye abdul
abdulaziz abdulkarim abdulla abdulrahman abeer abir abla abou abu abubakar achmed achour achraf aden
adham adiba adila adnane afaf afsaneh ahlam ahmad ahmed aicha aida aiman aisha aissa aissatou ajmal
akram ala alaa alae alami alireza aliyah allal almaz amal amani amar amara amel amer amin amina aminata
amine amineh amir amjad ammar amna amr anahit anas anass anis anisa anissa anouar anwar aqsa aram arash
arezoo arman armen arpine arwa asad ashraf ashti asif asma asmaa asmae asmahan asmeret assad assia atef
atefeh atif avin awad awet aya ayad ayan ayat aydarus ayman ayoub ayub ayyoub aza azad azadeh azhar
aziza azize azzeddine azzedine babak bachir badia badr badreddine bahaa bahman bahram barkat basam
basel bashar bashir basma bassam batoul behnam behrouz behzad belaid benaissa berhane berivan bilel
binta boubker bouchra boujemaa brahim chadia chafik chaima chaimaa chakib chakir charaf cherif chiraz
ciwan dahir dalal daoud darin dariush dawit dawood dawud deqa dilovan diyar djamal djamel djamila
dounia driss duaa dunia ebrahim ehab ehsan elham elyas emad eman ermias esmail eyad fadel fadi fadila
fadma fadoua fahad fahd fahima fahmi faical faisal faissal faiza faouzi faouzia farah fares farhad
farhan farhia fariba farid farida faris fariza farouk farshad faruq farzad farzaneh fateh fatema
fatemeh fatiha fatim fatima fatimah fatimazahra fatimazohra fatna fatou fatouma fatoumata fattah fawaz
fawzi fayza fereshteh filmon firas fouad fouzia freweini fuad furqan gebre genet gevorg ghada ghassan
ghazal ghislane ghizlane ghofran gholam ghulam habiba habon hachim hadil hafeez hafid hafida hafsa
hafssa haider hajar hajer hajjar hakim hakima hala halima hamada hamed hamid hamida hamim hamoud
hamouda hana hanaa hanaan hanad hanan hanane hani hania hanifa haris haroon haroun hashem hashim hasna
hasnaa hasnae hassan hassana hassna hawa hayat hayk haytham heba hechmi hedayat hevin hiba hicham
hidaya hisham hiwa hoda hodan hooman hossam hossein houda houria houssaine houssam houssine hozan huda
hussain hussam hussein hussien ibtissam idil idriss ikhlas ikram ilham ilias ilyass imad iman imane
imene imran imrane inas insaf intissar iqra ishaq ismael ismahan isra israa issa issam ivar iyad jaafar
jaber jabir jafar jahid jalal jaleh jamaal jamal jamila jamshid jaouad jasim jawad jawid jihane joumana
kadija kais kaltoum kaltouma kamal kameliya kamila kamran kaoutar kaouthar karam karim karima karwan
kasim kassem kaveh kawtar kawthar kazem kenza khadidja khadija khadra khaled khalid khalida khalifa
khalil khan khaoula khatera khawla khayra khosrow kibrom kifah kinan kobra lahbib lahcen laila lamiaa
lamiae lamyae latifa latifah layal layla liban lobna louay loubaba loubna lubna maha mahad mahamed
mahamud mahdi mahfoud mahjoub mahjouba mahmood mahmoud mahmud mahnaz mahsa majd majda majdouline majid
majida malak malek malik malika mamadou mamoun manal manar mansour mansoureh maram marouan marouane
marwa marwan maryam maryama maryem masood masoud masuma maysa mbarek mehdi mehran merhawi meriam meriem
meron meryam michiale mimoun mimouna mimount mirwais mo moaad moad moath moe moha mohamad mohamed
mohamedamine mohammad mohammed mohamud mohannad mohcine mohsen mohsin mokhtar moktar mona moncef monir
monire morad morteza moses mostafa mostapha mouaad mouad moubarak mouhamed mouhcine moulay moulaya
mouna mounaim mounia mounim mounir mounira mourad moussa moustafa moustapha muhamad muhamed muhammad
muhanad mukhtar muna muntaha murtada murtaza mustapha muzan naadir nabil nabila nada nadeem nader nadia
nadim nadir nadira nadiya naeem nafisa naghmeh nahid nahla nahom naima najat najib najiba najim najla
najma najoua naoual naoufal narine naser nasim nasima nasir nasira nasr nasreddine nasrin nasser nassim
nassima nassira navid nawal nawras nazanin nazir nebil neda nezha nidal niloufar nisrine noaman
noreddine nouha nouhad nouhaila noura nourdin nourdine noureddin noureddine nouri nouriya noushin numan
nura nurhaliza ouafa ouafae oualid ouassim ouiam ouidad oukacha oum oumaima oumar oumnia ousama oussama
parisa parviz parwin payam peyman pouya qasem qasim rabab rabah rabea rabha rabi rabie rachelle rachid
rachida radouan radouane rafida rafik ragheb rahaf rahel rahim rahima rahma rahman rahmat raja rajaa
rajae rami ramin ramzi rania rasha rasheed rashid rasoul rawan rayan rayane razan rebin rebwar reda
redouan redouane reem reham reza rezan ridouan ridouane rihab rim rima robel roghayeh rojda rojhat
rojin romaissa roqaya rouba roya rozhin ruqaya ruqayya saad saadia sabah saber sabiha sabir sabira
sabrin sabrine sadaf sadia sadiq saeed saeid safa safaa safae safia safiya safouan sagal sahar sahra
saida saif sajad sajjad sakina salah salaheddine salam saleh salem salima salma salman salwa samah
samar samer samia samih samiha samir samira samiullah samiya samrawit sana sanaa sanae saran sardar
sarwar satar sayed sayid selam semere senait seyed shabnam shadi shadia shafiq shahab shahid shahin
shahla shahram shahrokh shahrzad shaima shaimaa shakir shamsa sharif shaza shazia sherif shilan shirin
shoaib shohreh shukri siamak siham sihame simo siraj sivan sohaib sohail sohaila soheila solomon somaya
soraya souad soufian soufiane soufyan soukaina soulaiman soulaimane soumaya soumia soundous suad suhail
suhaila suleiman suliman sumaia sumaya suraya tahar taher tahira talal tamim taoufik tarek tareq tariq
tayeb tekle tesfalem tesfay tewolde thamer thami tigran toufik vahe wael wafa wafae wahid wahida waleed
walid warda wardah wasim wassila wassim wesal wiam widad wijdan wisam wissal wissam yacine yacoub yahia
yaqub yared yaser yasine yasir yasmin yasmina yasmine yassin yassine yassir yassmina yemane yohannes
yonas yonis younes youness younous yousef yousra youssef youssra yusra zahia zahid zahira zahra zahraa
zaid zaina zainab zakaria zakariae zakaryae zaki zakia zamzam zana zaynab zeinab zekri zerai zhor zhora
zia ziad zied zilan zineb ziyad zohair zohra zoubida zoubir zouhair zouhra zoulikha
"""
"""Arabic, Amazigh, Persian, Kurdish, Afghan, Armenian, Somali and Eritrean."""

SURINAMESE = """
aarti abhishek aditi aditya agus ajai ajay akash alok amit amita amrish anand ananda angelo anila anish
anjali anjana ankit anoop anouradha antonio anuradha anushka aracely aravind archana arjun arshad arun
aruna arvind ashok ashwin aslam astra atma avinash ayesha bambang benito bhagwan bharat bharti bhavna
bilquis bipin birendra budi bushra carmelita chandni chandra chandrika chaquille charan clarence clyde
deepa deepak deepika dharmendra dhiradj diego dinesh divya dwayne earl edison edson elroy elvis endang
eugenio faizal fareed ferdinando fernando francisco franklin gaurav gayatri gilberto giovanna giovanno
giovany gita glenda gopal govind gregorio guillermo hafiz hardeep harish harpreet hartono haseena
hemant hendra hensley hubertino humphrey igmar ignacio imtiaz indah indira ishwar iwan jagdish jai
jaime jaipal jairzinho jamil jaswant javier jaya jayant jeanpierre jeevan jermaine jerrel jitendra
joaquin joko jorgino julio junaid jyoti kailash kamla kapil kashif kendrick kenrick kervin kiran kishan
krishan krishna kumar kumari lakshmi lalita laxmi leandro lesly lestari luciano lucio luis luz madan
madhu magali mahesh mala manisha manjeet manju manoj marcos maribel mariluz marisol marvelyn maurizio
maykel meena mehul mervin miguel milton mohan mukesh mulyono muneeb naldo nalini narendra naresh
nasreen natalio naushad navin neelam neha nelida nestor ngadimin ningsih niraj nirmala nitin norberto
nurul osvaldo pablo paiman pankaj parvati parveen pedro ponimin poonam prabhu pradeep prakash pranav
prashant pratap praveen prem premchand pritam priya priyanka purnima putri radha radj radjesh rafael
raghu rahayu rahul raimundo raj rajan rajeev rajendra rajesh rajini rajiv rajkumar rajni rakesh ramesh
ramiro rani ranjit rashida ratna raul ravi ravindra regilio regillio reginald rehana rekha renu reshma
reynaldo rigoberto rini rishi ritesh rizky rizwan rodolfo rodrigo rogelio rohan rohit roque roshan
roshni ruchi rudianto rudsel rukhsana rupa ruthmila ruthsella sachin sagar sajid sandeep sangeeta
sanjai sanjay sanjeev santosh sapto sarita saroj satish savita seema sergio setiawan setyo shabana
shakti shankar shanta shanti sharda sharlon sharmila sheela sheldon shiv shivam shreya shurandy shyam
sidney sigmund siti slamet sneha soeharto soekarno sri sudesh sudhir sugeng suharto sukarti sukhdev
sulastri sultana sumarno sunil sunita suparti supriyadi surandy suresh surya suryani susanti sushil
sushila sushma susilo sutrisno suyono swati tamarah teresita titik tukijem tulsi tumin uma umar urvin
usha usman vanderley varun vicente vidya vijai vijay vikas vikram vimla vinay vinod virgil vishal
vishnu vivek wagino wahyu waseem wasito widodo xiomara yajaira yandel yanti yogesh yudi yulia yuliana
yuni yurandy zaheer zarina zulaika zuleika zulema
"""
"""Surinamese, Hindustani, Javanese, Antillean and South Asian."""

EASTERN = """
adrian agata agnieszka aldona aleksandar aleksander aleksandr aleksandra aleksei aleksey alena alesia
alfreda alicja alina alona ana anastasiia anastasiya anatol anatoli anatolij anatoliy andreea andrei
andrej andrey andrii andriy andrzej aneta angelika ania aniela antoni antonina apolonia arek arkadiusz
artem artur asen atanas bartek bartlomiej bartosz beata blazej bogdan bogumil bogumila boguslaw
boguslawa bohdan boian bojan bolek boleslaw bozena bozidar bozo branislav branka branko bronislaw
bronislawa cecylia cezary constantin costel cristian cristina cyprian czeslaw czeslawa dagmara danijel
danuta danylo daria dariusz darko dasha davor dawid denis denisa denys dijana dimitar dimitrij
dimitrios dmitri dmitrij dmitry dmytro dobromir dominik dominika dorian dorin dorota doru dragan
dragana drazen dusan dusica dusko dzenan edin edita edyta ekaterina elmedin elvir elzbieta emanuela
eryk eugen eugenia eugeniusz ewa ewelina fahrudin felicja feliks filip florentina florin franciszek
franciszka frantisek gabor galina gennadi genowefa georgi georgiana gheorghe goran gordana grazyna
grigore grzegorz halina hanka henryk henryka hristo iga ignacy ilie ioan ioana ion ionel ionut irina
irmina istvan ivanka ivaylo ivelina ivica iwona iza izabela izydor jacek jadranka jadwiga jagoda jakub
janusz jarek jaroslav jaroslaw jasmina jerzy jindrich jiri jovan jovana jovica jozsef julita juraj juri
jurij justyna kacper kajetan kalina karol kasia katalin katarina katarzyna katerina kateryna kazimiera
kazimierz kinga kiril klaudia klaudiusz klemens klementyna konrad konstantin konstanty kornel kornelia
krasimir krasimira krystian krystyna krzysiek krzysztof ksenia kuba lajos larisa laszlo lech leokadia
leszek liliana liliya lilla liviu ljiljana ljubica lubomir lucian lucja lucjan lucyna ludmila ludwik
ludwika lukasz lyubov lyudmila maciej magdolna maksim maksym maksymilian malgorzata marek marija
marijana marin mariola mariusz mariya marlena martyna maryna marzena matej mateja mateusz matylda
michal mieczyslaw mihaela mihai mihail mihajlo mikhail miklos mikolaj milena milica miljan milka
milorad milos miloslaw milosz mircea miro miroslav miroslaw miroslawa misha mladen mykola nadezhda
nadiia nataliia natalka natasa nebojsa nedeljko nela nenad nevena nicoleta nikodem nikolai nikolay
nikoleta nikolett oana oksana ola oleg oleh oleksandr oleksandra oleksii olena olesia olha oliwia
oliwier ovidiu patrycja patryk pavel pavlo pavol pawel pelagia petar petko petre piotr piotrek plamen
predrag przemek przemyslaw radek radka radoslav radoslaw radovan radu rafal razvan remigiusz roksana
romuald rosen roza rozalia ruslan ryszard sanja sasa semir senad senka sergei sergey serghei sergii
sergiy serhii sevdalin severina silviu slavica slavko slavomir slawek slawomir slobodan snezana sofiia
sorin stana stanimir stanislav stanislaw stanislawa stanko stefania stefka stela stevan stipe stojan
stoyan sveta svetlana svetoslav svitlana sylwester sylwia szczepan szymon tadeusz tamas taras tatyana
tekla teodor teodora teofil tetiana tetyana tihomir timofey todor tomasz tomek tomislav traian tsvetan
tymon tymoteusz urszula vadim vadym valentin valentyn valentyna valeria valeriu valeriy vasil vasile
vasilij vasiliki vasyl veaceslav velimir vesela veselin vesna viktoriia viktoriya violeta viorel
viorica vitali vitalii vitaliy vitaly vlad vlada vladan vladimir vladislav vlado vlasta vojislav
vojtech volodymyr vyacheslav waclaw waclawa waldemar walenty walentyna waleria wawrzyniec weronika
wieslaw wieslawa wiktor wiktoria wiola wioletta witold wladyslaw wladyslawa wlodek wlodzimierz wojciech
wojtek xenia yana yaroslav yaroslava yevgeni yevhen yevheniia yuliia yuliya yuri yurii yuriij yuriy
zbigniew zbyszek zdenek zdenko zdravko zdzislaw zdzislawa zenon zhivko zlatan zlatko zofia zoltan zoran
zorica zoya zuzanna zvonimir zygmunt zyta
"""
"""Polish, Ukrainian, Russian, Bulgarian, Romanian, of the Balkan, Hungarian and Baltic."""

WESTERN = """
aaron abby abena abigail achim adebayo adele adelina adeline adrien agathe agnese aidan aimee akosua
alain alan alana alba alberto aldo alejandra alejandro alessandra alessandro alessia alessio alfredo
alhaji alicia alison alistair allan allen allison alvaro alyssa amadeo amadou amandine amaya ambra
anabel anais anders andres angie anh anibal annalisa anselm antonella antonin armand armando armelle
arnaldo arturo asger aubrey audrey aurelie aurelien aurora axel azzurra bakary baptiste barbro bastien
benedetta benedikt bethany birgit birgitta birgitte birte blanche blessing bo bonnie boubacar brad
bradley brendan brett brooke bruna brunella caleb callum cameron camila candela carole carolin carsten
casey catalina catarina cathy cecilie cedric celestino cesar chad cheikh chen chidi chinedu christelle
christiane christoph ciara clair clare clarisse claude claudio clelia clemence clementine cliff
clifford clive cody colleen collette concetta connor conor consuelo corentin corey courtney craig
curtis cyrille damiano darren daryl davide deanna deirdre delia delphine diarmuid didier dietmar
dietrich dino dirce domenico donatella dorothy doug douglas duarte ebenezer edda edoardo eduardo efua
eike eilish elaine eleni elio elisabetta elliot ellis elmer elodie eloise elsie emanuele emeka emerson
emilio emmanuelle enrico enrique enzo erin ernesto esteban estefania estela estrella ethan ettore
fabiano fabien fabio fabrice fabrizio federica federico felipe fergus fernanda filippo fiorella flavia
flavio florent floriane francesc francesca francesco frauke funmilayo gabriele gaetan gareth gary gavin
gennaro germano gervais ghislain giacomo gianluca gianni gilda ginevra giorgia giorgio giorgos giulia
giuliano giulio giuseppe giuseppina gladys godwin goncalo gonzalo gordon graham grazia greg gregoire
gretchen gudrun guenther guglielmo guilherme gunilla gunnar gustavo hailey hank hanno harley harvey
hector heidrun heiner heinz helge helle helmuth herve hilary holger horst howard hugh hugues huong iago
ian ibai ibrahima ifeoma ignazio ilaria imelda ingolf inigo ioannis isabela isis isobel itziar jacinta
jack jacopo jacqui jaden james janet janis jannik jared jayne jeanclaude jed jemma jenna jeremie joao
jodi joerg joffrey johnathan jordan josh juana juanjo juha julieta jun kadiatou kaitlin katelyn kathryn
katie kay keith ken kendall kerry khanh kirk kirsty kofi kojo kostas kurt kwabena kwaku kwame kyle
lacey lachlan laetitia lamin laureen laurine lautaro leanne leif leigh leighton leland lenora leonardo
leonor leopoldo leticia lewis liam ling linh lionel logan loic lola lorella loren lorena lorenza
lorenzo loris lorna lothar louella luana lucca luciana ludmilla ludovic ludovica luisa luise lutz lynda
lynne mads mael mafalda magnus maia maite malcolm malte mara marcela marcello margarida margherita
mariama mariangela mariano marilena marisa martial massimiliano massimo mateo matias matilde matt
matteo mattia mauricio mauro maya meg megan meredith micaela michela mikael mikkel millie minh modou
moira molly morgane morten muriel myriam nadege natacha neil nevio ngoc ngozi nhung nicholas nicoletta
nieves nigel noemi noemie nolwenn nuno obinna oceane octavio odette odile olu olumide oluwaseun orla
ornella ousmane paddy paloma pamela paolo pascual patrice patrizia paulo penelope perrine phillip
phoebe phuong pierluigi piero pierre pietro pippo poul priscila quang quoc rachel rafaela raffaele
raffaella rainer randall randy raquel raymonde rebeca regis remo renato reto rhiannon rhonda rhys
ricarda robyn rocio romain romane rosalba rosalia rosanna rosaria rosella ross roxane rudiger rui
rupert russell salvatore samuele sandrine sandro saverio sebastien sekou seth severin severine shaun
shauna shawn shelby sherry sieglinde sienna sigmar silvain simao sinead solange soledad solene sonya
soren spencer stacey stacy stavros stelios steve stewart stina stuart susana susann susie svend
sylvaine tanya tatum terry thanasis thanh thao thibault thierry thorsten tiago tiffany todd tommaso
tony torben torsten tracey trang trevor tricia trinh tristan tuan tunde ugo ulla umberto ute valentino
valerio vanda vasilis victoire vidal viggo vincenza vincenzo virginie viviana volker wayne wendel
wendell whitney wilfredo xiao xin yan yann yannis yetunde ying yohann yong yvan zachary zara zelda
"""
"""Of the west and the south of Europe and of America; Chinese, Vietnamese and West African."""

ELSEWHERE = (TURKISH, ARABIC, SURINAMESE, EASTERN, WESTERN)
"""All of them."""
