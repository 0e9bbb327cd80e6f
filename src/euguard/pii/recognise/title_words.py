"""Titles and greetings in the official languages, Norwegian and Icelandic, with their declensions.

Each row is one language. Patterns; a full stop is escaped.

Sources: the Interinstitutional Style Guide of the Union (titles and forms of address per language)
and the letter forms of the national administrations.
"""

import re
from typing import Final

_CAPITAL = (
    r"(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Rev|Fr|Hon|MR|MRS|MS|DR)\.?|Messrs\.?|Sir|Dame|Lord|Lady|Doctor|Professor|Madam",
    r"(?:Mme|Mlle|Mgr|Me|Pr|MME|MLLE|Mmes|Mlles)\.?|M\.|MM\.|Maître|Docteur|Professeur|Veuve",
    r"Herrn?|HERRN?|Frau|FRAU|Fräulein|Frl\.|Hr\.|Fr\.|Mag\.|Dipl\.-Ing\.|Ing\.|Univ\.-Prof\.|RA|RAin",
    r"Sra?\.|Srta\.|Dra\.|D\.ª|Don|Doña|g\.|ga\.|[Dd]na\.?|[Dd]l\.?|drs\.",
    r"Sr\.ª|Dr\.ª|Eng\.[ºª]?|Exm[ao]\.",
    r"Dott\.(?:ssa)?|Avv\.|Ing\.|Geom\.|Rag\.|Arch\.|Sig\.(?:ra|na|r)?|Egr\.|Gent\.|Spett\.",
    r"Dhr\.|Mevr\.|Mw\.|Ir\.",
    r"Mgr\.?|Bc\.|JUDr\.|MUDr\.|PhDr\.|RNDr\.|MVDr\.|PaedDr\.|ThDr\.|Doc\.",
    r"Id\.|Ifj\.|Özv\.|Uas\.|An tUasal|Bean Uí|Bean Mhic|Iníon Uí|Iníon Mhic|Iníon Ní|L-Onor\.|Is-Sur|Is-Sinjura",
)
CAPITAL: Final = "|".join(_CAPITAL)
"""Titles only as written here: in small letters they are other words."""
_EITHER = (
    r"monsieur|madame|mademoiselle|messieurs|mesdames|maître",
    r"señora?|señorita|señores|doña",
    r"senhora?|senhores|dona|doutora?",
    r"signora?|signorina|sig\.(?:ra|na)?|dott\.(?:ssa)?|dottor(?:e|essa)?|avvocat[oa]|avv\.|ing\.|geom\.|professoressa",
    r"de heer|meneer|mevrouw|mejuffrouw|dhr\.|mevr\.|mw\.",
    r"pan|pana|panu|panem|panie|panowie|panów|pani|panią|panią|państwo|państwa|inż\.|mgr|adw\.|lek\.|red\.|ks\.",
    r"pane|paní|panem|slečn[ay]|slečno|pán|pánovi|pána|pánom|slečn[ou]",
    r"gospod(?:a|u|om|e)?|gosp[aeo]|gospodičn[aeo]|gospodin(?:a|u|om|e)?|gospođ[aeiou]|gospođic[aeiu]|gđ[aeo]|gdin\.?|gosp\.|odv\.",
    r"господин(?:а|ът|е|у)?|госпожа(?:та)?|госпожо|госпожица|госпожице|г-н|г-жа|г-ца|г-на|д-р|инж\.|адв\.|проф\.|доц\.",
    r"κύρι(?:ος|ε|ο|ου|α|ας)|κυρί(?:α|ας|ου)|κ\.|κα|κος|κ\.κ\.|δεσποινίς|δρ\.?|καθ\.",
    r"domnul(?:ui|e)?|doamn(?:a|ei|ă)|domnișoar(?:a|ei|ă)|d-na|d-l|d-lui|dlui|d-nei|dra\.?|d-ra|dlor",
    r"härra|proua|preili|hr|pr|prl",
    r"ponas|pono|ponui|poną|ponu|pone|ponia|ponios|poniai|ponią|panelė|gerb\.|adv\.",
    r"herran?|herralle|rouvan?|rouvalle|neiti|tri",
    r"herr|fru|fröken|frk\.?|hr\.|fr\.|advokat|doktor|dr\.|overlæge|frú|herra",
    r"is-Sur|lis-Sur|tas-Sur|mas-Sur|is-Sinjura|lis-Sinjura|tas-Sinjura|is-Sinjorina|an tUasal|uasal",
    r"prof\.|dr\.|doc\.|ing\.|mudr\.|judr\.|phdr\.|d\.sc\.|dr hab\.|prof dr|mag\.|univ\. dipl\.",
)
EITHER: Final = "|".join(
    variant
    for row in _EITHER
    for word in re.findall(r"(?:[^|()]|\([^()]*\))+", row)
    for variant in ("[" + word[0] + word[0].upper() + "]" + word[1:], word.upper())
    if variant[0] == "[" or word.isalpha()
)
"""Titles in small letters as well as with a capital; those without endings in capitals, too."""
FURTHER: Final = r"med\.|jur\.|phil\.|rer\.|nat\.|pol\.|habil\.|hab\.|ing\.|h\.c\.|dent\.|vet\.|-[ ]?Ing\.|sc\.|inż\.|arch\.|Uí|e"
"""What may stand between a title and the name: "Dr. med. dent. Huber", "prof. dr hab. Nowak"."""
_BEHIND = (
    r"[Úú]r(?:nak|ral|at|ra|hoz|tól|nál|é|ék)?|[Aa]sszon(?:y(?:nak|t|ra|hoz|tól|om)?|nyal)|[Kk]isasszon(?:y(?:nak|t)?|nyal)",
    r"[Kk]ung(?:s|a|am|u|i|iem)|[Kk]undz(?:e|es|ei|i|ēm)|[Jj]aunkundz(?:e|es|ei)",
    r"[Hh]ärra(?:le|l|st|t)?|[Pp]roua(?:le|l|st|t)?",
    r"[Bb]ey|[Hh]anım",
)
BEHIND: Final = "|".join(_BEHIND)
"""Titles behind the name, in Hungarian, Latvian and seldom Estonian; also Turkish ones."""
_GREETINGS = (
    r"Dear|Hi|Hello|Hey|Good morning|Good afternoon|Good evening",
    r"Bonjour|Bonsoir|Salut|Coucou|Cher|Chère|Chers|Chères",
    r"Lieber?|Liebes|Sehr geehrter?|Hallo|Guten Tag|Guten Morgen|Servus|Grüß dich|Moin|Werter?",
    r"Hola|Estimad[oa]|Querid[oa]|Buenos días|Buenas tardes|Apreciad[oa]",
    r"Olá|Car[oa]|Prezad[oa]|Bom dia|Boa tarde|Exmo\.|Exma\.",
    r"Ciao|Gentile|Gentilissim[oa]|Egregi[oa]|Buongiorno|Salve|Spettabile",
    r"Beste|Geachte|Lieve|Goedemorgen|Goedemiddag|Hoi|Dag",
    r"Cześć|Drog[ai]|Szanown[ay]|Hej|Witaj|Dzień dobry|Kochan[aiy]",
    r"Ahoj|Milý|Milá|Vážen[ýáí]|Dobrý den|Drahý|Drahá|Dobrý deň|Čau",
    r"Živjo|Drag[aieo]|Spoštovan[ia]|Bok|Poštovan[iaeo]|Pozdravljen[ia]?|Štovan[ia]|Zdravo|Cijenjen[ia]",
    r"Здравей|Здравейте|Скъп[иа]|Уважаем[иа]|Драг[иа]|Мил[иа]|Почитаем[иа]|Привет",
    r"Bună|Bună ziua|Dragă|Stimat[eă]|Dragul|Draga|Onorat[eă]",
    r"Szia|Kedves|Tisztelt|Drága|Üdv|Szervusz",
    r"Tere|Kallis|Lugupeetud|Austatud|Hea",
    r"Sveiki?|Sveika|Dārg(?:ais|ā)|God(?:ātais|ātā|āts)|Cienījam(?:ais|ā)|Cien\.|Mīļ(?:ais|ā)|Čau",
    r"Labas|Miel(?:as|a|oji|asis)|Gerbiam(?:as|a|oji|asis)|Brang(?:us|i|usis)|Laba diena",
    r"Hei|Moi|Hyvä|Rakas|Arvoisa|Terve|Kunnioitettu",
    r"Hej|Kära|Käre|Bästa|Bäste|Kære|Kjære|Hei|God dag|Ærede|Hæ|Kæri|Kæra|Sæll?|Góðan daginn|Snälla",
    r"Γεια σου|Γεια σας|Αγαπητ(?:έ|ή|οί)|Αγαπημέν(?:ε|η)|Αξιότιμ(?:ε|η)|Καλημέρα|Καλησπέρα|Κυρία|Κύριε",
    r"Dia duit|Dia dhuit|Haigh|Għażiż(?: Sur)?|Għażiża(?: Sinjura| Sinjorina)?|Bonġu|Onorevoli|Maħbub|Maħbuba|Bongu",
)
GREETINGS: Final = "|".join(_GREETINGS)
"""What begins a letter; a name and a comma follow."""
NOBODY: Final = frozenset(
    """all everyone everybody team colleague colleagues friends folks sirs sir madam customer customers client clients
    sir/madam hiring speaker president prime minister chairman secretary ambassador judge commissioner mayor justice
    chancellor american asian european african excellency majesty highness
    tous toutes collègue collègues équipe amis messieurs mesdames madame monsieur mademoiselle abonné abonnés
    ministre présidente président maire préfet préfète juge commissaire ambassadeur procureur lecteur lecteurs
    directeur directrice bâtonnier recteur greffier secrétaire chancelier rapporteur conseiller avocat maître docteur
    kollege kollegen kollegin kolleginnen team damen herren kunde kunden kundin zusammen alle leser freunde freund
    präsident präsidentin minister ministerin bundeskanzler bundeskanzlerin kanzler kanzlerin bürgermeister
    bürgermeisterin oberbürgermeister oberbürgermeisterin richter richterin rechtsanwalt rechtsanwältin staatsanwalt
    staatsanwältin direktor direktorin vorsitzender vorsitzende professor professorin doktor abgeordneter abgeordnete
    botschafter botschafterin notar notarin ober cousin cousine eltern mutter vater bruder schwester gott
    todos todas equipo equipa amigos amigas colegas colega cliente clientes señores señoras señor señora presidente
    presidenta ministro ministra alcalde alcaldesa juez fiscal magistrado abogado director directora usuario lector
    senhor senhora senhores senhoras juiz doutor doutora engenheiro utente vereador deputado
    tutti colleghi collega squadra clienti signori signore signora presidente sindaco sindaca onorevole giudice
    avvocato direttore direttrice dottore dottoressa lettore amico amica amici
    collega's allemaal iedereen klant heer mevrouw meneer voorzitter minister burgemeester rechter klanten relatie
    kliencie klientko państwu
    wszyscy państwo panie pani pan zespół kolego koleżanko koledzy klient klienci prezydent prezydencie premier
    premierze minister ministrze prezes prezesie dyrektor dyrektorze sędzia sędzio doktor doktorze profesor
    profesorze marszałek marszałku rektor mecenas mecenasie burmistrz polki polka bóg
    všichni všem kolegové kolego kolegyně tým pane paní zákazníku zákazníci prezident prezidente ministr ministře ministryně
    předseda předsedo předsedkyně ředitel řediteli ředitelka ředitelko starosta starosto soudce soudkyně doktor doktore profesor
    profesore inženýre klienti klientko
    pán pani pánovia dámy kolegovia tím zákazník prezident minister predseda riaditeľ riaditeľka starosta sudca
    vsi vsem kolegi kolegice stranka stranke ekipa gospod gospa predsednik predsednica minister ministrica ministrice
    direktor direktorica župan županja sodnik sodnica
    svi svima kolege klijent klijenti tim gospodine gospođo predsjednik predsjedniče predsjednica ministar ministre
    ministrica direktore ravnatelj sudac sutkinja gradonačelnik
    всички колеги колега клиент клиенти екип господине госпожо дами господа президент председател министър директор
    кмет съдия прокурор депутат приятели
    toți echipa colegi colega clientul client domnule doamnă doamna domnul președinte președintele ministru ministrul
    primar primarul director directorul judecător deputat prieteni
    mindenki csapat kolléga kollégák ügyfelünk ügyfél hölgyem uram címzett ügyfélszolgálat elnök miniszter igazgató polgármester bíró
    doktor tanár professzor képviselő barátom barátaim főigazgató államtitkár biztos felügyelő főfelügyelő ezredes százados
    hadnagy őrmester tábornok kapitány tanácsos ügyvéd ügyész miniszterelnök pincér rendőr parancsnok szamuráj úr asszony
    kõik meeskond klient kliendid kolleegid kolleeg härra proua president presidendi presidenti minister direktor
    linnapea kohtunik sõbrad
    visi komanda kolēģi kolēģe klients klienti kungs kundze prezidents prezidenta ministrs ministra direktors
    direktora priekšsēdētāja priekšsēdētājs tiesnesis dāmas kungi profesora
    visi kolegos kolega klientas klientai komanda pone ponia prezidente prezidentas ministre ministras direktoriau
    direktorius mere meras teisėjas draugai
    kaikki tiimi asiakas asiakkaamme kollegat herra rouva presidentti ministeri johtaja pormestari tuomari ystävät
    alla teamet kund kunder kollegor kollega herr fru ordförande president statsminister minister direktör talman
    domare vänner läsare talmannen
    alle kunde kolleger holdet team præsident statsminister minister direktør borgmester dommer formand venner
    alle kollegaer statsminister ordfører direktør dommer
    όλοι όλες ομάδα συνάδελφοι συνάδελφε πελάτη πελάτες κύριε κυρία κύριοι κυρίες πρόεδρε πρόεδρος υπουργέ υπουργός
    δήμαρχε δήμαρχος δικαστή διευθυντή διευθυντής διευθύντρια φίλοι φίλε φίλη
    chara cairde foireann custaiméir uachtarán taoiseach aire
    kulħadd tim klijent klijenti sinjur sinjura kollega kollegi president prim ministru onorevoli sindku imħallef
    gmbh ag kg ltd inc sa sarl srl spa bv nv ab oy as aps
    tag morgen world there""".split()  # noqa: SIM905  # reads as a word list
)
"""Offices, relations and addresses to many, in small letters: nobody is called so."""
