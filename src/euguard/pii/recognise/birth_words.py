"""Words for being born, in the official languages, Norwegian and Icelandic.

Source: the forms of the registries of births (multilingual standard forms of Regulation (EU)
2016/1191, Annexes I and II), and the words' declensions.
"""

from typing import Final

BORN: Final = (
    r"born|geboren(?:er|en|em|es|e)?|née?s?|nacid[oa]s?|nació|nascid[oa]s?|nasceu|nat[oaie] (?:il|a|in|nel|nello|l)"
    r"|urodz(?:on[yaei]\w{0,3}|ił[ao]?|eni)|narozen[ýáaéíoy]?\w{0,2}|narodil[ao]?|naroden[ýáéíoay]\w{0,2}|narodený"
    r"|rojen[aeiou]?\w{0,2}|rođen[aeiou]?\w{0,2}|роден[аои]?\w{0,2}|родил[аи]?|născut[ăeiă]?\w{0,2}|nascut[a]?"
    r"|született|születtem|születésű|sündinud|sündis|sündinu\w{1,3}|dzim(?:is|us\w{1,4}|usī)|gim(?:ęs|usi\w{0,3}|usio|usiam|ė|iau)"
    r"|syntynyt|syntynee\w{1,3}|syntyi|född[aes]?|föddes|født\w{0,2}|fødd|fæddur|fædd|fætt|fæddist"
    r"|γεννήθηκε|γεννηθ\w{2,6}|γεννημέν\w{1,3}|γεννήθηκα|rugadh|twield\w{0,2}|twieled|imwiel\w{1,3}|mwiel\w{1,3}"
)
"""Said of a person; the date stands before or behind."""
NOUNS: Final = (
    r"of birth|birth[ ]?(?:day|date|year)|birth[ ]?:|d\.?o\.?b|geburts(?:datum|tag|jahr|daten)|geboorte(?:datum|dag|jaar)|verjaardag"
    r"|naissance|anniversaire|nacimiento|cumpleaños|f\. ?nac|nac\.|nascimento|d\.n|nascita|compleanno|aniversário"
    r"|urodzenia|urodziny|urodzin|narozen[íi]|narozeniny|narodenia|narodeniny|rojstva|rojstni dan|rođenja|rođendan"
    r"|ражд\w{3,5}|рожд\w{2,6}|nașter\w{1,2}|naşter\w{1,2}|nasterii|ziua de naștere|szül(?:etés|etési|etésnap\w{0,3})?"
    r"|sünni(?:aeg|kuupäev|päev|aasta)\w{0,3}|dzimšanas|gimimo|gimtadien\w{1,3}|syntymä(?:aika|päivä|vuosi)\w{0,3}"
    r"|födelse(?:datum|dag|år|tid)\w{0,3}|fødsels(?:dato|dag|år)\w{0,3}|fødselsdag|fæðingar\w{2,6}"
    r"|γέννησ\w{1,2}|γεννήσε\w{1,3}|γενέθλι\w{1,2}|breithe|breithlá|twelid|għeluq"
)
"""A date behind them is one of birth."""
SHORT: Final = r"(?:geb|nar|ur|roj|rođ|szül|snd|sünd|dz|dzim|gim|γεν|род|р|født|synt|ngh)\."
"""Abbreviations; as words without the full stop they mean other things."""
CLOSE: Final = r"(?:f|s|sz|n|g|р|b)\."
"""Abbreviations so short that the date must follow at once: "f. 1.4.1990" (född, født)."""
IN: Final = (
    r"in|im|jahre?|en|em|l'année|année|año|el|ano|nel|no|dell'anno|anno|w|roku|v|roce|leta|godine|god\.|през|година|în"
    r"|anul|to|το|το έτος|i|år|året|aastal|gadā|m\.|metais|vuonna|op|het|jaar|sa|je|se|si|a|fl-|sena|bliain|um"
)
"""What may stand between such a word and a year alone."""
