"""The national identifiers of all countries that we know.

The 27 Member States, the European Economic Area, Switzerland and the United Kingdom: their
people live and work in each other's countries, so all are looked for in every text.
"""

from typing import Final

from euguard.pii.recognise.identifier import Identifier
from euguard.pii.recognise.national.at import IDENTIFIERS as AT
from euguard.pii.recognise.national.be import IDENTIFIERS as BE
from euguard.pii.recognise.national.bg import IDENTIFIERS as BG
from euguard.pii.recognise.national.ch import IDENTIFIERS as CH
from euguard.pii.recognise.national.cy import IDENTIFIERS as CY
from euguard.pii.recognise.national.cz import IDENTIFIERS as CZ
from euguard.pii.recognise.national.de import IDENTIFIERS as DE
from euguard.pii.recognise.national.dk import IDENTIFIERS as DK
from euguard.pii.recognise.national.ee import IDENTIFIERS as EE
from euguard.pii.recognise.national.es import IDENTIFIERS as ES
from euguard.pii.recognise.national.fi import IDENTIFIERS as FI
from euguard.pii.recognise.national.fr import IDENTIFIERS as FR
from euguard.pii.recognise.national.gb import IDENTIFIERS as GB
from euguard.pii.recognise.national.gr import IDENTIFIERS as GR
from euguard.pii.recognise.national.hr import IDENTIFIERS as HR
from euguard.pii.recognise.national.hu import IDENTIFIERS as HU
from euguard.pii.recognise.national.ie import IDENTIFIERS as IE
from euguard.pii.recognise.national.is_ import IDENTIFIERS as IS
from euguard.pii.recognise.national.it import IDENTIFIERS as IT
from euguard.pii.recognise.national.li import IDENTIFIERS as LI
from euguard.pii.recognise.national.lt import IDENTIFIERS as LT
from euguard.pii.recognise.national.lu import IDENTIFIERS as LU
from euguard.pii.recognise.national.lv import IDENTIFIERS as LV
from euguard.pii.recognise.national.mt import IDENTIFIERS as MT
from euguard.pii.recognise.national.nl import IDENTIFIERS as NL
from euguard.pii.recognise.national.no import IDENTIFIERS as NO
from euguard.pii.recognise.national.pl import IDENTIFIERS as PL
from euguard.pii.recognise.national.pt import IDENTIFIERS as PT
from euguard.pii.recognise.national.ro import IDENTIFIERS as RO
from euguard.pii.recognise.national.se import IDENTIFIERS as SE
from euguard.pii.recognise.national.si import IDENTIFIERS as SI
from euguard.pii.recognise.national.sk import IDENTIFIERS as SK

NATIONAL: Final[tuple[Identifier, ...]] = (
    *AT,
    *BE,
    *BG,
    *CH,
    *CY,
    *CZ,
    *DE,
    *DK,
    *EE,
    *ES,
    *FI,
    *FR,
    *GB,
    *GR,
    *HR,
    *HU,
    *IE,
    *IS,
    *IT,
    *LI,
    *LT,
    *LU,
    *LV,
    *MT,
    *NL,
    *NO,
    *PL,
    *PT,
    *RO,
    *SE,
    *SI,
    *SK,
)
