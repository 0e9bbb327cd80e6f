"""Identifiers of France."""

from typing import Final

from stdnum.fr import nif, nir

from euguard.pii.recognise.identifier import Identifier
from euguard.pii.span import PersonalDataKind

IDENTIFIERS: Final[tuple[Identifier, ...]] = (
    Identifier(
        name="fr-nir",
        kind=PersonalDataKind.INSURANCE,
        title="NIR, numéro de sécurité sociale",
        pattern=(
            "[123478][ .-]?[0-9]{2}[ .-]?[0-9]{2}[ .-]?(?:[0-9]{2}|2[AB])[ .-]?[0-9]{3}[ "
            ".-]?[0-9]{3}[ .-]?[0-9]{2}"
        ),
        words=(
            "sécurité sociale",
            "securite sociale",
            "nir",
            "n° ss",
            "insee",
            "numéro de sécu",
            "num sécu",
            "numéro d'inscription au répertoire",
        ),
        check=nir.is_valid,
        alone=True,
        basis="code de la sécurité sociale, art. R115-1; décret n° 82-103",
        form="sex, year and month of birth, department and commune, serial, two check digits",
        checksum="97 minus the rest by 97",
        source="INSEE, NIR; python-stdnum fr.nir",
        examples=("1 84 01 13 768 188 13", "1 61 02 33 948 873 60"),
    ),
    Identifier(
        name="fr-spi",
        kind=PersonalDataKind.TAX,
        title="numéro fiscal de référence (SPI)",
        pattern="[0-3][0-9][ ]?[0-9]{2}[ ]?[0-9]{3}[ ]?[0-9]{3}[ ]?[0-9]{3}",
        words=(
            "numéro fiscal",
            "n° fiscal",
            "numéro fiscal de référence",
            "spi",
            "référence fiscale",
            "identifiant fiscal",
            "nif",
        ),
        check=nif.is_valid,
        basis="code général des impôts, annexe II; arrêté SPI",
        form="thirteen digits, the first 0 to 3, three check digits",
        checksum="rest by 511",
        source="OECD, TINs of France; python-stdnum fr.nif",
        examples=("2922466435203", "0110689473230"),
    ),
)
