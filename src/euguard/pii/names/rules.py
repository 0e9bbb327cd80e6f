"""What of a name model's find is a person's or a place's name.

Name models are trained on newspapers. In letters and forms they take "Tel", "Dear" or
"Bonjour Madame" for persons, and a signature block for one long name. The rules here keep
what names somebody and cut off the rest: titles and forms of address, so that "Mme Lefèvre"
and "Lefèvre" are one value; possessive endings; digits; whatever stands on another line. A
find that is already a pseudonym names nobody.

They only cut: no rule makes a name out of what no model found.

Fictitious examples: "Mme Claire Lefèvre" gives "Claire Lefèvre"; "Anna Kowalska's" gives
"Anna Kowalska"; "Tel", "Bonjour", "<PERSON_7Q3K>" give nothing.
"""

import re
from collections.abc import Iterator

from euguard.pii.span import PersonalDataKind

_PIECE = re.compile(r"[^\n\r\t|;:•]+")
_PSEUDONYM = re.compile(
    rf"<?\b(?:{'|'.join(PersonalDataKind)})_[0-9B-DF-HJ-NP-TV-Z]{{4,}}"
    r"(?:_[0-9B-DF-HJ-NP-TV-Z]+)?\b>?"
)
_TITLES = (
    r"mr|mrs|ms|miss|mx|dr|prof|professor|sir|madam|lord|lady|dame|judge|doctor|captain|president"
    r"|minister|mister|dear|hello|hi|hey|thanks|thank you|regards|from|to|cc|bcc|re|attn|contact"
    r"|signed|contacts?|tel|phone|fax|mobile|email|e-mail|mail|name|client|patient|employee"
    r"|mm?|mme|mmes|mlle|mlles|monsieur|messieurs|madame|mesdames|mademoiselle|maître|maitre|me"
    r"|docteur|professeur|pr|juge|président|présidente|ministre|capitaine|bonjour|bonsoir|salut"
    r"|coucou|cher|chère|chers|chères|merci|cordialement|tél|téléphone|courriel|nom|prénom|objet"
    r"|signé|née?|et|ou|and|or|veuve|époux|épouse|herr|frau|señor|señora|signor|signora|sig"
)
_LEADING = re.compile(
    rf"(?:(?:{_TITLES})\b\.?|[\W_]|(?:[ldjmtsnc]|qu)['\u2019](?=\w))+", re.IGNORECASE
)
# Every character is consumed in one way only: a find may be long, and made for the purpose.
_TRAILING = re.compile(
    r"(?:['\u2019]s\b|[^\w.)]|(?<!\w)(?:tel|tél|phone|fax|email|mobile|iban|mme|mrs?|ms?|née?|et"
    r"|and|ou|or)\b\.?)+\Z",
    re.IGNORECASE,
)
_INITIAL = re.compile(r"(?:^|[\s.-])[^\W\d_]\.\Z")
_DIGITS = re.compile(r"\s*\d.*", re.DOTALL)
_LETTERS = re.compile(r"[^\W\d_]{2}")
_WORD = re.compile(r"\S+")
_PARTICLES = frozenset(
    """af al av bin da das de degli dei del della den der des di do dos du e el ibn la las le los
    ter van vom von y zu zum zur""".split()  # noqa: SIM905  # reads as a word list
)
_LEADING_PARTICLES = frozenset(
    "van von vom der den het ten ter zu zum zur af av el al bin ibn".split()  # noqa: SIM905  # as above
)
"""Those that begin a surname, and are no preposition: "de" may be either."""
# Words that begin a sentence before a name, and that no name begins with.
_OPENERS = frozenset(
    """yesterday today tomorrow tonight monday tuesday wednesday thursday friday saturday sunday
    please introduce ask tell write inform remind invite thank congratulate forward send call
    summarise summarize translate draft explain although because since while when whether
    hier demain aujourd'hui lundi mardi mercredi jeudi vendredi samedi dimanche veuillez
    demandez dites écrivez écris informez rappelez invitez remerciez félicitez envoyez appelez
    résumez traduisez rédigez expliquez quand lorsque parce comme puisque""".split()  # noqa: SIM905  # as above
)
_NOBODY = frozenset(
    """i you he she it we they me him her us them my your his its our their this that these those
    who what which when where why how yes no ok okay please sorry welcome sincerely best kind
    yours faithfully subject date address city country number order invoice iban bic siret siren
    vat id url http https www pdf gdpr rgpd dpo ceo cto hr faq api json email e-mail mail tel
    phone fax mobile telephone signature sender recipient customer client
    je tu il elle on nous vous ils elles moi toi lui eux ce cet cette ces qui que quoi où quand
    comment pourquoi oui non svp stp merci bonjour bonsoir salut coucou cordialement
    salutations bien veuillez adresse ville pays numéro commande facture objet tél téléphone
    portable courriel madame monsieur mademoiselle messieurs mesdames mme mlle mr mrs ms dr
    monday tuesday wednesday thursday friday saturday sunday january february march april june
    july august september october november december lundi mardi mercredi jeudi vendredi samedi
    dimanche janvier février mars avril mai juin juillet août septembre octobre novembre
    décembre today tomorrow yesterday demain hier aujourd'hui the a an and or but if of to in
    le la les un une des du de et ou mais si article applicant requérant requérante court cour
    summarise summarize translate write rewrite draft explain résume résumez traduis traduisez
    écris écrivez rédige rédigez explique expliquez regards respectfully cheers head director
    manager team department officer office service direction directeur directrice responsable
    chef équipe assistant comptable rh user system eur usd gbp chf euro euros
    annex annexe section chapter regulation directive act law invoice price total amount table
    bitte rechnung betrag gesetz verordnung artikel absatz anlage seite taj pesel oib nip dni nie
    ley reglamento anexo página precio importe hola vivimos lei regulamento anexo preço valor nif
    codice fiscale legge regolamento allegato pagina prezzo importo targa residenza iva della
    lag förordning bilaga sida pris belopp lov forordning bilag side beløb
    αφμ αμκα αδτ νόμος νόμου άρθρο κανονισμός παράρτημα σελίδα τιμή ποσό εε ιανουάριο ιανουαρίου
    suma pagal įstatymo reglamento straipsnis sąskaita kaina skambinkite es puslapis valstybinė
    zakon uredba člen priloga stran cena znesek račun po
    airteagal alt acht rialachán rialacháin iarscríbhinn leathanach praghas sonrasc guthán uimhir
    luan máirt céadaoin déardaoin aoine satharn domhnach eanáir feabhra márta aibreán bealtaine
    meitheamh iúil lúnasa samhain nollaig
    artikolu regolament anness paġna prezz ammont fattura nitolbuk xahar ix jannar frar marzu
    april mejju ġunju lulju awwissu settembru ottubru novembru diċembru sinjur ġimgħa sibt ħadd
    регламент закон член приложение страница цена сума фактура
    rendelet törvény cikk melléklet oldal ár összeg számla ügyfélszolgálat címzett hölgyem uram
    mașina legea regulamentul anexa pagina preț factura
    minister ministers ministerin ministerpräsident ministerpräsidentin präsident präsidentin
    kanzler kanzlerin bundeskanzler bundeskanzlerin bürgermeister bürgermeisterin oberbürgermeister
    botschafter botschafterin kollege kollegin kollegen professor professorin
    president chairman chairwoman chairperson ambassador mayor colleague colleagues professors
    président présidente ministre ambassadeur ambassadrice maire collègue collègues professeur
    presidente presidenta ministro ministra embajador embajadora alcalde alcaldesa colega colegas
    profesor profesora senhora senhor embaixador embaixadora professora sindaco sindaca
    ambasciatore ambasciatrice collega colleghi professore professoressa
    prezydent prezydencie prezydenta minister ministrze profesor profesorze profesora ambasador
    prezident prezidente prezidenta ministr ministře ministryně profesore velvyslanec předseda
    předsedo předsedkyně predseda predsedníčka prezidentka minister ministerka ministrica
    predsednik predsednica ministar ministrica predsjednik predsjedniče predsjednica ministre
    președinte președintele președintă ministru ministrul ministră domnule doamnă
    kolléga kollégák miniszter elnök polgármester professzor
    prezidents prezidente ministrs ministre ministrija prezidentas prezidente ministras ministrė
    president presidendi minister ministri presidentti ministeri puheenjohtaja pormestari
    statsminister ordfører borgmester præsident ministern presidenten borgmästare kollegor
    πρόεδρε πρόεδρος υπουργέ υπουργός υπουργού δήμαρχε δήμαρχος καθηγητά συνάδελφοι
    президент президента министър министърът председател професор колеги
    uachtarán taoiseach aire president ministru prim""".split()  # noqa: SIM905  # reads as a word list
)


