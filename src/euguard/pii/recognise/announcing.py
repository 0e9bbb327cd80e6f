"""Words that announce a number of some kind: "tax number", "Steuernummer", "NIP".

An identifier's own names stand with its declaration. Here are the words that any country's
number of a kind goes by, in all official languages: a Polish letter about a German taxpayer
says "numer podatkowy" and not "Steueridentifikationsnummer".
"""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final

from euguard.pii.span import PersonalDataKind

NEAR: Final = 60
"""Characters before a number in which a word may announce it."""

_TABLE = {
    PersonalDataKind.IDENTITY: """
        personal id*|national id*|identity number*|identification number*|personal number*
        personal code*|citizen number*|personenkennzahl*|personenkennziffer*|identifikationsnummer*
        personennummer*|numéro national*|numéro d'identité|numéro d'identification
        identifiant national
        número de identidad|número de identificación|número de identificação|numero identificativo
        numero di identità|burgerservicenummer*|identificatienummer*|persoonsnummer*
        numer ewidencyjn*
        numer identyfikacyjn*|numer tożsamości|rodné číslo|rodného čísla|osobné číslo|osobní číslo
        identifikačné číslo|identifikační číslo|matičn* številk*|matični broj*|osobni broj*
        личен номер*|граждански номер*|идентификационен номер*|cod numeric*|cod personal*
        număr de identificare|azonosító szám*|személyi szám*|isikukood*|personas kod*|asmens kod*
        henkilötunnu*|personnummer*|personbeteckning*|identitetsnummer*|αριθμός ταυτότητας
        αριθμό ταυτότητας|uimhir aitheantais|uimhir phearsanta*|numru tal-identità*|numru tal-id
        numru ta' identifikazzjoni|karta tal-identità*|fødselsnummer*|kennital*""",
    PersonalDataKind.TAX: """
        tax id*|tax number*|taxpayer*|tin|tax reference*|steuernummer*|steuer id*|steuer nr*
        steueridentifikation*|numéro fiscal*|n° fiscal|identifiant fiscal*|número fiscal*
        identificación fiscal|identificação fiscal|contribuinte*|codice fiscale|cod* fisc*
        fiscaal nummer|belastingnummer*|sofinummer*|numer podatkow*|identyfikacji podatkowej|nip
        daňov* identifik*|daňové číslo|dič|davčn* številk*|porezn* broj*|oib|данъчен номер*
        идент* номер|cif|nif|număr de identificare fiscală|adószám*|adóazonosító*
        maksukohustuslas*|nodokļu maksātāj*|mokesčių mokėtoj*|verotunnu*|veronumero*|skattenummer*
        skatteregistrering*|αφμ|φορολογικ*|uimhir chánach*|uimhir thagartha cánach|numru tat-taxxa
        skattenúmer*|organisasjonsnummer*""",
    PersonalDataKind.INSURANCE: """
        social security*|social insurance*|national insurance*|health insurance*|insurance number*
        health card*|patient number*|sozialversicherung*|krankenversicher*|versichertennummer*
        versicherungsnummer*|sécurité sociale|numéro d'assuré*|carte vitale|assuré* social*
        seguridad social|tarjeta sanitaria|número de afiliación|segurança social|utente
        tessera sanitaria|previdenza social*|assistenza sanitaria|sociale zekerheid*|zorgverzeker*
        ubezpiecz*|zdravotní pojiš*|sociální* zabezpeč*|zdravotn* poist*|sociálne* poist*
        zdravstven* zavarovan*|zdravstven* osigur*|zzzs|осигурител*|здравноосигурител*
        asigur* social*|asigur* de sănătate|társadalombiztosít*|taj|haigekassa*|tervisekassa*
        sotsiaalkindlust*|sociālās apdrošinā*|veselības apdrošinā*|socialinio draudim*|sodra*
        sosiaaliturva*|kela kort*|sairausvakuutus*|socialförsäkring*|sygesikring*
        sundhedskort*|αμκα|κοινωνικής ασφάλισης|μητρώου ασφαλισμένου|árachas sóisialach*
        sigurtà soċjali|numru tas-sigurtà|ehic|trygdenummer*""",
    PersonalDataKind.PASSPORT: """
        passport*|reisepass*|passnummer*|pass nr|passeport*|pasaporte*|passaport*|paspoort*
        paszport*|cestovn* pas*|číslo pasu|číslom pasu|potn* list*|putovnic*|паспорт*|pașaport*
        pasaport*|útlevél*|pass nr|passi number*|passi nr|pases numur*|pase nr|paso numer*|pasas
        passinumero*|passin numero*|passnummer*|pasnummer*|διαβατηρ*|διαβατήρι*|pas uimhir
        uimhir phas*|passaport*|vegabréf*|número de pasaporte""",
    PersonalDataKind.DOCUMENT: """
        identity card*|id card*|identity document*|personalausweis*|ausweisnummer*|ausweis nr*
        ausweis|carte d'identité|carte nationale d'identité|cni|pièce d'identité
        documento de identidad|documento nacional|bilhete de identidade|cartão de cidadão
        carta d'identità|documento d'identità|identiteitskaart*|identiteitsbewijs*|id kaart
        dowód osobist*|dowodu osobistego|dowodem osobistym|občansk* průkaz*|občiansk* preukaz*
        osebn* izkaznic*|osobn* iskaznic*|лична карта*|личната карта|carte de identitate
        buletin*|seria|személyi igazolvány*|igazolványszám*|isikutunnist*|id kaardi*
        personas apliecīb*
        asmens tapatybės kortel*|henkilökort*|identitetskort*|legitimation*|id kort*
        ταυτότητα*|ταυτότητας|α.δ.τ.|αδτ|δελτίο ταυτότητας|cárta aitheantais|karta tal-identità""",
    PersonalDataKind.LICENCE: """
        driving licen*|driver's licen*|drivers licen*|führerschein*|fahrerlaubnis*|lenkberechtigung*
        permis de conduire|permiso de conduc*|carné de conducir|carta de condução|patente*
        patente di guida|rijbewijs*|prawo jazdy|prawa jazdy|řidičsk* průkaz*|vodičsk* preukaz*
        vozniško dovoljenj*|vozačk* dozvol*|свидетелство за управление|шофьорска книжка
        permis* de conducere|vezetői engedély*|jogosítvány*|juhilu*|juhiloa*|vadītāja apliecīb*
        vairuotojo pažymėjim*|ajokort*|körkort*|kørekort*|førerkort*|δίπλωμα οδήγησης
        άδεια οδήγησης|ceadúnas tiomána|liċenzja tas-sewqan""",
    PersonalDataKind.PERMIT: """
        residence permit*|aufenthaltstitel*|aufenthaltserlaubnis*|niederlassungserlaubnis*
        titre de séjour|carte de séjour|permiso de residencia|título de residência
        autorização de residência|permesso di soggiorno|verblijfsvergunning*|verblijfsdocument*
        v nummer|karta pobytu|karty pobytu|povolení k pobytu|povolenie na pobyt
        dovoljenje za prebivanje|dozvol* za boravak|разрешение за пребиваване|permis* de ședere
        tartózkodási engedély*|elamisluba*|elamisloa*|uzturēšanās atļauj*|leidim* gyventi
        oleskelulu*|uppehållstillstånd*|uppehållskort*|opholdstilladelse*|opholdskort*
        άδεια διαμονής|cead cónaithe|permess ta' residenza|oppholdstillatelse*""",
    PersonalDataKind.PLATE: """
        registration number*|number plate*|licen?e plate*|license plate*|licence plate*|reg no
        reg. no.
        vehicle*|car|cars|kennzeichen*|nummernschild*|autokennzeichen*|wagen|auto|autos|fahrzeug*
        pkw
        immatricul*|plaque*|voiture*|véhicule*|matrícula*|matricul*|coche*|carro*|viatura*|targ*
        automobile*|macchina|veicolo|kenteken*|nummerplaat*|rejestracyjn*|nr rej*|samoch*|pojazd*
        tablic*|spz|rz|registrační značk*|vozidl*|ečv|evidenčné číslo|ešv|registrsk*|registracij*
        reg. št.|reg. oznak*|avto*|vozil*|регистрационен номер*|рег. №|номер на колата|кола*
        автомобил*
        înmatricul*|mașin*|masin*|autoturism*|rendszám*|autó*|gépkocsi*|numbrimär*|auto number*
        autonumber*
        registreerimisnum*|reg nr|numurzīm*|auto numur*|automašīn*|reģistrācijas numur*
        valstybin* numer*
        automobili*|valst. nr|rekisterinumer*|rekisteritunnu*|rekkari*|registreringsnummer*|regnr
        reg.nr|bil|bilen|bilens|nummerplade*|nummerskilt*|πινακίδ*|κυκλοφορίας|αυτοκίνητ*
        αυτοκινήτου
        uimhir chláraithe|cláruimhir*|cláraithe|carr|gcarr|charr|reġistrazzjoni|pjanċ*|karozz*
        vettura
        skilti*|skráningarnúmer*|bíl*""",
    PersonalDataKind.COMPANY: """
        vat*|vat id|vat no|ust id*|ust idnr*|umsatzsteuer*|uid|uid nummer*|firmenbuch*
        handelsregister*
        hrb|hra|tva|siren|siret|rcs|n° tva|iva|cif|nipc|partita iva|p. iva|p.iva|btw|btw nummer*
        kvk*
        regon|nip|krs|ičo|dič|ič|ič dph|dph|ddv|id za ddv|matična številk*|oib|mbs|pdv
        ддс|еик|булстат|cui|c.u.i.|cod unic*|cif|j40|cégjegyzék*|adószám*|käibemaks*|kmkr
        registrikood*
        pvn|reģistrācijas numur*|pvm|įmonės kod*|alv|y tunnus*|alv tunnus*|moms*|momsnummer*
        organisationsnummer*|org nr|org. nr|cvr*|se nummer|φπα|αφμ|γεμη|cáin bhreisluacha|cbl
        legal entity identifier|mva|organisasjonsnummer*|numru tal-vat|identifikazzjoni tal-vat
        επε|εταιρ*""",
    PersonalDataKind.BIC: """
        bic|bic code|swift|swift code|bic/swift|swift/bic|swift bic""",
    PersonalDataKind.DEVICE: """
        imei*|imsi*|mac|mac address*|mac adresse*|adresse mac|seriennummer*|serial number*""",
}

