"""Postal codes and the towns behind or before them.

Formats: Universal Postal Union, "Addressing systems" (S42): four or five digits with or without
the country's letters, "31-147", "4050-032", "779 00", "3511 AW", "LV-1001", "VLT 1112"; Eircodes
(Eircode address database, routing keys); British codes (BS 7666, the areas in use).
"""

import re
from typing import Final

from euguard.pii.recognise.letters import CAPITALISED, WORD

_STATE = (
    r"(?:(?:A|AT|AX|B|BE|BG|CH|CY|D|DE|DK|E|EE|ES|F|FI|FR|GR|H|HR|HU|I|IS|IT|L|LT|LU|LV|M|MT|N|NL|NO|P|PL|PT|RO"
    r"|S|SE|SI|SK|CZ|FIN|FL|LI)-)"
)
_DUTCH = r"[1-9][0-9]{3}[ ]?(?!SA|SD|SS|EU|US|UK)[A-Z]{2}(?![A-Za-z0-9])"
_NUMBERS = (
    rf"{_STATE}?(?:[0-9]{{2}}-[0-9]{{3}}|[0-9]{{4}}-[0-9]{{3}}|{_DUTCH}|[0-9]{{3}}[ ][0-9]{{2}})"
    rf"|{_STATE}[0-9]{{3}}[ ]?[0-9]{{1,3}}"
)
_YEAR = r"(?:19|20)[0-9]{2}(?![0-9])"
"""What may be a year; one from 2050 on is none yet."""
_PLAIN = r"(?!(?:19[0-9]|20[0-4])[0-9](?![0-9]))[0-9]{4,6}"
_AREAS = (
    r"AB|AL|B|BA|BB|BD|BH|BL|BN|BR|BS|BT|CA|CB|CF|CH|CM|CO|CR|CT|CV|CW|DA|DD|DE|DG|DH|DL|DN|DT|DY|E|EC|EH|EN"
    r"|EX|FK|FY|G|GL|GU|GY|HA|HD|HG|HP|HR|HS|HU|HX|IG|IM|IP|IV|JE|KA|KT|KW|KY|L|LA|LD|LE|LL|LN|LS|LU|M|ME|MK"
    r"|ML|N|NE|NG|NN|NP|NR|NW|OL|OX|PA|PE|PH|PL|PO|PR|RG|RH|RM|S|SA|SE|SG|SK|SL|SM|SN|SO|SP|SR|SS|ST|SW|SY|TA"
    r"|TD|TF|TN|TQ|TR|TS|TW|UB|W|WA|WC|WD|WF|WN|WR|WS|WV|YO|ZE"
)
BRITISH: Final = rf"(?:{_AREAS})[0-9][A-Z0-9]?[ ]?[0-9][ABD-HJLNP-UW-Z]{{2}}"
IRISH: Final = (
    r"(?:A(?:41|42|45|63|67|75|8[1-6]|9[1-8])|C15|D(?:0[1-9]|1[0-8]|2[024]|6W)|E(?:21|25|32|34|41|45|53|91)"
    r"|F(?:12|23|26|28|31|35|42|45|52|56|9[1-4])|H(?:12|14|16|18|23|53|54|62|65|71|91)|K(?:32|34|36|45|56|67|78)"
    r"|N(?:37|39|41|91)|P(?:12|14|17|24|25|31|32|36|43|47|51|56|61|67|72|75|81|85)|R(?:14|21|32|35|42|45|51|56|93|95)"
    r"|T(?:12|23|34|45|56)|V(?:14|15|23|31|35|42|9[2-5])|W(?:12|23|34|91)|X(?:35|42|91)|Y(?:14|21|25|34|35))"
    r"[ ]?(?![0-9]{4})[AC-FHKNPRTV-Y0-9]{4}"
)
_MALTESE = (
    r"(?:ATD|BBG|BKR|BML|BRG|BZN|CBD|DGL|FGR|FNT|FRN|GDJ|GHR|GRB|GSM|GSR|GXQ|GZR|HMR|IKL|ISL|KCM|KKP|KKR|KMN|LJA|LQA"
    r"|MDN|MFN|MGR|MLH|MQB|MRS|MSD|MSK|MST|MTF|MTP|MXK|MXR|NDR|NXR|PBK|PLA|PTA|QLA|QRD|QRM|RBT|SFI|SGN|SGW|SLC|SLM|SLZ"
    r"|SNT|SPB|STJ|STP|SVR|SWQ|TXN|VCT|VLT|XBX|XGJ|XJR|XRA|XWK|ZBB|ZBG|ZBR|ZRQ|ZTN)[ ]?[0-9]{4}"
)
_LETTERED = rf"(?:{BRITISH}|{IRISH}|{_MALTESE})(?![A-Za-z0-9])"
_LABEL = r"(?:(?:C\.?P|Τ\.?Κ|T\.?K|PSČ|PLZ|CAP|CEP|п\.?к)\.?[ ]?:?[ ]?)?"
_CODE = rf"{_LABEL}(?:{_NUMBERS}|{_PLAIN})(?![0-9])"

