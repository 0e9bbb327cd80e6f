"""Identifiers of Slovenia."""

from typing import Final

from stdnum.si import ddv, emso

from euguard.pii.recognise.identifier import Identifier
from euguard.pii.span import PersonalDataKind

IDENTIFIERS: Final[tuple[Identifier, ...]] = (
    Identifier(
        name="si-emso",
        kind=PersonalDataKind.IDENTITY,
        title="enotna matična številka občana, EMŠO (unique citizen number)",
        pattern="[0-3][0-9][01][0-9](?:9[0-9]{2}|0[0-9]{2})[ -]?(?:[0-9]{6}|[0-9]{2}[ -][0-9]{4})",
        words=(
            "emšo*",
            "emso",
            "enotna matična številka",
            "enotne matične številke",
            "enotni matični številki",
            "enotno matično številko",
            "enotna maticna stevilka",
            "matična številka občana",
            "slovenian personal number",
        ),
        check=emso.is_valid,
        alone=True,
        basis="Zakon o centralnem registru prebivalstva (ZCRP), 6. člen",
        form="DDMMYYY, 50, three digits, check digit (other republics of Yugoslavia: not 50)",
        checksum="weights 7 to 2, modulo 11",
        source="ZCRP, 6. člen; python-stdnum si.emso",
        examples=("0101006500006", "1203985500128", "0101006 500006"),
        ignore=("0101006500007", "0113006500006"),
    ),
    Identifier(
        name="si-davcna-stevilka",
        kind=PersonalDataKind.TAX,
        title="davčna številka (tax number)",
        pattern="[1-9][0-9]{7}|[1-9][0-9]{3} [0-9]{4}|[1-9][0-9] [0-9]{3} [0-9]{3}",
        words=(
            "davčna številka",
            "davčne številke",
            "davčni številki",
            "davčno številko",
            "davčna št",
            "davčno št",
            "davč. št",
            "davcna stevilka",
            "davcna st",
            "slovenian tax number",
        ),
        check=ddv.is_valid,
        basis="Zakon o finančni upravi (ZFU), 32. člen; ZDavP-2",
        form="eight digits",
        checksum="weights 8 to 2, modulo 11",
        source="Pravilnik o davčni številki; python-stdnum si.ddv",
        examples=("12345679", "8765 4326"),
    ),
    Identifier(
        name="si-zzzs",
        kind=PersonalDataKind.INSURANCE,
        title="ZZZS številka, številka zavarovane osebe (health insurance number)",
        pattern="[0-9]{9}|[0-9]{3}[ -][0-9]{3}[ -][0-9]{3}",
        words=(
            "zzzs številka",
            "zzzs številke",
            "zzzs številko",
            "zzzs št",
            "zzzs stevilka",
            "številka zzzs",
            "št. zzzs",
            "številka zavarovane osebe",
            "številko zavarovane osebe",
            "številka zavarovanca",
            "številka zdravstvenega zavarovanja",
            "številko zdravstvenega zavarovanja",
            "številka kartice zdravstvenega zavarovanja",
            "slovenian health insurance number",
        ),
        check=None,
        basis="Zakon o zdravstvenem varstvu in zdravstvenem zavarovanju (ZZVZZ), 78. člen",
        form="nine digits, the first of which is 0",
        checksum="not published",
        source="ZZZS, Naročilo evropske kartice zdravstvenega zavarovanja",
        examples=("012345678", "031 234 567"),
    ),
)