WORDS: Final[Mapping[PersonalDataKind, Sequence[str]]] = {
    kind: tuple(word.strip() for word in re.split(r"[|\n]", table) if word.strip())
    for kind, table in _TABLE.items()
}
"""Per kind, in small letters; one that ends in `*` may go on."""


def pattern_of(words: Sequence[str]) -> re.Pattern[str]:
    """Return a pattern for any of `words`, as whole words in either case.

    A space in a word stands for any space, dash or nothing. A pattern of no words matches
    nothing.
    """
    alternatives = [_one(word) for word in sorted(words, key=len, reverse=True)]
    return re.compile(rf"(?<![^\W_])(?:{'|'.join(alternatives) or r'(?!)'})", re.IGNORECASE)


def announces(kind: PersonalDataKind, text: str, at: int) -> bool:
    """Tell whether a word of `kind` stands within `NEAR` characters before `at`."""
    return in_one_sentence(_of(kind), text, at)


def in_one_sentence(words: re.Pattern[str], text: str, at: int) -> bool:
    """Tell whether one of `words` stands near before `at`, and no sentence ends between."""
    named = [*words.finditer(text, max(0, at - NEAR), at)]
    return bool(named) and _END.search(text, named[-1].end(), at) is None


_END = re.compile(r"[.!?;][ \n]+[^\W_]|\n[ \t]*\n")
"""The end of a sentence and the begin of the next; "Nr. " before the number itself is none."""


@lru_cache
def _of(kind: PersonalDataKind) -> re.Pattern[str]:
    return pattern_of(WORDS.get(kind, ()))


def _one(word: str) -> str:
    parts = [
        re.escape(part.removesuffix("*")) + (r"[^\W_]{0,12}" if part.endswith("*") else "")
        for part in word.split(" ")
    ]
    # "PESELem" and "BSN-nummer" count, "PESELKA" of a word that may not go on does not.
    return r"[\s-]?".join(parts) + r"(?![^\W_])"