_UNITS = (
    r"euros?|eur|lire|quadratmeter|usd|gbp|chf|kč|ft|zł|lei|лв|kr|dkk|sek|nok|uhr|km|kg|mwst|tva|iva|watt|volt|meter|tonnen"
    r"|stück|artikel|artikler|items?|pieces?|pages?|seiten?|artículos|articles?|personen|menschen|zuschauern?"
    r"|besuchern?|teilnehmern?|einwohnern?|mitarbeitern?|exemplaren?|stimmen|punkten?|jahren?|tagen?|stunden"
    r"|minuten|soldaten|kindern?|frauen|männern?|mitgliedern?|people|users?|visitors?|copies|votes?|words?"
    r"|telefono?|telefon|tel|tél|phone|fax|e-mail|email|mail|mobile?|mobil|handy|herr|frau|iban|https?"
)
_SMALL = (
    r"an der|am|im|in der|ob der|bei|de la|de las|de los|de l'|de|do|da|dos|das|du|des|la|le|les|lès|sur|sous"
    r"|del|della|di|nad|pod|pri|na|v|u|van|aan den|aan de|op|en|i|y|upon|on|under|le|el|il"
)
_MORE = (
    rf"(?:[ ](?:{_SMALL}))?[ -](?!(?i:{_UNITS})\b){WORD}"
    r"|[ ](?:mesto|vas|gora|polje|potok|dvor|pole|hora|voda)\b"
)
TOWN: Final = rf"(?!(?i:{_UNITS})\b){CAPITALISED}(?:{_MORE}){{0,3}}"
_DISTRICT = r"(?:[ ](?:CEDEX|Cedex)(?:[ ][0-9]{1,2})?|[ ][A-Z0-9]{1,2}(?!\w)|,?[ ]?\([A-Z]{2}\))?"
_LINE = r"[ \t]{0,8}\r?\n[ \t>]{0,8}"
_GAP = rf"(?:[ ]?[,;·|–-][ \t]?|[ \t]{{1,2}})(?:{_LINE})?|{_LINE}"
_SHORT = (
    r"[1-9][0-9]{2}[ ](?:Reykjavík|Kópavog|Hafnarf|Garðabæ|Mosfellsbæ|Seltjarnarnes|Reykjanesbæ|Akranes|Borgarnes"
    r"|Ísafj|Sauðárkrók|Akureyri|Húsavík|Egilssta|Höfn|Selfoss|Hveragerði|Vestmannaeyj|Grindavík|Keflavík)\w{0,9}"
)
"""Iceland's codes have three digits only: with its towns."""
_YEARLIKE_TOWN = (
    r"(?:19|20)[0-9]{2}[ ](?:Antwerpen|Anvers|Maribor|Frederiksberg|Neuchâtel|Sion|Szentendre|Lillestrøm|Stockerau"
    r"|Hollabrunn|Sierre|Martigny|Verbier|Sandefjord|Skedsmokorset|Vác)\b"
)


