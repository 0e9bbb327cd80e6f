"""Identifiers of Czechia."""

from typing import Final

from stdnum.cz import rc

from euguard.pii.recognise.identifier import Identifier
from euguard.pii.span import PersonalDataKind

IDENTIFIERS: Final[tuple[Identifier, ...]] = (
    Identifier(
        name="cz-rodne-cislo",
        kind=PersonalDataKind.IDENTITY,
        title="rodné číslo (birth number)",
        pattern="[0-9]{6}[ ]?/[ ]?[0-9]{3,4}",
        words=(
            "rodného čísla",
            "rodné číslo",
            "rodným číslem",
            "r.č.",
            "rč",
            "rodne cislo",
        ),
        check=rc.is_valid,
        alone=True,
        basis="zákon č. 133/2000 Sb., § 13",
        form=(
            "YYMMDD (month plus 50 for women, plus 20 or 70 where numbers run out), three"
            " or four digits"
        ),
        checksum="from 1954 the whole is divisible by 11",
        source="zákon č. 133/2000 Sb., § 13; python-stdnum cz.rc",
        examples=("670528/3992", "730423/5510"),
    ),
    Identifier(
        name="cz-rodne-cislo-bez-lomitka",
        kind=PersonalDataKind.IDENTITY,
        title="rodné číslo without its slash",
        pattern="[0-9]{9,10}",
        words=(
            "rodné číslo",
            "rodného čísla",
            "rodným číslem",
            "r.č.",
            "rč",
            "rodne cislo",
            "číslo pojištěnce",
        ),
        check=rc.is_valid,
        basis="zákon č. 133/2000 Sb., § 13; zákon č. 48/1997 Sb. (insured persons)",
        form="as above, written in one",
        checksum="as above",
        source="python-stdnum cz.rc",
        examples=("7201087465",),
    ),
)
