"""Identifiers of Portugal."""

from typing import Final

from stdnum.pt import nif

from euguard.pii.recognise.identifier import Identifier
from euguard.pii.span import PersonalDataKind

_NISS_WEIGHTS: Final = (29, 23, 19, 17, 13, 11, 7, 5, 3, 2, 1)


def _niss(number: str) -> bool:
    """Tell whether the weighted sum, check digit included, ends in 9."""
    total = sum(int(digit) * weight for digit, weight in zip(number, _NISS_WEIGHTS, strict=True))
    return total % 10 == 9  # noqa: PLR2004  # the digit is what the sum's last digit lacks to 9


IDENTIFIERS: Final[tuple[Identifier, ...]] = (
    Identifier(
        name="pt-nif",
        kind=PersonalDataKind.TAX,
        title="número de identificação fiscal, NIF (tax number, of natural persons)",
        pattern="(?:[123][0-9]{2}|45[0-9])[ .-]?[0-9]{3}[ .-]?[0-9]{3}",
        words=(
            "nif",
            "n.i.f.",
            "número de identificação fiscal",
            "identificação fiscal",
            "número fiscal",
            "contribuinte*",
            "portuguese tax number",
        ),
        check=nif.is_valid,
        basis="Decreto-Lei n.º 14/2013, de 28 de janeiro, art. 2.º",
        form="nine digits that begin with 1, 2, 3 or 45; companies have others",
        checksum="weights 9 to 2, modulo 11",
        source="Decreto-Lei n.º 14/2013; python-stdnum pt.nif",
        examples=("123456789", "287 654 320", "451.234.561"),
        ignore=("NIPC 501964843",),
    ),
    Identifier(
        name="pt-niss",
        kind=PersonalDataKind.INSURANCE,
        title="número de identificação da segurança social, NISS (social security number)",
        pattern=(
            "[12](?:[0-9]{10}|[0-9]{2}[ .-][0-9]{3}[ .-][0-9]{3}[ .-][0-9]{2}"
            "|[0-9]{3}[ .-][0-9]{3}[ .-][0-9]{4}"
            "|[ .-][0-9]{3}[ .-][0-9]{3}[ .-][0-9]{3}[ .-][0-9])"
        ),
        words=(
            "niss",
            "n.i.s.s.",
            "número de identificação da segurança social",
            "número de identificação de segurança social",
            "número da segurança social",
            "número de segurança social",
            "beneficiário da segurança social",
            "portuguese social security number",
        ),
        check=_niss,
        basis="Lei n.º 4/2007, de 16 de janeiro; Decreto-Lei n.º 8-B/2002, art. 3.º",
        form="eleven digits that begin with 1 or 2",
        checksum="weights 29 23 19 17 13 11 7 5 3 2; the check digit is 9 less the sum modulo 10",
        source="Segurança Social, Especificações da Declaração de Remunerações",
        examples=("11234567892", "119 876 543 25", "1 198 765 432 5"),
    ),
    Identifier(
        name="pt-utente",
        kind=PersonalDataKind.INSURANCE,
        title="número de utente do SNS (number in the national health service)",
        pattern="[0-9]{9}|[0-9]{3}[ .-][0-9]{3}[ .-][0-9]{3}",
        words=(
            "número de utente",
            "número utente",
            "n.º de utente",
            "nº de utente",
            "n.º utente",
            "nº utente",
            "utente n.º",
            "utente nº",
            "utente do sns",
            "utente sns",
            "cartão de utente",
            "n.º sns",
            "nº sns",
            "número sns",
            "número do sns",
            "portuguese health number",
        ),
        check=None,
        basis="Decreto-Lei n.º 198/95, de 29 de julho; Portaria n.º 981/95",
        form="nine digits",
        checksum="not published",
        source="Portaria n.º 981/95, de 16 de agosto",
        examples=("123456789", "312 345 678"),
    ),
    Identifier(
        name="pt-nic",
        kind=PersonalDataKind.IDENTITY,
        title="número de identificação civil (civil identification number)",
        pattern="[0-9]{7,8}(?:[ -]?[0-9])?|[0-9]{1,2}[ .][0-9]{3}[ .][0-9]{3}(?:[ -][0-9])?",
        words=(
            "número de identificação civil",
            "nº de identificação civil",
            "n.º de identificação civil",
            "identificação civil",
            "nic",
            "bilhete de identidade",
        ),
        check=None,
        basis="Lei n.º 7/2007, de 5 de fevereiro, art. 16.º; Lei n.º 33/99",
        form="seven or eight digits, often a check digit behind",
        checksum="none without the check digit, which is often left out",
        source="Lei n.º 33/99, de 18 de maio",
        examples=("12345678", "12345678 9", "12 345 678", "7654321"),
    ),
)