def _behind(code_and_town: str, code: str) -> re.Pattern[str]:
    return re.compile(
        rf"(?:{_GAP})(?:{code_and_town}"
        rf"|{TOWN}(?:[ ][0-9]{{1,2}})?(?:,?[ ]{{1,2}}|[ ]?,[ ]?|,?{_LINE})"
        rf"(?:{TOWN}[ ]?,?[ ])?(?:{_LETTERED}|(?:{code})(?![\w-])){_DISTRICT}|{_LETTERED})"
    )


BEHIND: Final = _behind(rf"(?:{_CODE}|{_YEAR})[ ]{{1,2}}{TOWN}{_DISTRICT}|{_SHORT}", _CODE)
"""What may stand behind a street and its number: code and town, or town and code."""
BEHIND_SMALL: Final = re.compile(
    rf"(?:{_GAP})(?:{_CODE})[ ]{{1,2}}(?!(?i:{_UNITS})\b)[^\W\d_]{{3,20}}(?:-[^\W\d_]{{2,20}}){{0,3}}(?!\w)"
)
"""The same, typed without capitals."""
BEHIND_NAME: Final = _behind(
    rf"{_YEARLIKE_TOWN}|{_CODE}[ ]{{1,2}}{TOWN}{_DISTRICT}|{_SHORT}", rf"{_STATE}[0-9]{{4,5}}"
)
"""The same behind what nothing calls a street. There, a year is no code ("Wien, 2024 Anna"), and
no plain number behind a town is one ("VI ZR 166/11, Bonn 1500")."""
BEHIND_DISTINCT: Final = re.compile(
    rf"(?:{_GAP})(?:(?:{TOWN}(?:[ ][0-9]{{1,2}})?,?[ ]){{0,2}}{_LETTERED}"
    rf"|{_STATE}[0-9]{{4,5}}[ ]{TOWN})"
)
"""The same with a code that no other number looks like."""
TOWN_ALONE: Final = re.compile(
    rf"(?:[ ]?,[ ]{TOWN}(?:[ ][0-9]{{1,2}}(?![0-9]))?|{_LINE}{WORD}(?:[ ][0-9]{{1,2}})?(?=[ \t]*(?:\n|\Z)))"
    r"(?=[ ]?[,.;)\n]|\Z)"
)
BEFORE: Final = re.compile(
    rf"(?<![\w-])(?:(?:{_CODE}|{_YEAR})[ ]{TOWN}[ ]?,(?:[ ]|{_LINE})|{_CODE}[ ]{TOWN}(?:[ ]|{_LINE}))\Z"
)
"""What may stand before: "6720 Szeged, "."""
BEFORE_NAME: Final = re.compile(rf"(?<![\w-])(?!{_YEAR}){_CODE}[ ]{TOWN}[ ]?,(?:[ ]|{_LINE})\Z")
"""The same before what nothing calls a street."""
ALONE: Final = (
    rf"(?<![\w.,/-])(?:(?:[0-9]{{2}}-[0-9]{{3}}|[0-9]{{4}}-[0-9]{{3}}|(?!{_YEAR}){_DUTCH}"
    rf"|(?<![0-9][ ]){_STATE}?[0-9]{{3}}[ ][0-9]{{2}}|{_STATE}[0-9]{{4,5}})[ ]{TOWN}{_DISTRICT}"
    rf"|(?:LV-[0-9]{{4}}|LT-[0-9]{{5}}|(?!\w{{2,4}}[ ]?[0-9][GT]B\b)(?=\w{{2,4}}[ ]){BRITISH}|{IRISH})(?![\w-]))"
)
"""Codes, mostly with a town, that no other number looks like."""
WITH_TOWN: Final = rf"(?<![\w.,/-]){_CODE}[ ]{{1,2}}{TOWN}{_DISTRICT}"
ANY: Final = rf"(?:{_LETTERED}|{_NUMBERS}|[0-9]{{4,6}})"
"""For what an announcing word calls a postal code."""
TRIGGER: Final = r"[0-9]{3}|[a-z][0-9]{1,2}[a-z]?[ ]?[0-9][a-z]{2}|[a-z][0-9][0-9w][ ]?[a-z0-9]{4}|[0-9]{2}[ -][0-9]{3}"
"""Without which a text holds no postal code, for RE2."""
