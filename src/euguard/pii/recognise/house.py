"""House numbers, and what says where in the house: stair, floor, flat.

Formats: Universal Postal Union, "Addressing systems" (S42), the country sheets' delivery point
lines: "27", "4a", "17/2/14", "85-12", "12 bis", "5 A 12" (Finland), "8, 2. tv." (Denmark),
"14, 3.º B" (Spain), "14, bl. C3, sc. A, ap. 27" (Romania), "14. II. em. 3." (Hungary).
"""

from typing import Final

from euguard.pii.recognise.calendar import MONTH

_LABEL = r"(?:(?:nr|no|n\.?[°º]|n|č\.?[ ]?p|č|br|št|num|número|numéro|№|αρ|αριθ|hnr|бл|bl)\.?[ ]?)?"
_UNITS = (
    r"(?:km|kg|cm|mm|m²|m2|ha|euros?|eur|uhr|prozent|percent|procent|kr|kč|zł|ft|lei|лв|min|minuten"
    r"|minutes|metres?|meter|jahre|years|ans|años|anni)"
)
_END = rf"(?![0-9]|[.,:][0-9]|[.]?[º°ª]|[ ]?[%€$£]|[ ](?i:{_UNITS})\b|\.?[ ](?i:{MONTH}))"
"""Behind a number of a house stands no decimal, degree, currency, unit or month."""
_LETTER = (
    r"(?:[^\W\d_](?!\w|\.[^\W\d_])|[ ][A-HΑ-ΗА-Ж](?![\w'\u2019]|[ ][0-9])|[ ][a-h](?=[,;)\n]|\Z))"
)
NUMBER: Final = (
    rf"(?i:{_LABEL})(?!(?:1[5-9]|20)[0-9]{{2}}(?![0-9]))[0-9]{{1,4}}(?![0-9])"
    rf"(?:hs|{_LETTER})?(?:[ ]?[/–-][ ]?(?:[0-9]{{1,5}}(?![0-9]){_END}{_LETTER}?|[A-ZА-Я](?!\w))){{0,3}}"
    rf"(?:[ ](?:bis|ter|quater)\b)?{_END}"
)
"""No year is a number of a house here: "Karlsplatz 1990"."""

_VALUE = r"(?:[0-9]{1,4}[A-Za-z]?|[A-ZА-Я][0-9]{0,3})(?:/[0-9]{1,3})?(?!\w)"
_KEYS = (
    r"(?:apt|app|appt|apto|ap|flat|unit|suite|whg|wohnung|top|stiege|stg|tür|lgh|lok|lokal|mieszk"
    r"|kv|bus|bte|boîte|boite|piso|puerta|pta|escalera|esc|bl|bloco|bloque|sc|scara|etaj|ап|вх|ет|бл|эт"
    r"|byt|stan|int|interno|scala|sc|piano|korter|krt|dz|dzīv|but|bt|leilighet|íbúð|διαμ)\.?"
    r"|(?:et|em|m|as|krs|kat|st|n)\."
)
_FLOORS = (
    r"(?:tv|th|mf|sal|stock|og|patro|poschodie|nadstropje|kat|stāvs|korrus|krs|tr|em|piętro|floor"
    r"|étage|verdieping|aukštas|emelet|όροφος|етаж)"
)
_SIDES = (
    r"(?:esq|esqº|dto|dtº|dta|drt|izq|izqda|izda|dcha|der|frente|fte|[a-h]|[0-9]{1,2}[ªa])(?!\w)\.?"
)
_ONE = (
    rf"[A-H][ ][0-9]{{1,3}}(?![\w])"
    rf"|(?i:{_KEYS})[ ]?{_VALUE}"
    rf"|[0-9]{{1,2}}\.?[ ]?(?i:{_FLOORS})\b\.?(?:[ ](?:tv|th|mf)\b\.?)?"
    r"|(?:st|kl)\.[ ](?:tv|th|mf)\b\.?"
    rf"|[0-9]{{1,2}}\.?[º°ªª](?:[ ]?(?i:{_SIDES}))?"
    r"|[IVX]{1,4}\.[ ]?em(?:elet)?\.?(?:[ ][0-9]{1,3}(?![0-9]))?"
    r"|(?:fszt|fsz|mfszt)\.?(?:[ ][0-9]{1,3}(?![0-9]))?"
)
ROOM: Final = rf"(?:(?:,?[ ]|\.[ ](?=[IVXfm])|[ ]?[-–][ ])(?:{_ONE})){{0,5}}"
"""What may follow the number; a comma or a dash before each."""
ROOM_BEFORE: Final = (
    r"(?i:flat|apt|apartment|unit|suite|appt|appartement|árasán)\.?[ ][0-9]{1,4}[A-Za-z]?,[ ]?"
)
"""A flat named first: "Flat 3, "."""
