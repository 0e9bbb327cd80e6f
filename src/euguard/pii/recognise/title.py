"""Persons announced by a title or a greeting: "Ms Murphy", "Maître Lefèvre", "Dear Sarah,".

A person's name is personal data (Art. 4(1) GDPR). Name models miss it most where a letter
has it: behind "Dear" and before a comma, far from any sentence. A title before a capitalised
word is as sure a sign as there is in English and French (German "Herr", "Frau" included,
for letters quote each other).

No checksum. The title itself is not part of the find, so that "Mme Lefèvre" and "Lefèvre"
are one value. Not found: a title before an office ("Madame la Présidente", "Mr Speaker"),
a greeting to many ("Dear all").

Fictitious examples: "Ms Murphy", "M. Jean-Luc Dupont", "Dr. van der Berg", "Bonjour Claire,".
"""

import re
from collections.abc import Iterator
from typing import Final

from euguard.pii.recognise.letters import UPPER
from euguard.pii.recognise.person import names
from euguard.pii.span import PersonalDataKind, Span

_TITLE = (
    r"(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Mme|Mlle|Mgr|Me|Pr|MR|MRS|MS|DR|MME|MLLE)\.?"
    r"|M\.|MM\.|Messrs\.?|Sir|Lord|Lady|Doctor|Professor|Madam|Monsieur|Madame|Mademoiselle"
    r"|MONSIEUR|MADAME|Messieurs|Mesdames|Maître|Docteur|Professeur|Herrn?|Frau|HERRN?|FRAU|Fräulein"
    r"|[Ss]eñora?|[Ss]eñorita|Sra?\.|Srta\.|[Dd]on|[Dd]oña|D\.ª|[Ss]enhora?|Sr\.ª|[Dd]ona|Dra\.|Eng\.[ºª]?"
    r"|[Ss]ignora?|[Ss]ig\.(?:ra|na)?|[Dd]ott\.(?:ssa)?|[Aa]vv\.|[Ii]ng\.|[Gg]eom\.|[Mm]eneer|[Mm]evrouw|[Dd]hr\.|[Mm]evr\.|de heer"
    r"|[Pp]an(?:a|u|em|i|ią|ią|ie|í|e)?|[Pp]aní|[Gg]ospod(?:a|u|om|in|ina|inu)?|[Gg]osp[aeo]|[Gg]ospođ[aeiu]|[Gg]\.|[Gg]a\."
    r"|[Гг]осподин(?:а|ът)?|[Гг]оспожа(?:та)?|[Гг]оспожица|[Гг]-н|[Гг]-жа|[Дд]-р|[Кк]ύρι[οεα]ς?|[Кк]\."
    r"|[Κκ]ύρι(?:ος|ε|ο|ου|α|ας)|[Κκ]υρί(?:α|ας|ου)|[Κκ]\.|[Κκ]α|[Κκ]ος|[Κκ]υρ"
    r"|[Dd]omnul(?:ui)?|[Dd]oamn(?:a|ei)|[Dd]omnișoar(?:a|ei)|[Dd]l\.|[Dd]na\.?|[Dd]-na|[Dd]-l"
    r"|[Hh]ärra|[Pp]roua|[Pp]reili|[Pp]onas|[Pp]ono|[Pp]onui|[Pp]oną|[Pp]onia|[Pp]onios|[Pp]oniai|[Gg]erb\."
    r"|[Hh]erra|[Rr]ouva|[Nn]eiti|[Hh]err|[Ff]ru|[Ff]röken|[Ff]rk\.|[Hh]r\."
    r"|[Ii]s-Sur|[Ll]is-Sur|[Ii]s-Sinjura|[Ii]s-Sinjorina|An tUasal|an tUasal|Uasal|Bean|Iníon"
)
_PARTICLE = r"(?:de|du|des|d'|d\u2019|van|von|der|den|ter|la|le|el|al|bin|ibn|di|da|dos)"
# Bounded: three names with at most two particles before each.
_CAPITALISED = rf"[{UPPER}][\w'\u2019-]{{0,30}}\.?"
_WORD = rf"(?:{_PARTICLE}[ ]?){{0,2}}{_CAPITALISED}"
_NAME = rf"{_WORD}(?:[ ]{_WORD}){{0,2}}"
_TITLED = re.compile(rf"(?<!\w)(?:{_TITLE})[ ]{{1,2}}(?P<name>{_NAME})")
_GREETING = (
    "Dear|Hi|Hello|Hey|Bonjour|Bonsoir|Salut|Coucou|Cher|Chère|Chers|Chères|Lieber?|Sehr geehrte"
    "|Hallo|Hola|Estimad[oa]|Querid[oa]|Olá|Car[oa]|Prezad[oa]|Ciao|Gentile|Egregio|Beste|Geachte|Lieve"
    "|Cześć|Drog[ai]|Szanown[ay] Pani?e?|Ahoj|Milý|Milá|Vážen[ýá]|Dobrý den|Živjo|Drag[aieo]|Spoštovan[ia]|Bok|Poštovan[ia]"
    "|Здравей|Здравейте|Скъп[иа]|Уважаем[иа]|Bună|Dragă|Stimat[eă]|Szia|Kedves|Tisztelt|Tere|Kallis|Lugupeetud"
    "|Sveiki?|Sveika|Dārg(?:ais|ā)|God(?:ātais|ātā|āts)|Labas|Miel(?:as|a)|Gerbiam(?:as|a|oji|asis)|Hei|Moi|Hyvä|Rakas|Arvoisa"
    "|Hej|Kära|Käre|Bästa|Kære|Γεια σου|Αγαπητ(?:έ|ή|οί)|Αγαπημέν(?:ε|η)|Dia duit|Għażiż|Għażiża|Bonġu"
)
_GREETED = re.compile(rf"(?<!\w)(?:{_GREETING})[ ](?P<name>{_NAME})(?=[ ]?(?:[,!:\n]|\Z))")
_MANY = """
    all everyone everybody team colleague colleagues friends folks sirs sir madam customer clients
    tous toutes collègue collègues équipe amis messieurs mesdames madame monsieur
    speaker president prime minister chairman secretary ambassador judge commissioner
    ministre présidente président maire préfet préfète juge commissaire ambassadeur procureur
    directeur directrice bâtonnier recteur greffier secrétaire chancelier
    chara kollege kollegen kollegin kolleginnen team damen herren kunde kunden kundin zusammen alle
    todos todas equipo equipa amigos amigas colegas cliente clientes señores señoras senhores senhoras
    tutti colleghi squadra clienti signori signore collega collega's allemaal iedereen klant
    wszyscy państwo zespół kolego koleżanko klient klienci všichni všem kolegové kolego kolegyně tým
    vsi kolegi stranka svi kolege klijent всички колеги клиент екип toți echipa colegi clientul
    mindenki csapat kollégák ügyfelünk ügyfél kõik meeskond klient visi komanda kolēģi klients
    kolegos klientas kaikki tiimi asiakas kollegat alla teamet kund kollegor alle kunder holdet
    όλοι ομάδα συνάδελφοι πελάτη πελάτες cairde foireann custaiméir kulħadd tim klijent sinjur sinjura
    ředitelko doktorze doktore profesore dyrektorze prezesie hölgyem uram címzett ügyfélszolgálat
    direktor ministerin minister richter richterin präsident bürgermeister dyrektor prezes minister
    ředitel starosta riaditeľ župan direktorica председател министър директор primar director
"""
_NO_NAMES = frozenset(_MANY.split())


class TitleRecogniser:
    """Finds the names behind titles and greetings."""

    kind: Final = PersonalDataKind.PERSON
    trigger: Final = ""

    def find(self, text: str) -> Iterator[Span]:
        """Yield names without their titles, from left to right."""
        last = 0
        matches = [*_TITLED.finditer(text), *_GREETED.finditer(text)]
        for found in sorted(matches, key=lambda match: match.start("name")):
            for start, end in _names(text, found):
                words = {word.strip(".,").lower() for word in text[start:end].split()}
                if start >= last and not words & _NO_NAMES:
                    last = end
                    yield Span(self.kind, start, end, 0.8, "title")


def _names(text: str, found: re.Match[str]) -> Iterator[tuple[int, int]]:
    """Yield the names; behind a title even a word that is none elsewhere, as in "Mr Best"."""
    start, end = found.span("name")
    kept = [*names(text, start, end)]
    if not kept and found.re is _TITLED:
        kept = [(start, start + len(found["name"].rstrip(".")))]
    yield from kept
