"""Words before addresses that are no part of them, and words that numbers follow elsewhere."""

import re
from typing import Final

ANNOUNCING: Final = re.compile(
    r"(?<!\w)(?:address\w*|adres\w*|adress\w*|anschrift|wohn\w+|gemeldet|zustell\w+|lives?|living|resid\w+|residing"
    r"|moved|domicil\w*|habit\w*|demeur\w*|déménag\w*|direcci[oó]n|domicilio|vive|vivo|indirizzo|abit\w+|trasferi\w+"
    r"|morada|mora|moro|endereço|woon\w*|woont|verhuis\w+|adresă|locui\w+|domiciliat\w*|mutat|zamieszk\w+|mieszka\w*"
    r"|zameldowan\w+|przeprowadz\w+|bydl\w+|bydlišt\w+|trval\w+|přestěhoval\w*|býva\w*|bydlisk\w+|presťahoval\w*"
    r"|stanuj\w*|prebiva\w*|bival\w+|naslov\w*|živ[ii]\w*|prebival\w+|adrese?|адрес\w*|живе\w*|живущ\w+|диев\w+|διεύθυνση\w*"
    r"|κατοικ\w+|κάτοικ\w+|μέν\w+|διαμέν\w+|lakcím\w*|lakik|lakóhely\w*|címe?|aadress\w*|ela[bn]|elukoht\w*|kolis"
    r"|dzīvo\w*|gyven\w*|asu[nu]\w*|asuu|osoit\w+|muutti|bor|bo(?:r|dde|satt)|flytta\w*|flyttede|adressen?|bopæl|folkebokført"
    r"|seoladh|cónaí|indirizz|joqgħod|noqgħod|toqgħod|heimilisfang|býr|bý|flutti)(?!\w)",
    re.IGNORECASE,
)
"""What a street without more may stand behind: somebody lives there, or it is called an address."""

CODE: Final = (
    r"(?:plz|postleitzahl|postcode|post code|zip(?: code)?|eircode|code postal|postcode|código postal|c\.p\."
    r"|codice postale|cap|kod\w* pocztow\w+|psč|směrovací číslo|poštna števil\w+|poštna številka|poštanski broj"
    r"|irányítószám\w*|пощенски код|cod(?:ul)? po[sș]tal|ταχ\w*\.? κώδικα\w*|τ\.κ\.|postinumero|postnummer|postnr\.?"
    r"|sihtnumber|pasta indekss|pašto kodas|kodiċi postali|kodiċi|póstnúmer|cód postais)"
)
"""Names of a postal code."""

LEADING: Final = frozenset(
    """bitte wohnhaft wohnt sie er ich wir es ihr von nach aus od iz z ze w до от der die das den dem ein eine neue adresse anschrift
    address adres adress at to from on the my his her our send write
    j'habite j’habite adresse habite chez vit il elle nous
    vivo vive dirección reside su enviar
    abito abita indirizzo residente
    moro mora morada reside
    ik wij zij hij het adres
    mieszkam mieszka zamieszkały zamieszkała zamieszkali przy adres pisać
    bydlím bydlí bydliště adresa bytem žije
    bývam býva bydlisko žije pošlite
    stanujem stanuje živim živi naslov pošljite adresa
    živim pošaljite preselila preselio
    живея живее адрес адресът
    adresa locuiesc locuiește trimiteți scrieți domiciliat domiciliată
    a az lakcím lakik címe cím küldje
    elan elab aadress saatke kontor ta
    es viņa viņš dzīvoju dzīvo adrese sūtiet deklarēts deklarēta
    gyvenu gyvena adresas siųskite ji jis gyvenantis gyvenanti
    asun asuu osoite hän lähetä
    jag hon han bor adress skicka vi
    jeg han hun bor adresse send vi
    μένω μένει διεύθυνση στην στη στο κάτοικος κατοικεί η ο το
    seoladh tá indirizz noqgħod joqgħod ég hann hún heimilisfang
    customer client kunde kunden klient klients klientas zákazník kupac stranka cliente klijent""".split()  # noqa: SIM905  # reads as a word list
)
"""Words that begin a sentence or a line before an address; no street is called so."""

LEADING_SMALL: Final = frozenset({"in", "alla", "della", "dalla", "przy", "na", "w", "do", "z"})
"""Prepositions that the patterns of `street_words.py` ask for before an ambiguous word."""
NO_STREET: Final = frozenset(
    """article articles art artikel artikels artikla artículo artículos artigo articolo articoli artykuł
    článek článok čl člen členak članak § section sections seite seiten page pages sivu sida side strona strana
    kapitel chapter chapitre capítulo capitolo kapitola rozdział rozdíl paragraf paragraph absatz abs abschnitt
    nummer number numéro rechnung rechnungs invoice facture factura fattura fatura faktura faktuur arve sąskaita
    rēķins számla račun účet lasku τιμολόγιο фактура order bestellung commande pedido ordine zamówienie objednávka
    tabelle table figure abbildung version iso din en punkt point step schritt teil part volume band model modell
    typ type windows office android platform gleis raum room salle saal sala building gebäude iban konto
    account tel telefon phone fax departures arrivals terminal flight flug zimmer linie line tram
    gesetz law loi act ley lege zakon zákon ustawa směrnice directive richtlinie verordnung regulation règlement
    january february march april may june july august september october november december januar februar märz
    mai juni juli oktober dezember janvier février mars avril juin juillet août
    iphone galaxy boeing airbus league liga bundesliga group gruppe level stufe klasse class phase
    statale provinciale nationale départementale nacional comarcal autonómica județean național""".split()  # noqa: SIM905  # reads as a word list
)
"""Words that numbers follow or precede elsewhere: what holds one is no address."""
NO_PHRASE: Final = (
    "supreme court", "high court", "crown court", "county court", "district court", "appeal court", "federal court",
    "constitutional court", "administrative court", "national park", "theme park", "car park", "business park",
    "science park", "wall street", "sesame street", "downing street aides", "railway line",
)  # fmt: skip
"""The same, of two words: "2 Supreme Court judges"."""
