"""Identifiers of Italy."""

from typing import Final

from stdnum.it import codicefiscale, iva

from euguard.pii.recognise.identifier import Identifier
from euguard.pii.span import PersonalDataKind

_DIGIT: Final = "[0-9LMNP-V]"
"""A digit, or the letter that stands for it where two people had one code (omocodia)."""

_REGION: Final = "(?:0[1-9]0|04[12]|1[0-9]0|200)"
"""Codes of the regions and of the provinces of Bolzano and Trento."""

IDENTIFIERS: Final[tuple[Identifier, ...]] = (
    Identifier(
        name="it-codice-fiscale",
        kind=PersonalDataKind.TAX,
        title="codice fiscale (tax code)",
        pattern=(
            f"[A-Z]{{3}}[ -]?[A-Z]{{3}}[ -]?{_DIGIT}{{2}}[ -]?[ABCDEHLMPRST][ -]?{_DIGIT}{{2}}"
            f"[ -]?[A-Z][ -]?{_DIGIT}{{3}}[ -]?[A-Z]"
        ),
        words=(
            "codice fiscale",
            "codici fiscali",
            "cod. fiscale",
            "cod. fisc.",
            "c.f.",
            "cf",
            "italian tax code",
        ),
        check=codicefiscale.is_valid,
        alone=True,
        basis="d.P.R. 29 settembre 1973, n. 605, art. 2; D.M. 23 dicembre 1976",
        form=(
            "three letters of the surname, three of the first name, YY, a letter for the month,"
            " DD (plus 40 for women), a letter and three digits for the place, check letter;"
            " digits may be letters (omocodia)"
        ),
        checksum="values by odd and even position, modulo 26",
        source="D.M. 23 dicembre 1976 (G.U. n. 345/1976); python-stdnum it.codicefiscale",
        examples=("RSSMRA85T10A562S", "VRD LCU 90A41 F205P", "RSSMRA85T10A5S2E"),
        ignore=("RSSMRA85T10A562T", "RSSMRA85T40A562S"),
    ),
    Identifier(
        name="it-codice-fiscale-provvisorio",
        kind=PersonalDataKind.TAX,
        title="codice fiscale numerico provvisorio (provisional tax code)",
        pattern="[0-9]{11}",
        words=("codice fiscale provvisorio", "codice fiscale numerico", "provisional tax code"),
        check=iva.is_valid,
        basis="D.M. 23 dicembre 1976, art. 9; circolare 8/E of 2016 (asylum seekers)",
        form="eleven digits, as those of companies",
        checksum="Luhn",
        source="D.M. 23 dicembre 1976 (G.U. n. 345/1976); python-stdnum it.iva",
        examples=("34567890123",),
    ),
    Identifier(
        name="it-tessera-sanitaria",
        kind=PersonalDataKind.INSURANCE,
        title="numero della tessera sanitaria (health insurance card)",
        pattern="80[ -]?380(?:[ -]?[0-9]{5}){3}|8038[ -]?0[0-9]{3}(?:[ -]?[0-9]{4}){3}",
        words=(
            "tessera sanitaria",
            "tessere sanitarie",
            "tessera europea di assicurazione malattia",
            "numero di identificazione della tessera",
            "gesundheitskarte",
            "italian health insurance card",
        ),
        check=None,
        alone=True,
        basis="d.l. 30 settembre 2003, n. 269, art. 50; Decision S2 of 12 June 2009",
        form="80 (health), 380 (Italy), fifteen digits",
        checksum="none published",
        source="D.M. 11 marzo 2004; Decision S2, annex, field 8",
        examples=("80380000900090510553", "80380 00090 00905 10554"),
        ignore=("80390000900090510553",),
    ),
    Identifier(
        name="it-stp-eni",
        kind=PersonalDataKind.INSURANCE,
        title="codice STP o ENI (health code of foreigners without a permit or insurance)",
        pattern=f"(?:STP|ENI){_REGION}[0-9]{{10}}",
        words=("codice stp", "codice eni", "tesserino stp", "tesserino eni", "stp code"),
        check=None,
        alone=True,
        basis="d.P.R. 31 agosto 1999, n. 394, art. 43",
        form="STP or ENI, three digits of the region, three of the health authority, seven",
        checksum="none",
        source="circolare Ministero della sanità 24 marzo 2000, n. 5",
        examples=("STP0300151234567", "ENI1202010000123"),
        ignore=("STP9990151234567", "ENI12020100001234"),
    ),
)
