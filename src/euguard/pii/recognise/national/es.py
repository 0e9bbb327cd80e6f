"""Identifiers of Spain."""

from typing import Final

from stdnum.es import dni, nie

from euguard.pii.recognise.identifier import Identifier
from euguard.pii.span import PersonalDataKind

_FULL = 10**7


def _checks_nuss(number: str) -> bool:
    """Two check digits: the rest by 97 of province and serial, without the serial's zeros."""
    serial = number[2:-2]
    base = number[:2] + (serial if int(serial) >= _FULL else str(int(serial)))
    return "01" <= number[:2] <= "66" and int(base) % 97 == int(number[-2:])


IDENTIFIERS: Final[tuple[Identifier, ...]] = (
    Identifier(
        name="es-dni",
        kind=PersonalDataKind.IDENTITY,
        title="DNI, NIF (identity document and tax number)",
        pattern="[0-9]{2}[. ]?[0-9]{3}[. ]?[0-9]{3}[ -]?[A-Z]",
        words=(
            "dni",
            "d.n.i.",
            "nif",
            "n.i.f.",
            "documento nacional de identidad",
            "número de identificación fiscal",
        ),
        check=dni.is_valid,
        alone=True,
        basis="Ley Orgánica 4/2015, art. 8-9; Real Decreto 1553/2005",
        form="eight digits and a letter",
        checksum="rest by 23 chooses the letter",
        source=(
            "Ministerio del Interior, Cálculo del dígito de control del NIF/NIE; python-"
            "stdnum es.dni"
        ),
        examples=("59825268Z", "71884216Q"),
    ),
    Identifier(
        name="es-nie",
        kind=PersonalDataKind.PERMIT,
        title="NIE (foreigner's identity number)",
        pattern="[XYZ][ -]?[0-9]{7}[ -]?[A-Z]",
        words=("nie", "n.i.e.", "número de identidad de extranjero", "tie"),
        check=nie.is_valid,
        alone=True,
        basis="Real Decreto 557/2011, art. 206",
        form="X, Y or Z, seven digits and a letter",
        checksum="as for the DNI, with 0, 1 or 2 for the first letter",
        source="python-stdnum es.nie",
        examples=("Y6273970K", "Z2268654P"),
    ),
    Identifier(
        name="es-nuss",
        kind=PersonalDataKind.INSURANCE,
        title="número de la Seguridad Social (NUSS, NAF)",
        pattern="[0-9]{2}[ /-]?[0-9]{7,8}[ /-]?[0-9]{2}",
        words=("seguridad social", "nuss", "naf", "número de afiliación", "n.º de afiliación"),
        check=_checks_nuss,
        basis="Real Decreto 84/1996, art. 21",
        form="province, serial of eight digits, two check digits",
        checksum="rest by 97",
        source="Tesorería General de la Seguridad Social",
        examples=("47 39718482 13", "392926683853"),
    ),
)
