"""Numbers of cases, files, patients, customers and contracts.

Whoever keeps the file finds the person (Art. 4(1) GDPR; on judgments, Pilán et al., "The Text
Anonymization Benchmark", 2022: the application number singles out the applicant).

Formats: a number behind a word that says whose file it is, in the official languages; dockets of
German courts ("12 O 345/21"); application numbers of the European Court of Human Rights
("no. 12345/67"). No checksum.

Not found: numbers of invoices, orders, laws and official journals; references that no word announces.

Fictitious examples: "Kundennummer 4711-2024", "application no. 48213/07", "Az. 12 O 345/21".
"""

import re
from collections.abc import Iterator
from typing import Final

from euguard.pii.detect import merge
from euguard.pii.span import PersonalDataKind, Span

_WORDS = (
    r"(?:kunden|patienten|mitglieds|personal|mandanten|versicherungs|vertrags|akten|vorgangs|fall|matrikel|bewerber"
    r"|versicherungsschein|schaden|mieter|klienten|teilnehmer|policen)(?:nummer|nr\.?|-nr\.?)|aktenzeichen|\baz\.:?|kd\.?-?nr\.?"
    r"|(?:customer|patient|client|member|membership|employee|staff|personnel|case|file|claim|policy|contract|account|student"
    r"|applicant|docket|application|reference)[ ](?:number|no\.?|id|ref\.?|#)"
    r"|application[s]? (?:nos?\.)|(?:n°|nº|no\.?|numéro)[ ](?:de[ ])?(?:dossier|client|patient|contrat|adhérent|matricule|sinistre|police"
    r"|sociétaire|requête)|requête (?:n°|no)|matricule|(?:número|nº|n\.º)[ ](?:de[ ]|do[ ]|da[ ])?(?:cliente|paciente|contrato|póliza|empleado|socio"
    r"|historia clínica|apólice|sócio|funcionário|utente)|demanda (?:n[º°]|núm)"
    r"|(?:numero|n\.)[ ](?:di[ ])?(?:cliente|paziente|contratto|pratica|polizza|tessera)|cartella clinica (?:n\.|numero)"
    r"|(?:klant|patiënt|lid|dossier|contract|polis|personeels|leden|zaak|cliënt)nummer|zaaknr\.?"
    r"|(?:numer|nr)[ ](?:klienta|pacjenta|umowy|polisy|sprawy|ewidencyjny|albumu)|sygn\.? ?(?:akt)?|sygnatura"
    r"|(?:číslo|č\.)[ ](?:klienta|pacienta|smlouvy|zmluvy|pojistky|spisu|zákazníka|poistky)|sp\. ?zn\.|spisová značka|spisová zn\."
    r"|(?:številka|št\.)[ ](?:stranke|pacienta|pogodbe|spisa|zavarovanja)|(?:broj|br\.)[ ](?:klijenta|pacijenta|ugovora|spisa|police)"
    r"|(?:номер|№)[ ](?:на[ ])?(?:клиент|пациент|договор|дело|полица|преписка)|(?:număr|nr\.)[ ](?:de[ ])?(?:client|pacient|contract|dosar|poliță)"
    r"|dosar(?:ul)? nr\.?|(?:ügyfél|beteg|szerződés|kötvény|ügy|tag)szám\w*|ügyiratszám\w*|törzsszám\w*"
    r"|(?:kliendi|patsiendi|lepingu|poliisi|toimiku)[ ]?(?:number|nr)\w*|(?:klienta|pacienta|līguma|polises|lietas)[ ](?:numur|nr)\w*"
    r"|(?:kliento|paciento|sutarties|poliso|bylos)[ ](?:numer|nr)\w*|(?:asiakas|potilas|sopimus|vakuutus|jäsen|henkilö)(?:numero|nro)\w*|diaarinumero\w*"
    r"|(?:kund|patient|medlems|avtals|försäkrings|anställnings|ärende|mål)(?:nummer|nr)|(?:kunde|patient|medlems|aftale|police|sags|journal|medarbejder)(?:nummer|nr)\.?"
    r"|αριθμός (?:πελάτη|ασθενή|φακέλου|συμβολαίου|μητρώου|υπόθεσης)|uimhir (?:chustaiméara|othair|cháis)|numru tal-(?:klijent|pazjent|każ|kuntratt)"
)
_NUMBER = r"(?P<number>(?:[A-ZÀ-Ž]{1,5}[ ./-]{0,2})?(?=[A-Z0-9./ -]{0,12}[0-9]{2})[A-Z0-9]{1,14}(?:[ ]?[./-][ ]?(?=[A-Z]{0,5}[0-9])[A-Z0-9]{1,12}|[ ][A-Z]{0,3}[0-9]{2,6}){0,4})"
_ANNOUNCED = re.compile(
    rf"(?<![^\W_])(?i:{_WORDS})(?i:[ ](?:is|ist|est|es|lautet|é|è))?[ ]{{0,2}}(?:[:#=]|n[°º]|[Nn]r\.?|[Nn]o\.?)?[ ]{{0,2}}{_NUMBER}"
)
_DOCKET = re.compile(
    r"(?<![\w/])[0-9]{1,4}[ ](?:O|C|S|U|T|W|F|M|K|Ca|Sa|Ta|BV|Ds|Ls|Ks|KLs|Js|Cs|Qs|Gs|StR|ZR|ARs|Ns|Ss|OWi|AR|UF|WF|VA|XVII|Ws)"
    r"[ ][0-9]{1,6}/[0-9]{2}(?![0-9/])"
)
_STRASBOURG = re.compile(
    r"(?:applications?|requêtes?|demandas?|petitions?)[ ]{0,2}(?:\(|\[)?(?:nos?\.?|n[°os]{1,3}\.?|núms?\.?)[ \u00a0]?(?P<first>[0-9]{3,6}/[0-9]{2})(?![0-9])",
    re.IGNORECASE,
)


class CaseNumberRecogniser:
    """Finds numbers of files about persons."""

    kind: Final = PersonalDataKind.CASE
    trigger: Final = (
        rf"(?:{_WORDS.replace(chr(92) + 'b', '').replace('[ ]?', ' ?')})|[0-9]/[0-9]{{2}}"
    )

    def find(self, text: str) -> Iterator[Span]:
        """Yield announced numbers, dockets and application numbers."""
        yield from merge(self._finds(text))

    def _finds(self, text: str) -> Iterator[Span]:
        for found in _ANNOUNCED.finditer(text):
            yield Span(self.kind, found.start("number"), found.end("number"), 0.8, "case")
        for found in _DOCKET.finditer(text):
            yield Span(self.kind, found.start(), found.end(), 0.85, "case")
        for found in _STRASBOURG.finditer(text):
            yield Span(self.kind, found.start("first"), found.end("first"), 0.9, "case")
