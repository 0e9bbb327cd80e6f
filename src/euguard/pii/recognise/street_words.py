"""What streets are called in the languages of Europe, by where the word stands.

Words are patterns: a full stop is escaped, endings of declension are given. A *sure* word and a
number are an address; any other word needs a postal code, a town or an announcing word besides,
for it also means something else ("Umweg 5", "pr. 100 km", "put 3").

Sources: Universal Postal Union, "Addressing systems" (S42), country sheets; street types of
OpenStreetMap's key `addr:street` and of libpostal's dictionaries, compared, not copied.
"""

from typing import Final

# Glued to the end of the name: "Lindenstraße 27", "Oudegracht 112", "Mannerheimintie 5".
ENDING_SURE: Final = (
    r"stra(?:ß|ss)en?|str\.|straat|gata|gatan|gaten|katu|kadulla|kadun|kadulta|kadulle|stræti|gasse"
)
"""No other words end like this: the name may be in small letters."""
ENDING: Final = (
    r"gassen|weg|platz|allee|chaussee|promenade|gürtel|laan|plein|gracht|steenweg|singel|hofstede"
    r"|vägen|väg|gränd|gränden|torget|stigen|allén|gade|vejen|vej|vegen|veien|allé|stræde|bakken|parken"
    r"|kuja|kujalla|polku|polulla|puistikko|tiellä|vegur|vegi|stígur|stíg|braut|gerði"
)
ENDING_UNSURE: Final = (
    r"weges?|ring|graben|damm|ufer|steig|markt|dijk|kade|dreef|steeg|veg|vei|torv|plads|plassen|kaj|hov|draget"
    r"|tie|tien|kaari|raitti|väylä|penger|puisto|gutu|hlíð|holt|bakki|garður|tún|hagi|str"
)
# A word of its own behind the name: "Kárász utca 12", "Brīvības iela 85", "Karl Johans gate 27".
BEHIND: Final = (
    r"Stra(?:ß|ss)e|Str\.|Gasse|Allee|Gürtel"
    r"|utca|utcája|utcában|utcán|út|úton|útja|tér|téren|tere|körút|körúton|krt\.|sétány|fasor|rakpart|sugárút|dűlő"
    r"|iela|ielā|ielas|ielu|bulvāris|bulvārī|bulv\.|prospekts|prospektā|laukums|laukumā|gatve|gatvē|dambis|šoseja"
    r"|gatvė|gatvės|gatvėje|gatvę|prospektas|prospekto|prospekte|alėja|alėjoje|aikštė|aikštėje|plentas|skg\."
    r"|tänav|tänava|tänaval|tänavale|tn\.?|puiestee|puiesteel|pst\.?|maantee|maanteel|mnt\.?|väljak|väljakul"
    r"|ulica|ulice|ulici|ulicu|ulico|cesta|cesti|ceste|cestu|cesto|trg|trgu|náměstí|námestie|námestí|třída|tř\."
    r"|trieda|nábřeží|nábrežie|šetalište|avenija|drevored"
    r"|Boulevard|boulevard|Avenue|katu|Allé|Gade|Plads"
)
BEHIND_GENITIVE: Final = (
    r"gate|gade|gata|vei|veg|vej|väg|plass|plats|plads|torg|allé|g\.|pr\.|al\.|a\.|pl\."
)
"""Behind a genitive: "Karl Johans gate", "Pilies g."; elsewhere these are other words."""
BEHIND_UNSURE: Final = (
    r"Weg|Platz|Ring|Damm|Ufer|Markt|Park|u\.|köz|sor|tee|teel|put|putu|pot|poti|obala|sady|al\.|laan|plein|tie"
    r"|Plein|Straat|Laan|gatan|Väg|stieg"
)
# Before the name, the number behind: "Via Garibaldi 15", "ul. Długa 14/5", "avenue Louise 212".
BEFORE: Final = (
    r"rue|avenue|av\.|boulevard|bd\.?|blvd\.?|chemin|impasse|allée|quai|chaussée|grand-rue|drève"
    r"|in via|alla via|della via|dalla via"
    r"|viale|v\.le|piazza|piazzale|p\.zza|c\.so|vicolo|strada|lungomare|lungotevere|largo d[aeo]s?"
    r"|calle|c/|avenida|avda\.?|plaza|pza\.?|paseo|carretera|ctra\.?|travesía|carrer|avinguda|rúa|glorieta|rambla"
    r"|rua|travessa|praça|praceta|alameda|estrada|beco|calçada"
    r"|ul\.|ulica|ulicy|ulicą|ulici|ulice|ulicu|ulic[aeiu]|(?:przy|na|w|do|z|in) al\.|aleja|alei|aleje|plac|placu|pl\.|os\.|osiedle"
    r"|osiedlu|nám\.|náměstí|námestie|námestí|nábřeží|nábrežie|třída|třídě|tř\.|trg|trgu|cesta|šetalište"
    r"|str\.|stradă|strada|bd-ul|bdul|b-dul|bulevardul|calea|aleea|șoseaua|șos\.|piața|splaiul|intrarea"
    r"|ул\.|улица|улицата|бул\.|булевард|булеварда|пл\.|площад|ж\.к\.|жк|кв\."
    r"|οδός|οδού|οδό|λεωφόρος|λεωφόρου|λεωφόρο|λεωφ\.|πλατεία|πλατείας"
    r"|triq|misraħ|pjazza|vjal|sqaq|laan van(?: de[nr]?)?|stra(?:ß|ss)e de[rs]|platz de[rs]|allee de[rs]"
)
BEFORE_CAPITAL: Final = r"Via|VIA|Corso|CORSO|Largo|LARGO|Al\.|AL\."
"""In small letters, these are prepositions, courses and others ("et al.")."""
BEFORE_UNSURE: Final = (
    r"place|al\.|route|cours|square|passage|clos|sentier|corso|largo|contrada|borgo|salita|via|camino|ronda|pl\.|r\."
    r"|tr\.|put|pot|kv\."
)
# The number first: "12 bis, rue de la Paix", "45, Triq ir-Repubblika", "14 Sráid an Droichid".
NUMBERED: Final = (
    r"rue|avenue|av\.|boulevard|bd\.?|blvd\.?|chemin|impasse|allées?|quai|faubourg|ruelle|esplanade|montée|venelle"
    r"|hameau|place (?:de|des|du|saint)|route (?:de|des|du)|grand-rue"
    r"|triq|misraħ|pjazza|vjal|sqaq"
    r"|an tsráid|sráid|bóthar|ascaill|lána|céide|cearnóg|corrán|plás"
)
NUMBERED_UNSURE: Final = r"place|al\.|route|cours|square|passage|sentier|résidence|clos"
ENGLISH: Final = r"Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Crescent|Square|Sq|Terrace|Gardens|Grove|Boulevard|Mews"
ENGLISH_UNSURE: Final = (
    r"Close|Court|Ct|Place|Way|Park|Hill|Row|Quay|Parade|Walk|View|Heights|Green|Rise|Strand|Approach|Broadway"
    r"|Embankment|Bridge|Gate|Wharf|Yard|Crescent|Villas|Cottages"
)
LOWER: Final = r"rue|boulevard|avenue|calle|avenida|avda\.?|rua|via|viale|piazza|ul\.|ulica|ulicy|str\.|strada|ул\.|улица|бул\."
"""Words that announce a name in small letters, where a postal code follows."""
BOXES: Final = (
    r"postfach|p\.? ?o\.? ?box|postbus|boîte postale|apartado de correos|casella postale"
    r"|skr(?:ytka)?\.? ?poczt(?:owa)?\.?|poštovní přihrádka|poštni predal|poštanski pretinac|postafiók|postkast"
    r"|pastkaste|pašto dėžutė|postilokero|postboks|postbox|pósthólf|пощенска кутия|ταχυδρομική θυρίδα"
    r"|căsuța poștală|bosca poist|kaxxa postali"
)
BOXES_UNSURE: Final = (
    r"pf\.?|b\.?p\.?|apdo\.?|apartado|c\.p\.|p\.p\.|pk|p\.k\.|pl|box|п\.к\.|τ\.θ\."
)
BEFORE_SMALL: Final = (
    r"Námestie|Námestí|Náměstí|Nábrežie|Nábřeží|Trg|Ulica|Ulice|Třída|Trieda|Cesta|Plac|Aleja|Площад"
    r"|Pod|Nad|Na|Za|Pri|Při|Před|U|V|Ve|K|Ke|Ob|Do|Pot|Put|Op|Ved"
)
"""What stands before a name in small letters: "Námestie slobody 3", "Pod gozdom 3"."""
NOT_STREETS: Final = tuple(
    """arbeitsplatz parkplatz stellplatz sitzplatz stehplatz tabellenplatz listenplatz startplatz studienplatz
    ausbildungsplatz betreuungsplatz kitaplatz spielplatz sportplatz fußballplatz tennisplatz golfplatz
    campingplatz bauplatz schlafplatz weltranglistenplatz medaillenplatz podestplatz fensterplatz
    liegeplatz umweg abweg heimweg hinweg rückweg fluchtweg ausweg postweg rechtsweg dienstweg
    arbeitsweg anfahrtsweg dienstvej omvej omväg motorväg riksväg länsväg europaväg riksvei fylkesvei
    omvei motorvei gangvei bundesstraße landesstraße kreisstraße staatsstraße europastraße autostraße
    fernstraße schnellstraße bundesstrasse landesstrasse kreisstrasse staatsstrasse datenautobahn
    wasserstraße supermarkt arbeitsmarkt aktienmarkt binnenmarkt wohnungsmarkt finanzmarkt flohmarkt
    weihnachtsmarkt fiskeplads arbejdsplads legeplads parkeringsplads byggeplads pladsvej snelweg
    rijksweg autoweg fietspad valtatiellä verkehrsring""".split()  # noqa: SIM905  # reads as a word list
)
"""Words that end like streets and are none; also as the end of a longer word."""
