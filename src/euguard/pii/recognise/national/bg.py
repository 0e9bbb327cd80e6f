"""Identifiers of Bulgaria."""

from typing import Final

from stdnum.bg import egn, pnf

from euguard.pii.recognise.identifier import Identifier
from euguard.pii.span import PersonalDataKind

IDENTIFIERS: Final[tuple[Identifier, ...]] = (
    Identifier(
        name="bg-egn",
        kind=PersonalDataKind.IDENTITY,
        title="единен граждански номер, ЕГН (unified civil number)",
        pattern="[0-9]{10}",
        words=("егн*", "единен граждански номер*", "egn", "edinen grazhdanski nomer"),
        check=egn.is_valid,
        alone=True,
        basis="Закон за гражданската регистрация, чл. 11",
        form="YYMMDD (month plus 20 or 40 by century), three digits, check digit",
        checksum="weights 2 4 8 5 10 9 7 3 6, modulo 11",
        source="ГРАО, ЕГН; python-stdnum bg.egn",
        examples=("9807124020", "7208209677"),
    ),
    Identifier(
        name="bg-lnch",
        kind=PersonalDataKind.PERMIT,
        title="личен номер на чужденец, ЛНЧ (foreigner's number)",
        pattern="[0-9]{10}",
        words=("лнч*", "личен номер на чужденец*", "lnch"),
        check=pnf.is_valid,
        basis="Закон за чужденците, чл. 55а",
        form="ten digits, the last a check digit",
        checksum="weights 21 19 17 13 11 9 7 3 1, modulo 10",
        source="python-stdnum bg.pnf",
        examples=("2503218519",),
    ),
)
