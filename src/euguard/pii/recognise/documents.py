"""Numbers of papers: passports, identity cards, driving licences, residence permits.

Each leads its issuer to one person (Art. 4(1) GDPR); many states let them stand for the person in
contracts. Most have no checksum and look like any order number, so a word must announce them
(`announcing.py` has the words in all official languages); Germany's and Poland's cards have check
digits.

Formats: Council of the EU, PRADO (Public Register of Authentic travel and identity Documents);
Regulation (EU) 2025/1208 (identity cards); Directive 2006/126/EC (licences); Regulation (EC)
1030/2002 (permits).

Not found: numbers of other shapes, and those that no word announces.

Fictitious examples stand with each declaration.
"""

from collections.abc import Sequence
from typing import Final

from euguard.pii.recognise.identifier import Check, Identifier
from euguard.pii.span import PersonalDataKind

_GERMAN = (7, 3, 1)
_POLISH = (7, 3, 1, 9, 7, 3, 1, 7, 3)
_PRADO = "Council of the EU, PRADO"


def _value(sign: str) -> int:
    return int(sign, 36)


def _german(number: str) -> bool:
    """ICAO Doc 9303-3 §4.9: weights 7 3 1, modulo 10; letters count as 10 to 35."""
    total = sum(_value(sign) * _GERMAN[at % 3] for at, sign in enumerate(number[:9]))
    return total % 10 == int(number[9])


def _polish(number: str) -> bool:
    """The fourth sign is the check digit: weights 7 3 1 over letters and the other digits."""
    return (
        sum(_value(sign) * weight for sign, weight in zip(number, _POLISH, strict=True)) % 10 == 0
    )


def _paper(  # noqa: PLR0913, PLR0917  # the columns of a table
    name: str,
    kind: PersonalDataKind,
    title: str,
    pattern: str,
    words: Sequence[str],
    example: str,
    check: Check | None = None,
) -> Identifier:
    return Identifier(
        name=name,
        kind=kind,
        title=title,
        pattern=pattern,
        words=tuple(words),
        check=check,
        basis=_PRADO,
        form="letters and digits, see the pattern",
        checksum="none" if check is None else "weights 7 3 1, modulo 10",
        source=_PRADO,
        examples=(example,),
    )


_P, _D = PersonalDataKind.PASSPORT, PersonalDataKind.DOCUMENT
_L, _R = PersonalDataKind.LICENCE, PersonalDataKind.PERMIT
DOCUMENTS: Final = (
    _paper("eu-passport", _P, "passport number", "[A-Z]{1,3}[ ]?[0-9]{6,8}|[0-9]{8,9}"
           "|[0-9]{2}[A-Z]{2}[0-9]{5}|[A-Z]{2}[0-9]{2}[A-Z0-9]{5}",
           ("passport*", "reisepass*"), "C4821307"),
    _paper("de-ausweis", _D, "Personalausweis, Reisepass (with check digit)",
           "[CFGHJKLMNPRTVWXYZ0-9]{9}[0-9]",
           ("ausweisnummer*", "personalausweis*", "ausweis nr", "ausweis", "reisepass*"),
           "L01X00T471", _german),
    _paper("de-ausweis-kurz", _D, "Personalausweis (without check digit)",
           "[LMNPRTVWXY][CFGHJKLMNPRTVWXYZ0-9]{8}",
           ("ausweisnummer*", "personalausweis*", "ausweis nr"), "L01X00T47"),
    _paper("pl-dowod", _D, "dowód osobisty", "[A-Z]{3}[ ]?[0-9]{6}",
           ("dowód osobist*", "dowodu osobistego", "dowodem osobistym", "nr dowodu"),
           "ABA300000", _polish),
    _paper("fr-cni", _D, "carte nationale d'identité", "[0-9]{12}|[A-Z0-9]{9}",
           ("carte d'identité", "carte nationale d'identité", "cni"), "880692310285"),
    _paper("be-eid", _D, "carte d'identité, identiteitskaart", "[0-9B][0-9]{2}[ -]?[0-9]{7}[ -]?[0-9]{2}",
           ("carte d'identité", "identiteitskaart*"), "591-0123456-78"),
    _paper("nl-id", _D, "identiteitskaart", "[A-NP-Z]{2}[A-NP-Z0-9]{6}[0-9]",
           ("identiteitskaart*", "id kaart"), "SPECI2014"),
    _paper("it-carta", _D, "carta d'identità", "[A-Z]{2}[0-9]{5}[A-Z]{2}|[A-Z]{2}[ ]?[0-9]{7}",
           ("carta d'identità",), "CA00000AA"),
    _paper("ro-ci", _D, "carte de identitate, seria și numărul", "[A-Z]{2}[ ]?(?:nr\\.?[ ]?)?[0-9]{6}",
           ("carte de identitate", "seria", "buletin*"), "RX 482130"),
    _paper("gr-adt", _D, "Α.Δ.Τ.", "[ABEZHIKMNOPTYXΑΒΕΖΗΙΚΜΝΟΡΤΥΧ]{1,2}[ -]?[0-9]{6}",
           ("αδτ", "α.δ.τ.", "αριθμός ταυτότητας", "ταυτότητα*"), "ΑΒ 482130"),
    _paper("pt-cc", _D, "cartão de cidadão", "[0-9]{8}[ ]?[0-9][ ]?[A-Z0-9]{2}[0-9]|[0-9]{8}",
           ("cartão de cidadão", "bilhete de identidade"), "00000000 0 ZZ4"),
    _paper("eu-id-card", _D, "identity card number", "[A-Z]{1,3}[ ]?[0-9]{5,8}[A-Z]{0,2}|[0-9]{6,10}",
           ("identity card*", "id card*"), "AB482130"),
    _paper("eu-licence", _L, "driving licence number",
           "[A-Z0-9][A-Z0-9./-]{5,17}[0-9]|[A-Z]{2}[ ]?[0-9]{6,8}|[0-9]{2}[ ][0-9]{2}[ ][0-9]{2}[ ][0-9]{4}",
           ("driving licence*", "führerschein*"), "B072RRE2I55"),
    _paper("eu-permit", _R, "residence permit number", "[A-Z]{1,3}[ ]?[0-9]{6,9}[A-Z]?|[0-9]{8,12}",
           ("residence permit*", "aufenthaltstitel*"), "YZ0482130"),
)  # fmt: skip
