"""Short sentences about people in the 24 official languages of the Union, and how each bends a
name: made up here, for tests in which a model answers."""

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from euguard.pii.span import PersonalDataKind

SLOT = re.compile(r"(\{\w+\})")
"""Where a value goes in what a user writes."""
Slots: TypeAlias = Mapping[str, Sequence[tuple[PersonalDataKind, str]]]
"""Name of a slot → values that fit it."""


@dataclass(frozen=True, slots=True)
class Language:
    """One language."""

    given: tuple[str, ...]
    surnames: tuple[str, ...]
    asked: tuple[str, str, str]
    """What users write, with slots `{a}` and `{b}` for people, `{mail}`, `{phone}` and `{iban}`.
    Never two slots with nothing but a comma between: that is another name."""
    said: tuple[str, ...]
    """What a model writes, one slot `{}` each."""
    both: str
    """What a model writes about two."""
    endings: tuple[str, ...]
    joints: tuple[str, ...] = ("", "-")
    """What may stand before an ending."""
    before: tuple[str, ...] = field(default=("",))
    """What may stand right before a name."""


LANGUAGES: dict[str, Language] = {
    "bg": Language(
        ("Мария", "Иван", "Елена"),
        ("Петров", "Димитрова", "Тодоров"),
        (
            "Моля, напишете писмо до {a} и изпратете копие на {b}, адрес {mail}.",
            "Обади ли се {a} на {phone} заради договора, който подписа {b}?",
            "Върнете сумата на {a} по сметка {iban} и уведомете {b}.",
        ),
        (
            "Уважаеми господине, {} вече подаде заявлението си.",
            "{} ще получи отговор до петък.",
            "Документът е подписан от {}.",
            "Кой е „{}“ в този договор?",
        ),
        "Срещата е между {} и {} в понеделник.",
        ("та", "ов", "ова", "а", "у", "ът"),
        ("", "-"),
    ),
    "cs": Language(
        ("Jana", "Petr", "Tereza"),
        ("Novák", "Dvořáková", "Svoboda"),
        (
            "Napište prosím dopis pro {a} a kopii pošlete na {mail}, kterou čte {b}.",
            "Volal už {a} na {phone} kvůli smlouvě, kterou podepsal {b}?",
            "Vraťte částku, kterou zaplatil {a}, na účet {iban} a dejte vědět, že {b} souhlasí.",
        ),
        (
            "Vážený pane, {} již žádost podal.",
            "{} dostane odpověď do pátku.",
            "Smlouvu podepsal {}.",
            "Kdo je v textu „{}“?",
        ),
        "Schůzka, na které budou {} a {}, je v pondělí.",
        ("ovi", "em", "e", "u", "ové", "ou", "ův"),
    ),
    "da": Language(
        ("Mette", "Lars", "Søren"),
        ("Nielsen", "Østergaard", "Holm"),
        (
            "Skriv venligst et brev til {a} og send en kopi til {b} på {mail}.",
            "Har {a} ringet på {phone} om den aftale, som {b} skrev under på?",
            "Betal beløbet til {a} på konto {iban} og giv {b} besked.",
        ),
        (
            "Kære kollega, {} har allerede sendt ansøgningen.",
            "{} får svar inden fredag.",
            "Aftalen er underskrevet af {}.",
            "Hvem er »{}« i brevet?",
        ),
        "Mødet mellem {} og {} er på mandag.",
        ("s", "es"),
        ("", "'", "\u2019"),
    ),
    "de": Language(
        ("Katharina", "Jürgen", "Max"),
        ("Vogelsang", "Groß", "Berg"),
        (
            "Bitte schreiben Sie einen Brief an {a} und schicken Sie {b} eine Kopie an {mail}.",
            "Hat {a} schon unter {phone} wegen des Vertrags angerufen, den {b} unterschrieben hat?",
            "Überweisen Sie den Betrag für {a} auf {iban} und geben Sie {b} Bescheid.",
        ),
        (
            "Sehr geehrte Damen und Herren, {} hat den Antrag bereits gestellt.",
            "{} bekommt bis Freitag eine Antwort.",
            "Der Vertrag ist unterschrieben von {}.",
            "Wer ist „{}“ in diesem Schreiben?",
        ),
        "Das Treffen von {} und {} ist am Montag.",
        ("s", "n", "en", "ns", "schen", "sche"),
        ("", "-", "'", "\u2019"),
    ),
    "el": Language(
        ("Μαρία", "Γιώργος", "Ελένη"),
        ("Παπαδάκης", "Νικολάου", "Βλάχος"),
        (
            "Γράψτε παρακαλώ ένα γράμμα προς {a} και στείλτε αντίγραφο προς {b} στο {mail}.",
            "Τηλεφώνησε ο {a} στο {phone} για τη σύμβαση που υπέγραψε ο {b};",
            "Επιστρέψτε το ποσό που πλήρωσε ο {a} στον λογαριασμό {iban} και ενημερώστε τον {b}.",
        ),
        (
            "Αξιότιμε κύριε, ο {} έχει ήδη υποβάλει την αίτηση.",
            "{} θα λάβει απάντηση έως την Παρασκευή.",
            "Η σύμβαση υπογράφτηκε από τον {}.",
            "Ποιος είναι ο «{}» στο κείμενο;",
        ),
        "Η συνάντηση ανάμεσα σε {} και {} είναι τη Δευτέρα.",
        ("ς", "υ", "ου", "ή", "ης", "ας"),
        ("", "-"),
    ),
    "en": Language(
        ("Catherine", "Oliver", "Grace"),
        ("Whitfield", "Ashdown", "Marlow"),
        (
            "Please write a letter to {a} and send a copy to {b} at {mail}.",
            "Has {a} called {phone} about the contract that {b} signed?",
            "Pay what {a} is owed into {iban} and tell {b} about it.",
        ),
        (
            "Dear Sir or Madam, {} has already applied.",
            "{} will get an answer by Friday.",
            "The contract was signed by {}.",
            "Who is \u201c{}\u201d in this letter?",
        ),
        "The meeting of {} and {} is on Monday.",
        ("s",),
        ("'", "\u2019", ""),
    ),
    "es": Language(
        ("Lucía", "Javier", "Carmen"),
        ("Núñez", "Ibáñez", "Ortega"),
        (
            "Escriba por favor una carta a {a} y envíe una copia a {b} en {mail}.",
            "¿Ha llamado {a} al {phone} por el contrato que firmó {b}?",
            "Devuelva el importe de {a} a la cuenta {iban} y avise a {b}.",
        ),
        (
            "Estimada señora, {} ya ha presentado la solicitud.",
            "{} recibirá una respuesta antes del viernes.",
            "El contrato lo firmó {}.",
            "¿Quién es «{}» en esta carta?",
        ),
        "La reunión de {} con {} es el lunes.",
        ("s", "es"),
        ("",),
    ),
    "et": Language(
        ("Kadri", "Jaan", "Õie"),
        ("Tamm", "Mägi", "Kõiv"),
        (
            "Palun kirjutage kiri, mille saab {a}, ja saatke koopia {mail} peale, kust loeb {b}.",
            "Kas {a} on helistanud numbril {phone} lepingu pärast, millele kirjutas alla {b}?",
            "Makske summa, mille saab {a}, kontole {iban} ja öelge seda ka inimesele {b}.",
        ),
        (
            "Lugupeetud kolleeg, {} on avalduse juba esitanud.",
            "{} saab vastuse reedeks.",
            "Lepingule kirjutas alla {}.",
            "Kes on selles kirjas „{}“?",
        ),
        "Esmaspäeval kohtuvad {} ja {}.",
        ("le", "lt", "st", "sse", "i", "ga", "ks", "ta", "ni"),
        ("", "-", "\u2019"),
    ),
    "fi": Language(
        ("Aino", "Juhani", "Päivi"),
        ("Virtanen", "Mäkelä", "Korhonen"),
        (
            "Kirjoita kirje, jonka saa {a}, ja lähetä kopio osoitteeseen {mail}, jota lukee {b}.",
            "Onko {a} soittanut numeroon {phone} sopimuksesta, jonka allekirjoitti {b}?",
            "Maksa summa, jonka saa {a}, tilille {iban} ja kerro siitä niin, että {b} tietää.",
        ),
        (
            "Hyvä kollega, {} on jo jättänyt hakemuksen.",
            "{} saa vastauksen perjantaihin mennessä.",
            "Sopimuksen allekirjoitti {}.",
            "Kuka on tässä kirjeessä \u201d{}\u201d?",
        ),
        "Maanantaina tapaavat {} ja {}.",
        ("n", "lle", "lta", "llä", "ssä", "sta", "ta", "ksi", "kin", "llekin"),
        ("", ":"),
    ),
    "fr": Language(
        ("Élodie", "Benoît", "Camille"),
        ("Lefèvre", "Moreau", "Garnier"),
        (
            "Merci d'écrire une lettre à {a} et d'envoyer une copie à {b} via {mail}.",
            "Est-ce que {a} a appelé le {phone} au sujet du contrat que {b} a signé ?",
            "Remboursez {a} sur le compte {iban} et prévenez {b} demain.",
        ),
        (
            "Madame, Monsieur, {} a déjà déposé sa demande.",
            "{} aura une réponse avant vendredi.",
            "Le contrat est signé par {}.",
            "Qui est « {} » dans cette lettre ?",
        ),
        "Le rendez-vous entre {} et {} est lundi.",
        ("s",),
        ("",),
        ("", "d'", "qu\u2019", "l'"),
    ),
    "ga": Language(
        ("Aoife", "Seán", "Niamh"),
        ("Ó Briain", "Ní Mhurchú", "Mac Cárthaigh"),
        (
            "Scríobh litir chuig {a} le do thoil agus seol cóip chuig {b} ag {mail}.",
            "Ar ghlaoigh {a} ar {phone} faoin gconradh a shínigh {b}?",
            "Aisíoc an tsuim le {a} ar chuntas {iban} agus inis é sin do {b} amárach.",
        ),
        (
            "A chara, tá iarratas déanta cheana ag {}.",
            "{} a gheobhaidh freagra roimh an Aoine.",
            "Is é {} a shínigh an conradh.",
            "Cé hé \u201c{}\u201d sa litir seo?",
        ),
        "Beidh cruinniú idir {} agus {} Dé Luain.",
        ("sa", "se", "na"),
        ("-",),
        ("", "d'", "h-", "m'"),
    ),
    "hr": Language(
        ("Ivana", "Marko", "Đurđa"),
        ("Horvat", "Babić", "Knežević"),
        (
            "Molim napišite pismo koje prima {a} i pošaljite kopiju na {mail} koju čita {b}.",
            "Je li {a} zvao na {phone} zbog ugovora koji je potpisao {b}?",
            "Vratite iznos koji je platio {a} na račun {iban} i javite da {b} to zna.",
        ),
        (
            "Poštovani, {} je već podnio zahtjev.",
            "{} će dobiti odgovor do petka.",
            "Ugovor je potpisao {}.",
            "Tko je u tekstu „{}”?",
        ),
        "Na sastanku u ponedjeljak su {} i {}.",
        ("a", "u", "om", "ov", "ova", "ovu", "em"),
    ),
    "hu": Language(
        ("Zsófia", "Gábor", "Ágnes"),
        ("Kovács", "Szűcs", "Tóth"),
        (
            "Kérem, írjon levelet, amelyet {a} kap, és küldje el {mail} címre, amelyet {b} olvas.",
            "Hívta már {a} a {phone} számot a szerződés miatt, amelyet {b} írt alá?",
            "Utalja vissza, amit {a} fizetett, a {iban} számlára, és tudja meg ezt {b} is.",
        ),
        (
            "Tisztelt kolléga! {} már benyújtotta a kérelmet.",
            "{} péntekig választ kap.",
            "A szerződést aláírta {}.",
            "Ki az a „{}” ebben a levélben?",
        ),
        "Hétfőn találkozik {} és {}.",
        ("nak", "nek", "val", "vel", "tól", "ről", "hoz", "ék", "éknak", "né", "t", "ért"),
        ("-", ""),
        ("", "a ", "az "),
    ),
    "it": Language(
        ("Giulia", "Niccolò", "Chiara"),
        ("Rossi", "D'Angelo", "Ferrari"),
        (
            "Scriva per favore una lettera a {a} e mandi una copia a {b} presso {mail}.",
            "Ha già chiamato {a} al {phone} per il contratto che {b} ha firmato?",
            "Rimborsi {a} sul conto {iban} e avvisi {b} domani.",
        ),
        (
            "Gentile signora, {} ha già presentato la domanda.",
            "{} riceverà una risposta entro venerdì.",
            "Il contratto è firmato da {}.",
            "Chi è «{}» in questa lettera?",
        ),
        "L'incontro tra {} e {} è lunedì.",
        ("i", "ni", "s"),
        ("",),
        ("", "d'", "dell'", "all\u2019"),
    ),
    "lt": Language(
        ("Rūta", "Jonas", "Živilė"),
        ("Kazlauskas", "Petraitis", "Žukauskienė"),
        (
            "Parašykite laišką, kurį gaus {a}, ir kopiją siųskite adresu {mail}, kurį skaito {b}.",
            "Ar {a} skambino {phone} dėl sutarties, kurią pasirašė {b}?",
            "Grąžinkite sumą, kurią sumokėjo {a}, į sąskaitą {iban} ir praneškite, kad {b} žino.",
        ),
        (
            "Gerbiamas kolega, {} jau pateikė prašymą.",
            "{} gaus atsakymą iki penktadienio.",
            "Sutartį pasirašė {}.",
            "Kas yra „{}“ šiame laiške?",
        ),
        "Pirmadienį susitinka {} ir {}.",
        ("ui", "o", "ė", "ės", "as", "ą", "iui", "ienė"),
    ),
    "lv": Language(
        ("Līga", "Jānis", "Ilze"),
        ("Kalniņš", "Ozoliņa", "Bērziņš"),
        (
            "Lūdzu uzrakstiet vēstuli, ko saņem {a}, un kopiju sūtiet uz {mail}, ko lasa {b}.",
            "Vai {a} ir zvanījis uz {phone} par līgumu, ko parakstīja {b}?",
            "Atmaksājiet summu, ko samaksāja {a}, kontā {iban} un paziņojiet, ka {b} to zina.",
        ),
        (
            "Cienītais kolēģi, {} jau ir iesniedzis pieteikumu.",
            "{} saņems atbildi līdz piektdienai.",
            "Līgumu parakstīja {}.",
            "Kas šajā vēstulē ir „{}”?",
        ),
        "Pirmdien tiekas {} un {}.",
        ("am", "s", "a", "u", "ā", "ai", "ē", "iem"),
    ),
    "mt": Language(
        ("Ġorġa", "Karmenu", "Marija"),
        ("Żammit", "Borġ", "Mifsud"),
        (
            "Jekk jogħġbok ikteb ittra lil {a} u ibgħat kopja lil {b} fuq {mail}.",
            "Ċempel {a} fuq {phone} dwar il-kuntratt li ffirma {b}?",
            "Ħallas lura lil {a} fil-kont {iban} u għarraf lil {b} għada.",
        ),
        (
            "Għażiż kollega, {} diġà applika.",
            "{} se jirċievi tweġiba sal-Ġimgħa.",
            "Il-kuntratt huwa ffirmat minn {}.",
            "Min hu \u201c{}\u201d f'din l-ittra?",
        ),
        "Il-laqgħa bejn {} u {} hija nhar it-Tnejn.",
        ("na", "ija", "in"),
        ("", "-"),
        ("", "il-", "ta' ", "lill-", "mill-", "t'"),
    ),
    "nl": Language(
        ("Sanne", "Daan", "Loïs"),
        ("de Vries", "Jansen", "van den Berg"),
        (
            "Schrijf alstublieft een brief aan {a} en stuur een kopie aan {b} via {mail}.",
            "Heeft {a} al gebeld naar {phone} over het contract dat {b} heeft getekend?",
            "Betaal {a} terug op rekening {iban} en laat het {b} weten.",
        ),
        (
            "Geachte heer of mevrouw, {} heeft de aanvraag al ingediend.",
            "{} krijgt voor vrijdag antwoord.",
            "Het contract is getekend door {}.",
            "Wie is \u2018{}\u2019 in deze brief?",
        ),
        "De afspraak van {} en {} is op maandag.",
        ("s", "tje", "je", "en"),
        ("", "'", "\u2019"),
    ),
    "pl": Language(
        ("Małgorzata", "Paweł", "Zofia"),
        ("Kowalski", "Wiśniewska", "Wójcik"),
        (
            "Proszę napisać list, który dostanie {a}, i wysłać kopię na {mail}, bo czyta ją {b}.",
            "Czy {a} dzwonił pod {phone} w sprawie umowy, którą podpisał {b}?",
            "Proszę zwrócić kwotę, którą zapłacił {a}, na konto {iban}, a wie o tym {b}.",
        ),
        (
            "Szanowni Państwo, {} złożył już wniosek.",
            "{} dostanie odpowiedź do piątku.",
            "Umowę podpisał {}.",
            "Kim jest „{}” w tym liście?",
        ),
        "W poniedziałek spotykają się {} i {}.",
        ("owi", "em", "a", "u", "ą", "ę", "ego", "emu", "owej", "ówna"),
        ("", "-", "\u2019", "'"),
    ),
    "pt": Language(
        ("Inês", "João", "Beatriz"),
        ("Magalhães", "Simões", "Ferreira"),
        (
            "Escreva por favor uma carta a {a} e envie uma cópia a {b} para {mail}.",
            "O senhor {a} já ligou para {phone} por causa do contrato que {b} assinou?",
            "Devolva o valor de {a} na conta {iban} e avise {b} amanhã.",
        ),
        (
            "Caro colega, {} já apresentou o pedido.",
            "{} terá uma resposta até sexta-feira.",
            "O contrato foi assinado por {}.",
            "Quem é \u201c{}\u201d nesta carta?",
        ),
        "A reunião entre {} e {} é na segunda-feira.",
        ("s", "zinho", "zinha"),
        ("",),
    ),
    "ro": Language(
        ("Ștefania", "Andrei", "Ioana"),
        ("Popescu", "Țăranu", "Mureșan"),
        (
            "Vă rog să scrieți o scrisoare către {a} și o copie către {b} la {mail}.",
            "A sunat {a} la {phone} pentru contractul pe care l-a semnat {b}?",
            "Returnați suma lui {a} în contul {iban} și anunțați pe {b} mâine.",
        ),
        (
            "Stimată doamnă, {} a depus deja cererea.",
            "{} va primi un răspuns până vineri.",
            "Contractul este semnat de {}.",
            "Cine este „{}” în această scrisoare?",
        ),
        "Întâlnirea dintre {} și {} este luni.",
        ("ului", "ei", "ul", "lui", "ilor", "ă"),
        ("", "-"),
    ),
    "sk": Language(
        ("Zuzana", "Ľuboš", "Katarína"),
        ("Kováč", "Horváthová", "Baláž"),
        (
            "Napíšte prosím list, ktorý dostane {a}, a kópiu pošlite na {mail}, číta ju {b}.",
            "Volal už {a} na {phone} pre zmluvu, ktorú podpísal {b}?",
            "Vráťte sumu, ktorú zaplatil {a}, na účet {iban} a oznámte, že {b} súhlasí.",
        ),
        (
            "Vážený pán, {} už podal žiadosť.",
            "{} dostane odpoveď do piatka.",
            "Zmluvu podpísal {}.",
            "Kto je v texte „{}“?",
        ),
        "V pondelok sa stretnú {} a {}.",
        ("ovi", "om", "a", "u", "ej", "ou", "ovej"),
    ),
    "sl": Language(
        ("Špela", "Matjaž", "Alenka"),
        ("Žagar", "Kovačič", "Zupan"),
        (
            "Prosim napišite pismo, ki ga dobi {a}, in kopijo pošljite na {mail}, ki ga bere {b}.",
            "Ali je {a} klical na {phone} zaradi pogodbe, ki jo je podpisal {b}?",
            "Vrnite znesek, ki ga je plačal {a}, na račun {iban} in sporočite, da {b} to ve.",
        ),
        (
            "Spoštovani, {} je vlogo že oddal.",
            "{} bo dobil odgovor do petka.",
            "Pogodbo je podpisal {}.",
            "Kdo je v besedilu »{}«?",
        ),
        "V ponedeljek se srečata {} in {}.",
        ("a", "u", "om", "ov", "ova", "ju", "jem"),
    ),
    "sv": Language(
        ("Astrid", "Björn", "Åsa"),
        ("Lindqvist", "Öberg", "Sandström"),
        (
            "Skriv ett brev till {a} och skicka en kopia till {b} på {mail}.",
            "Har {a} ringt {phone} om avtalet som {b} skrev under?",
            "Betala tillbaka till {a} på konto {iban} och meddela {b} i morgon.",
        ),
        (
            "Bästa kollega, {} har redan lämnat in ansökan.",
            "{} får svar före fredag.",
            "Avtalet är undertecknat av {}.",
            "Vem är \u201d{}\u201d i brevet?",
        ),
        "Mötet mellan {} och {} är på måndag.",
        ("s", "sson"),
        ("", ":"),
    ),
}