def names(text: str, start: int, end: int, *, numbered: bool = False) -> Iterator[tuple[int, int]]:
    """Yield the parts of text[start:end] that name somebody or some place, as [start, end).

    With `numbered`, digits may be part of it, as in "12 rue de la Paix"; no person has any.
    """
    for line in _PIECE.finditer(text, start, end):
        at = line.start()
        for pseudonym in _PSEUDONYM.finditer(text, line.start(), line.end()):
            yield from _pieces(text, at, pseudonym.start(), numbered=numbered)
            at = pseudonym.end()
        yield from _pieces(text, at, line.end(), numbered=numbered)


def _pieces(text: str, start: int, end: int, *, numbered: bool) -> Iterator[tuple[int, int]]:
    if numbered:
        yield from _trimmed(text, start, end)
        return
    digits = _DIGITS.search(text, start, end)
    for first, last in _runs(text, start, digits.start() if digits else end):
        yield from _trimmed(text, first, last)


def _runs(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the parts between small words that are no particle of a name.

    "Sarah Lindholm to Thomas Albrecht" is two people. Where no word has a capital, as in
    "john smith", nothing tells, and it stays one.
    """
    words = [found.span() for found in _WORD.finditer(text, start, end)]
    if not any(_is_name(text[first:last]) for first, last in words):
        yield start, end
        return
    run: list[tuple[int, int]] = []
    leading: list[tuple[int, int]] = []
    for first, last in words:
        word = text[first:last]
        opens = not run and word.lower() in _OPENERS
        if (_is_name(word) and not opens) or (run and word in _PARTICLES):
            run += [*leading, (first, last)]
            leading = []
        elif not run and word in _LEADING_PARTICLES:
            leading.append((first, last))
        else:
            if run:
                yield run[0][0], run[-1][1]
            run, leading = [], []
    if run:
        yield run[0][0], run[-1][1]


def _is_name(word: str) -> bool:
    return word != word.lower()


def _trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    leading = _LEADING.match(text, start, end)
    start = leading.end() if leading else start
    name = text[start:end]
    trailing = _TRAILING.search(name)
    if trailing:
        name = name[: trailing.start()]
    if name.endswith(".") and not _INITIAL.search(name):
        name = name.rstrip(".")
    if _LETTERS.search(name) and not _names_nobody(name):
        yield start, start + len(name)


def _names_nobody(name: str) -> bool:
    words = re.split(r"[\s'\u2019-]+", name.lower())
    return all(word.strip(".,") in _NOBODY or word.isdigit() or len(word) == 1 for word in words)
