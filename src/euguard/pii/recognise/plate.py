"""Number plates of vehicles, and chassis numbers.

A plate leads to the vehicle's holder through the register (Art. 4(1) GDPR; CJEU C-582/14 on means
of identification). A chassis number (VIN) does so for whoever has access (CJEU C-319/22).

Formats: one per country and series, in the table below; a plate stands behind a word for a plate
or a vehicle (`announcing.py`), except where its shape is like nothing else: France's since 2009,
Germany's with a district's letters, Ireland's with a county's. VIN: ISO 3779, 17 signs without I, O
and Q, behind a word. No checksum (the VIN's check digit is used in North America only).

Source: Vienna Convention on Road Traffic, annex 2; the countries' registration orders; ISO 3779.

Not found: plates by themselves in the other countries' formats; personalised plates.

Fictitious examples: "K-AV 3814", "GH-482-KD", "KR 5821A", "РВ 4821 КА", "191-G-4821".
"""

from typing import Final

from euguard.pii.recognise.identifier import Identifier
from euguard.pii.span import PersonalDataKind

_DISTRICTS = (
    "A|AA|AB|AC|AK|AN|AM|AS|AÖ|AW|AZ|B|BA|BB|BC|BD|BI|BL|BM|BN|BO|BOR|BR|BS|BT|BÜS|BZ|C|CE|CHA|CO|COE"
    "|CUX|CW|D|DA|DAH|DAN|DAU|DD|DE|DEG|DH|DL|DLG|DM|DN|DO|DON|DÜW|E|EA|EBE|ED|EE|EF|EI|EIC|EL|EM|EMD"
    "|EN|ER|ERB|ERH|ES|EU|F|FB|FD|FDS|FF|FFB|FG|FL|FN|FO|FR|FRG|FRI|FS|FT|FÜ|G|GAP|GE|GER|GF|GG|GI|GL"
    "|GM|GÖ|GP|GR|GRZ|GS|GT|GTH|GÜ|GZ|H|HA|HAL|HAM|HAS|HB|HBN|HD|HDH|HE|HEF|HEI|HER|HF|HG|HGW|HH|HI|HL"
    "|HM|HN|HO|HOL|HOM|HP|HR|HRO|HS|HSK|HST|HU|HVL|HX|HZ|IGB|IK|IL|IN|IZ|J|K|KA|KB|KC|KE|KEH|KF|KG|KH"
    "|KI|KIB|KL|KLE|KM|KN|KO|KR|KS|KT|KU|KÜN|KUS|L|LA|LAU|LB|LD|LDK|LDS|LER|LEV|LG|LI|LIF|LIP|LL|LM|LÖ"
    "|LOS|LRO|LU|LÜN|LWL|M|MA|MB|MD|ME|MEI|MG|MI|MIL|MK|MKK|MM|MN|MOL|MOS|MR|MS|MSP|MTK|MÜ|MYK|MZ|MZG"
    "|N|NB|ND|NDH|NE|NEA|NES|NEW|NF|NI|NK|NM|NMS|NOH|NOM|NR|NU|NW|NWM|OA|OAL|OB|OD|OE|OF|OG|OH|OHA|OHV"
    "|OL|OPR|OS|OSL|P|PA|PAF|PAN|PB|PCH|PE|PF|PI|PIR|PLÖ|PM|PR|PS|R|RA|RD|RE|REG|RH|RO|ROW|RP|RS|RT"
    "|RÜD|RV|RW|RZ|S|SAD|SAW|SB|SC|SDL|SE|SG|SH|SHA|SHG|SHK|SI|SIG|SIM|SK|SL|SLF|SLS|SM|SN|SO|SÖM|SON"
    "|SP|SPN|SR|ST|STA|STD|SU|SÜW|SW|SZ|TBB|TF|TIR|TO|TR|TS|TÜ|TUT|UE|UH|UL|UM|UN|V|VB|VEC|VER|VIE|VK|VS"
    "|W|WAF|WAK|WB|WE|WEN|WES|WF|WHV|WI|WIL|WL|WM|WN|WND|WO|WOB|WST|WT|WTM|WÜ|WUG|WUN|WW|Z|ZW"
)
_COUNTIES = "C|CE|CN|CW|D|DL|G|KE|KK|KY|L|LD|LH|LK|LM|LS|MH|MN|MO|OY|RN|SO|T|TN|TS|W|WD|WH|WW|WX"
_ALONE = (
    ("de", rf"(?:{_DISTRICTS})-[A-Z]{{1,2}}[ -]?[1-9][0-9]{{0,3}}[EH]?", "K-AV 3814", "FZV § 9"),
    ("fr", "[A-Z]{2}-[0-9]{3}-[A-Z]{2}", "GH-482-KD", "arrêté du 9 février 2009 (SIV)"),
    ("ie", rf"[0-9]{{2,3}}-(?:{_COUNTIES})-[0-9]{{1,6}}", "191-G-4821", "S.I. No. 318/1992"),
)
_ANNOUNCED = (
    ("at", "[A-Z]{1,2}[ -][0-9]{1,5}[ ]?[A-Z]{1,3}", "G-482 KD", "KFG § 48"),
    ("be", "[1-9]-[A-Z]{3}-[0-9]{3}", "1-KDR-482", "arrêté royal du 20 juillet 2001"),
    ("bg", "[ABEKMHOPCTYXАВЕКМНОРСТУХ]{1,2}[ -]?[0-9]{4}[ -]?[ABEKMHOPCTYXАВЕКМНОРСТУХ]{1,2}",
     "РВ 4821 КА", "Наредба № I-45/2000"),
    ("cy", "[A-Z]{3}[ -]?[0-9]{3}", "KDR 482", "Motor Vehicles and Road Traffic Regulations"),
    ("cz", "[0-9][A-Z][0-9A-Z][ -]?[0-9]{4}", "3M2 4821", "vyhláška č. 343/2014 Sb."),
    ("de-ohne", rf"(?:{_DISTRICTS})[ -][A-Z]{{1,2}}[ -]?[1-9][0-9]{{0,3}}[EH]?", "M AB 123", "FZV § 9"),
    ("dk", "[A-Z]{2}[ ]?[0-9]{2}[ .]?[0-9]{3}", "KD 48 213", "registreringsbekendtgørelsen"),
    ("ee", "[0-9]{3}[ -]?[A-Z]{3}", "482 KDR", "liiklusseadus"),
    ("es", "[0-9]{4}[ -]?[BCDFGHJKLMNPRSTVWXYZ]{3}", "4821 KDR", "Real Decreto 2822/1998, anexo XVIII"),
    ("fi", "[A-ZÅÄÖ]{2,3}-[0-9]{1,3}", "KDR-482", "ajoneuvolaki 82/2021"),
    ("gb", "[A-Z]{2}[0-9]{2}[ ]?[A-Z]{3}", "KD48 LMR", "S.I. 2001/561"),
    ("gr", "[ABEZHIKMNOPTYXΑΒΕΖΗΙΚΜΝΟΡΤΥΧ]{3}[ -]?[0-9]{4}", "ΝΒΚ 4821", "ν. 2696/1999"),
    ("hr", "[A-ZČŠŽ]{2}[ -]?[0-9]{3,4}[ -]?[A-Z]{1,2}", "ST 482-KD", "Pravilnik o registraciji vozila"),
    ("hu", "[A-Z]{3}[ -]?[0-9]{3}|[A-Z]{2}[ ]?[A-Z]{2}[ -]?[0-9]{3}", "AA BC-123", "326/2011. Korm. rendelet"),
    ("is", "[A-Z]{2}[ -]?[A-Z0-9][0-9]{2}", "KD 482", "reglugerð nr. 751/2003"),
    ("it", "[A-Z]{2}[ ]?[0-9]{3}[ ]?[A-Z]{2}", "FX 482 KD", "D.P.R. 495/1992, art. 258"),
    ("lt", "[A-Z]{3}[ -]?[0-9]{3}", "KDR 482", "Regitra"),
    ("lu", "[A-Z]{2}[ -]?[0-9]{4}", "KD 4821", "règlement grand-ducal du 17 juin 2003"),
    ("lv", "[A-Z]{2}[ -][0-9]{1,4}", "KD-4821", "Ministru kabineta noteikumi Nr. 1080"),
    ("mt", "[A-Z]{3}[ -]?[0-9]{3}", "KDR 482", "Registration of Motor Vehicles Regulations, S.L. 368.02"),
    ("nl", "[A-Z]{2}-?[0-9]{2}-?[A-Z]{2}|[A-Z]{1,2}-?[0-9]{3}-?[A-Z]{1,2}|[0-9]{1,2}-?[A-Z]{2,3}-?[0-9]{1,2}",
     "GT-823-K", "Regeling kentekens en kentekenplaten"),
    ("no", "[A-Z]{2}[ ]?[0-9]{5}", "KD 48213", "bilforskriften"),
    ("pl", "[A-Z]{2,3}[ -]?[0-9][0-9A-Z]{3,4}", "KR 5821A", "rozporządzenie z 8 listopada 2024 r."),
    ("pt", "[A-Z]{2}-[0-9]{2}-[A-Z]{2}|[0-9]{2}-[A-Z0-9]{2}-[A-Z0-9]{2}", "AA-82-KD", "Decreto-Lei 54/2005"),
    ("ro", "[A-Z]{1,2}[ -]?[0-9]{2,3}[ -]?[A-Z]{3}", "CJ 48 KDR", "OMAI 1501/2006"),
    ("se", "[A-Z]{3}[ ]?[0-9]{2}[0-9A-Z]", "KDR 48B", "vägtrafikdataförordningen (2019:382)"),
    ("si", "[A-ZČŠŽ]{2}[ -][A-Z0-9]{2,3}[ -][A-Z0-9]{2,3}", "LJ KD-482", "Zakon o motornih vozilih"),
    ("sk", "[A-Z]{2}[ -]?[0-9]{3}[ -]?[A-Z]{2}|[A-Z]{2}[ -][A-Z0-9]{5}", "KE-482KD", "zákon č. 8/2009 Z. z."),
    ("li", "FL[ -]?[0-9]{1,5}", "FL 4821", "Verkehrszulassungsverordnung"),
    ("ch", "(?:AG|AI|AR|BE|BL|BS|FR|GE|GL|GR|JU|LU|NE|NW|OW|SG|SH|SO|SZ|TG|TI|UR|VD|VS|ZG|ZH)[ -]?[0-9]{1,6}",
     "ZH 482130", "Verkehrszulassungsverordnung, art. 84"),
)  # fmt: skip