# ------------------------------------------------------------------ who is talked about


def slots(language: Language, chance: random.Random) -> Slots:
    """Return values for the slots of `Language.asked`."""
    people = [(PersonalDataKind.PERSON, name) for name in _people(language, chance)]
    return {"a": people, "b": people, **_numbers(chance)}


def fill(template: str, values: Slots, chance: random.Random) -> str:
    """Return the template with values drawn for its slots."""
    return "".join(
        chance.choice(values[part[1:-1]])[1] if SLOT.fullmatch(part) else part
        for part in SLOT.split(template)
    )


def _people(language: Language, chance: random.Random) -> list[str]:
    """Names that share given names, surnames and initials, and are written in many ways."""
    given, surnames = language.given, language.surnames
    one, two = chance.sample(given, 2)
    name, other = chance.sample(surnames, 2)
    # "Horvat, I." is found in "Horvat i", where "i" means "and".
    asked = " ".join(language.asked).casefold().split()
    initial = next(each[0] for each in given if each[0].casefold() not in asked)
    written = [
        f"{one} {name}",
        f"{two} {name}",
        f"{one} {other}",
        f"{initial}. {name}",
        f"{name}, {initial}.",
        f"{name}, {two}",
        f"{one} {name}".upper(),
        name,
        one,
        f'{two} "{one[:3]}" {other}',
        f"{one} {two}\\{other}",
        f"{two}\n{other}",
        f"{two} {other} 🙂",
        f"{one} <{other}>",
        f"{two} & {other}",
    ]
    return chance.sample(written, 6)


def _numbers(chance: random.Random) -> Slots:
    """E-mail addresses, telephone numbers and accounts, under their slots."""
    line, account = chance.randrange(1000), chance.randrange(10**10)
    mail, phone, iban = PersonalDataKind.EMAIL, PersonalDataKind.PHONE, PersonalDataKind.IBAN
    return {
        "mail": [
            (mail, f"person{line}@example.org"),
            (mail, f"Person{line}@Example.org"),
            (mail, f'"a\\"b{line}"@example.org'),
        ],
        "phone": [
            (phone, f"+49 30 23125 {line:03d}"),
            (phone, f"+49 (30) 23125{line:03d}"),
            (phone, f"00 44 20 7946\n0{line:03d}"),
        ],
        "iban": [
            (iban, f"DE02 3704 0044 {account:010d}"),
            (iban, f"DE023704\n0044{account:010d}"),
        ],
    }
