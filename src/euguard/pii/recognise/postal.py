"""Postal codes and the towns behind or before them.

Formats: Universal Postal Union, "Addressing systems" (S42): four or five digits with or without
the country's letters, "31-147", "4050-032", "779 00", "3511 AW", "LV-1001", "VLT 1112",
Eircodes and British codes.
"""

import re
from typing import Final

from euguard.pii.recognise.letters import CAPITALISED

_DISTINCT: Final = (
    r"[0-9]{2}-[0-9]{3}|[0-9]{4}-[0-9]{3}|[0-9]{4}[ ]?[A-Z]{2}|[0-9]{3}[ ][0-9]{2}"
    r"|(?:A|AX|B|BE|BG|CH|CY|D|DE|DK|E|EE|ES|F|FI|FR|GR|H|HR|HU|I|IT|L|LT|LV|MT|N|NL|NO|P|PL|PT|RO|S|SE|SI"
    r"|SK|CZ|FIN|FL|LI)-[0-9]{3}[ ]?[0-9]{1,3}"
)
_PLAIN: Final = r"(?!(?:19[0-9]|20[1-4])[0-9](?![0-9])|200[1-9](?![0-9]))[0-9]{4,6}"
"""A year is no postal code here: "Wien 2024"."""
BEFORE_TOWN: Final = rf"(?:{_DISTINCT}|{_PLAIN})(?![0-9])"
_LETTERED: Final = (
    r"[A-Z]{1,2}[0-9][A-Z0-9]?[ ]?[0-9][A-Z]{2}"  # the United Kingdom
    r"|[A-Z][0-9][0-9W][ ]?[A-Z0-9]{4}"  # Ireland
    r"|[A-Z]{3}[ ]?[0-9]{4}"  # Malta
)
TRIGGER: Final = rf"(?:{_LETTERED}|{_DISTINCT}|[0-9]{{4,6}})"
"""What every code looks like, for RE2."""
BEHIND_TOWN: Final = rf"(?:{_LETTERED}|{BEFORE_TOWN})(?![A-Za-z0-9])"
_UNITS: Final = (
    r"euros?|eur|usd|gbp|chf|kč|ft|zł|lei|лв|stück|artikel|artikler|items?|pieces?|pages?|seiten?"
    r"|kr|dkk|sek|nok|uhr|km|kg|mwst|tva|iva|artículos|articles?"
)
_SMALL: Final = (
    r"an der|am|im|in der|ob der|bei|de la|de las|de los|de|du|des|la|le|les|lès|sur|sous|del|della"
    r"|di|do|da|dos|das|nad|pod|pri|na|van|aan den|aan de|op|en|i|v|y|upon|on|under"
)
TOWN: Final = rf"(?!(?:{_UNITS})\b){CAPITALISED}(?:(?:[ ](?:{_SMALL}))?[ -]{CAPITALISED}){{0,3}}"
_GAP = r"(?:[ ]?[,;–-][ \t]?|[ \t]{1,2})(?:\r?\n[ \t>]{0,8})?|[ \t]?\r?\n[ \t>]{0,8}"
BEHIND = re.compile(
    rf"(?:{_GAP})(?:"
    rf"(?i:{BEFORE_TOWN})[ ]{{1,2}}{TOWN}(?:[ ][A-Z0-9]{{1,2}}(?![\w]))?"
    rf"|{TOWN}(?:,?[ ]{{1,2}}|[ ]?,[ ]?)(?:{TOWN}[ ]?,?[ ])?{BEHIND_TOWN}"
    r")"
)
"""What may stand behind a street and its number: code and town, or town and code."""
TOWN_ALONE = re.compile(rf"[ ]?,[ ]({CAPITALISED})(?:[ ][0-9]{{1,2}}(?![0-9]))?(?=[,.;)\n]|\Z)")
CODE_ALONE = re.compile(rf"[ ]?,?[ ]{BEHIND_TOWN}")
BEFORE = re.compile(rf"(?<![\w-])(?:{BEFORE_TOWN})[ ]{TOWN}[ ]?,?(?:[ ]|[ ]?\r?\n[ \t]{{0,4}})\Z")
"""What may stand before: "6720 Szeged, "."""
DISTINCT_WITH_TOWN: Final = rf"(?<![\w-])(?:[0-9]{{2}}-[0-9]{{3}}|[0-9]{{4}}[ ][A-Z]{{2}})[ ]{TOWN}"
