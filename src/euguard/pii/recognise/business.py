"""Numbers of businesses that can name a person: VAT, registers, LEI, and the codes of banks.

A sole trader's VAT number is that person's (Art. 4(1) GDPR; CJEU C-398/15 on registers); in several
states it is the tax or identity number with letters before it. The number of a company with many
owners is found as well, because the format cannot tell.

Formats: Council Directive 2006/112/EC, Art. 214-215 (VAT: the state's letters before it); national
registers; ISO 17442 (LEI); ISO 9362 (BIC). Checksums where the state has one, through python-stdnum.

Not found: register numbers that no word announces.
"""

from typing import Final

from stdnum import bic, lei
from stdnum.eu import vat
from stdnum.it import iva

from euguard.pii.recognise.identifier import Check, Identifier
from euguard.pii.span import PersonalDataKind

_K: Final = PersonalDataKind.COMPANY
_VAT = (
    "ATU[ ]?[0-9]{8}|BE[ ]?[01][0-9]{3}[. ]?[0-9]{3}[. ]?[0-9]{3}|BG[ ]?[0-9]{9,10}|CY[ ]?[0-9]{8}[A-Z]"
    "|CZ[ ]?[0-9]{8,10}|DE[ ]?[0-9]{3}[ ]?[0-9]{3}[ ]?[0-9]{3}|DK[ ]?[0-9]{2}[ ]?[0-9]{2}[ ]?[0-9]{2}[ ]?[0-9]{2}"
    "|EE[ ]?[0-9]{9}|EL[ ]?[0-9]{9}|ES[ ]?[A-Z0-9][0-9]{7}[A-Z0-9]|FI[ ]?[0-9]{8}"
    "|FR[ ]?[A-Z0-9]{2}[ ]?[0-9]{3}[ ]?[0-9]{3}[ ]?[0-9]{3}|HR[ ]?[0-9]{11}|HU[ ]?[0-9]{8}"
    "|IE[ ]?[0-9][A-Z0-9+*][0-9]{5}[A-Z]{1,2}|IT[ ]?[0-9]{11}|LT[ ]?(?:[0-9]{9}|[0-9]{12})|LU[ ]?[0-9]{8}"
    "|LV[ ]?[0-9]{11}|MT[ ]?[0-9]{8}|NL[ ]?[0-9]{9}B[0-9]{2}|PL[ ]?[0-9]{10}|PT[ ]?[0-9]{9}"
    "|RO[ ]?[0-9]{2,10}|SE[ ]?[0-9]{12}|SI[ ]?[0-9]{8}|SK[ ]?[0-9]{10}"
)


def _number(  # noqa: PLR0913  # the columns of a table
    name: str,
    title: str,
    pattern: str,
    words: tuple[str, ...],
    example: str,
    *,
    check: Check | None = None,
    alone: bool = False,
    source: str = "",
    kind: PersonalDataKind = _K,
    fewest_digits: int = 2,
    own_words_only: bool = False,
) -> Identifier:
    return Identifier(
        name=name,
        kind=kind,
        title=title,
        pattern=pattern,
        words=words,
        check=check,
        alone=alone,
        basis=source or "the state's commercial register act",
        form="see the pattern",
        checksum="none" if check is None else "python-stdnum",
        source=source or "the state's register",
        examples=(example,),
        fewest_digits=fewest_digits,
        own_words_only=own_words_only,
    )


BUSINESS: Final = (
    _number(
        "eu-vat", "VAT identification number", _VAT,
        ("vat*", "ust id*", "ust idnr*", "uid*", "tva", "iva", "btw*", "nip", "dič", "ddv", "alv", "moms*"),
        "ATU13585627", check=vat.is_valid, alone=True, source="Directive 2006/112/EC, Art. 215",
    ),
    _number(
        "it-partita-iva", "partita IVA", "[0-9]{11}", ("partita iva", "p. iva", "p.iva", "p.i."),
        "00743110157", check=iva.is_valid, source="D.P.R. 633/1972, art. 35",
    ),
    _number(
        "de-handelsregister", "Handelsregisternummer", "HR[AB][ ]?[0-9]{2,6}[ ]?[A-Z]{0,2}",
        ("handelsregister*", "amtsgericht*", "registergericht*"), "HRB 48213", alone=True,
        source="HGB § 9; HRV",
    ),
    _number(
        "fr-siren", "SIREN, SIRET", "[0-9]{3}[ ]?[0-9]{3}[ ]?[0-9]{3}(?:[ ]?[0-9]{5})?",
        ("siren", "siret", "rcs"), "732 829 320", source="code de commerce, art. R123-221",
    ),
    _number(
        "eu-register", "number of a business in a register",
        "(?:[A-Z]{1,2}[ ]?)?[0-9]{2,4}(?:[./ -]?[0-9]{2,4}){1,2}(?:-[0-9]{1,2})?",
        ("kvk*", "regon", "krs", "ičo", "ič", "cvr*", "cui", "c.u.i.", "y tunnus*", "organisationsnummer*",
         "org nr", "org. nr", "orgnr", "organisasjonsnummer*", "firmenbuch*", "registrikood*", "γεμη",
         "еик", "булстат", "cégjegyzékszám*", "įmonės kod*", "matična številk*", "cro number"),
        "556036-0793", source="the states' business registers (BRIS, Directive (EU) 2017/1132)",
        own_words_only=True,
    ),
    _number(
        "eu-lei", "legal entity identifier (LEI)", "[A-Z0-9]{18}[0-9]{2}", ("lei", "legal entity identifier"),
        "213800KUD8LAJWSQ9D15", check=lei.is_valid, alone=True, source="ISO 17442-1:2020",
    ),
    _number(
        "eu-bic", "bank identifier code (BIC, SWIFT)", "[A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?",
        ("bic*", "swift*"), "DEUTDEFF500", check=bic.is_valid, source="ISO 9362:2022",
        kind=PersonalDataKind.BIC, fewest_digits=0,
    ),
)  # fmt: skip