def _plate(row: tuple[str, str, str, str], *, alone: bool) -> Identifier:
    country, pattern, example, basis = row
    return Identifier(
        name=f"{country}-plate",
        kind=PersonalDataKind.PLATE,
        title="number plate",
        pattern=pattern,
        words=("number plate",),
        check=None,
        alone=alone,
        basis=basis,
        form="letters and digits, see the pattern",
        checksum="none",
        source=basis,
        examples=(example,),
    )


PLATES: Final = (
    *(_plate(row, alone=True) for row in _ALONE),
    *(_plate(row, alone=False) for row in _ANNOUNCED),
    Identifier(
        name="eu-vin",
        kind=PersonalDataKind.PLATE,
        title="chassis number, vehicle identification number (VIN)",
        pattern="[A-HJ-NPR-Z0-9]{11}[A-HJ-NPR-Z0-9]{2}[0-9]{4}",
        words=(
            *("vin", "fin", "chassis number", "fahrgestellnummer*", "numéro de châssis", "n° vin"),
            *(
                "bastidor",
                "telaio",
                "chassisnummer*",
                "numer vin",
                "podvozk*",
                "chassi*",
                "alvázszám*",
            ),
            *(
                "fahrzeug identifizierungsnummer*",
                "número de chassis",
                "σασί",
                "шаси",
                "серия шаси",
            ),
        ),
        check=None,
        basis="Regulation (EU) 2018/858; CJEU C-319/22",
        form="17 signs: maker, description, serial; no I, O or Q; the last four are digits",
        checksum="none in Europe",
        source="ISO 3779:2009",
        examples=("WVWZZZ1KZAW482130",),
    ),
)
