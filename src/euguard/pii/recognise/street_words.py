"""What streets are called in the languages of Europe, by where the word stands.

Words are patterns: a full stop is escaped, an ending in brackets may follow.
"""

from typing import Final

# Glued to the end of the name: "Lindenstraße 27", "Oudegracht 112", "Mannerheimintie 5".
ENDING_SURE: Final = (
    r"stra(?:ß|ss)en?|str\.|straat|gata|gatan|gaten|gatu|katu|kadulla|kadun|kadulta"
)
"""No other words end like this: the name may be in small letters."""
ENDING: Final = (
    r"str|gassen?|weg|weges|platz|platze?s|allee|damm|ufer|chaussee|steig|promenade|ring|graben"
    r"|laan|plein|kade|gracht|dijk|steeg|singel|dreef|markt"
    r"|väg|vägen|gränd|gränden|stigen|torget|allén|gade|vej|vejen|vegen|veien|veg|vei|allé|torv"
    r"|stræde|plads|gutu|tie|tiellä|tien|kuja|polku|kaari|raitti|väylä|puistikko|penger"
)
NOT_STREETS: Final = frozenset(
    """garantie politie partie sortie brigade renegade arbeitsplatz parkplatz stellplatz
    sitzplatz marktplatz umweg abweg heimweg hinweg rückweg fluchtweg training hering frühling
    sperling lehrling feiertag supermarkt arbeitsmarkt aktienmarkt binnenmarkt ausweg postweg
    rechtsweg dienstweg spring during ordering engineering monitoring clearing leasing marketing
    meeting planning rating catering bring string offering hiring manufacturing""".split()  # noqa: SIM905  # reads as a word list
)
"""Words that end like streets and are none."""

# A word of its own behind the name: "Kárász utca 12", "Brīvības iela 85", "Kärntner Ring 12".
BEHIND: Final = (
    r"Stra(?:ß|ss)e|Str\.|Weg|Gasse|Platz|Allee|Ring|Damm|Ufer|Markt"
    r"|utca|utcája|u\.|út|útja|tér|tere|körút|krt\.|köz|sor|sétány|fasor|rakpart|sugárút|dűlő"
    r"|iela|ielā|ielas|bulvāris|bulvārī|bulv\.|prospekts|laukums|gatve|dambis|šoseja"
    r"|g\.|gatvė|gatvės|gatvėje|pr\.|prospektas|prospekto|al\.|alėja|a\.|aikštė|plentas|skg\."
    r"|tänav|tänava|tänaval|tn\.?|puiestee|pst\.?|maantee|mnt\.?|tee|väljak"
    r"|ulica|ulice|ulici|cesta|cesti|ceste|trg|trgu|pot|poti|náměstí|námestie|námestí|třída|tř\."
    r"|trieda|nábřeží|nábrežie|šetalište|put|avenija|drevored|obala|sady"
    r"|Boulevard|Avenue|Allé|Plads|Väg|gata|katu|sokak"
)
# Before the name, the number behind: "Via Garibaldi 15", "ul. Długa 14/5", "avenue Louise 212".
BEFORE: Final = (
    r"rue|avenue|av\.|boulevard|bd\.?|blvd\.?|place|chemin|impasse|allée|quai|route|cours|square"
    r"|passage|chaussée|clos|drève"
    r"|via|viale|v\.le|piazza|piazzale|p\.zza|corso|c\.so|vicolo|largo|strada|contrada|lungomare"
    r"|lungotevere|borgo|salita"
    r"|calle|c/|avenida|avda\.?|plaza|pza\.?|pl\.|paseo|camino|carretera|ctra\.?|ronda|travesía"
    r"|carrer|avinguda|rúa|glorieta|rambla"
    r"|rua|r\.|travessa|praça|praceta|alameda|estrada|beco|calçada"
    r"|ul\.|ulica|ulicy|ulicą|ulici|ulice|al\.|aleja|alei|aleje|plac|placu|os\.|osiedle|osiedlu"
    r"|nám\.|náměstí|námestie|námestí|třída|tř\.|trg|cesta"
    r"|str\.|stradă|bd-ul|bdul|b-dul|bulevardul|calea|aleea|șoseaua|șos\.|piața|splaiul|intrarea"
    r"|ул\.|улица|бул\.|булевард|пл\.|площад|ж\.к\.|жк|кв\."
    r"|οδός|οδού|οδό|λεωφόρος|λεωφόρου|λεωφόρο|λεωφ\.|πλατεία|πλατείας"
    r"|triq|misraħ|pjazza|vjal|sqaq"
)
# The number first: "12 bis, rue de la Paix", "45, Triq ir-Repubblika", "14 Sráid an Droichid".
NUMBERED: Final = (
    r"rue|avenue|av\.|boulevard|bd\.?|blvd\.?|place|chemin|impasse|allées?|quai|route|cours"
    r"|square|passage|faubourg|sentier|ruelle|esplanade|montée|venelle|hameau|résidence"
    r"|triq|misraħ|pjazza|vjal|sqaq"
    r"|an tsráid|sráid|bóthar|ascaill|lána|céide|cearnóg|corrán|plás"
)
ENGLISH: Final = (
    r"Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Close|Court|Ct|Crescent|Square|Sq|Place|Terrace"
    r"|Way|Gardens|Grove|Park|Hill|Row|Quay|Parade|Mews|Walk|View|Heights|Green|Rise|Strand"
)
BOXES: Final = (
    r"postfach|pf\.?|p\.? ?o\.? ?box|postbus|boîte postale|b\.?p\.?|apartado(?: de correos)?|apdo\.?"
    r"|casella postale|c\.p\.|skr(?:ytka)?\.? ?poczt(?:owa)?\.?|poštovní přihrádka|p\.?o\.?box"
    r"|poštni predal|p\.p\.|poštanski pretinac|pošta restant|postafiók|pf\.|postkast|pk"
    r"|pastkaste|p\.k\.|pašto dėžutė|postilokero|pl|postboks|postbox|box|пощенска кутия|п\.к\."
    r"|τ\.θ\.|ταχυδρομική θυρίδα|căsuța poștală"
)
