"""What pseudonymising and restoring cost, without detection.

    make bench-pseudonym

Detection is replaced by one that knows the answers, so the figures are those of the walk,
the search for every value everywhere, the codes and the restorer. CPU time of this process,
the least of several runs. The bars: a stream's chunk of four characters at most 10 µs; a
request of 1 MB with 1,000 values less than seconds.

The last table is about a conversation whose client forgets its first turns: what becomes of the
pseudonyms in the turns that are left.
"""

import asyncio
import random
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from euguard.pii.body import Limits, Pseudonymisation, pseudonymise
from euguard.pii.detect import Detection
from euguard.pii.pseudonym import conversation_of, scope_key
from euguard.pii.reply import ReplyRestorer
from euguard.pii.restore import Restorer
from euguard.pii.span import PersonalDataKind, Span
from fakes import FakeDetector
from hostile import forms
from languages import LANGUAGES, fill, slots

SCOPE = scope_key(b"secret", "benchmark", "one")
SYLLABLES = "an be ri mo ka lu te no sa vi do ra el mi ot ga".split()  # noqa: SIM905  # reads best
WORDS = "the letter of your office has come and we shall answer it by Friday with all papers"
GERMAN = "der Brief Ihrer Behörde ist angekommen und wir müssen ihn größtenteils beantworten"


class KnownAnswers:
    """Finds each value once per text, by a table made beforehand."""

    def __init__(self, answers: Mapping[str, tuple[Span, ...]]) -> None:
        self._answers = answers

    async def detect(self, texts: Sequence[str]) -> Sequence[Detection]:
        return [Detection(self._answers.get(text, ()), None, 0.0) for text in texts]

    async def ready(self) -> bool:
        return True


def _text(size: int, values: int, words: str) -> tuple[str, tuple[Span, ...]]:
    """A text of about `size` characters with `values` different values, each found once."""
    chance = random.Random(size + values)  # the same text in every run
    pieces: list[str] = []
    spans: list[Span] = []
    length = 0

    def add(piece: str) -> None:
        nonlocal length
        pieces.append(piece + " ")
        length += len(piece) + 1

    vocabulary = words.split()
    gap = size / max(values, 1)
    for number in range(max(values, 1)):
        kind = list(PersonalDataKind)[number % len(PersonalDataKind)] if values else None
        if kind is not None:
            value = _value(kind, number, chance)
            spans.append(Span(kind, length, length + len(value), 0.9, "known"))
            add(value)
        while length < gap * (number + 1):
            add(chance.choice(vocabulary))
    return "".join(pieces), tuple(spans)


def _value(kind: PersonalDataKind, number: int, chance: random.Random) -> str:
    name = "".join(chance.choices(SYLLABLES, k=3)).title() + f" {chance.choice(SYLLABLES).title()}"
    match kind:
        case PersonalDataKind.EMAIL:
            return f"{name.replace(' ', '.').lower()}{number}@example.org"
        case PersonalDataKind.PHONE:
            return f"+49 30 {number:08d}"
        case PersonalDataKind.IBAN:
            return f"DE89 3704 0044 {number:010d}"
        case PersonalDataKind.CARD:
            return f"4111 1111 {number:08d}"
        case _:
            return f"{name} {'abcdefghij'[number % 10]}{number}"


def _least(run: Callable[[], object], times: int) -> float:
    figures: list[float] = []
    for _ in range(times):
        start = time.process_time()
        run()
        figures.append(time.process_time() - start)
    return min(figures)


def _request(size: int, values: int, words: str = WORDS) -> tuple[dict[str, Any], KnownAnswers]:
    text, spans = _text(size, values, words)
    body = {"model": "m", "messages": [{"role": "user", "content": text}]}
    return body, KnownAnswers({text: spans})


def _pseudonymise(body: Mapping[str, Any], detector: KnownAnswers) -> Any:
    return asyncio.run(
        pseudonymise(body, detector, scope=SCOPE, limits=Limits(("en",), sys.maxsize)),
    )


def requests() -> None:
    """Print what one request costs, by size, number of values and language."""
    empty = _least(lambda: asyncio.run(asyncio.sleep(0)), 20)
    print(f"{'request':<46}{'CPU ms':>10}")
    for size, values, words, title in (
        (300, 3, WORDS, "300 characters, 3 values"),
        (300, 3, GERMAN, "300 characters, 3 values, German"),
        (1_500, 8, WORDS, "1,500 characters, 8 values"),
        (8_000, 30, WORDS, "8,000 characters, 30 values"),
        (8_000, 30, GERMAN, "8,000 characters, 30 values, German"),
        (100_000, 200, WORDS, "100,000 characters, 200 values"),
        (1_000_000, 0, WORDS, "1,000,000 characters, no value"),
        (1_000_000, 1_000, WORDS, "1,000,000 characters, 1,000 values"),
        (1_000_000, 1_000, GERMAN, "1,000,000 characters, 1,000 values, German"),
        (1_000_000, 20_000, WORDS, "1,000,000 characters, 20,000 values"),
    ):
        body, detector = _request(size, values, words)
        cost = _least(lambda b=body, d=detector: _pseudonymise(b, d), 3 if size > 10**5 else 20)  # type: ignore[misc]
        print(f"{title:<46}{(cost - empty) * 1e3:>10.2f}")


def hostile() -> None:
    """Print what texts cost that were written to be expensive."""
    print(f"\n{'hostile text of 300,000 characters':<46}{'CPU ms':>10}")
    digits = "1" * 50
    for title, text, kind, value in (
        ("digits and spaces", "1 " * 150_000, PersonalDataKind.PHONE, digits),
        ("at signs", "a@" * 150_000, PersonalDataKind.EMAIL, "a@" * 500 + "b"),
        ("one word", "an " * 100_000, PersonalDataKind.PERSON, "an " * 500 + "bo"),
        ("decomposed accents", "a\u0308" * 150_000, PersonalDataKind.PERSON, "a\u0308" * 8),
        ("pseudonym-looking", "PERSON_7Q3K " * 25_000, PersonalDataKind.PERSON, "PERSON"),
    ):
        whole = f"{value}. {text}"
        answers = KnownAnswers({whole: (Span(kind, 0, len(value), 0.9, "known"),)})
        body = {"model": "m", "messages": [{"role": "user", "content": whole}]}
        cost = _least(lambda b=body, d=answers: _pseudonymise(b, d), 2)  # type: ignore[misc]
        print(f"{title:<46}{cost * 1e3:>10.2f}")


def restoring() -> None:
    """Print what one chunk of four characters costs on its way back."""
    body, detector = _request(8_000, 30)
    done = _pseudonymise(body, detector)
    text = str(done.body["messages"][0]["content"])
    chunks = [text[at : at + 4] for at in range(0, len(text), 4)]
    print(f"\n{'chunk of four characters':<46}{'CPU µs':>10}")
    for title, json in (("restorer, text", False), ("restorer, JSON", True)):

        def run(json: bool = json) -> None:  # noqa: FBT001  # bound early
            restorer = Restorer(done.originals, json=json)
            for chunk in chunks:
                restorer.feed(chunk)

        print(f"{title:<46}{_least(run, 10) / len(chunks) * 1e6:>10.2f}")

    def reply() -> None:
        restorer = ReplyRestorer(done.originals, json_content=False)
        for chunk in chunks:
            choice = {"index": 0, "delta": {"content": chunk}, "finish_reason": None}
            restorer.chunk({"id": "x", "object": "y", "created": 1, "choices": [choice]})

    print(f"{'whole chunk object':<46}{_least(reply, 10) / len(chunks) * 1e6:>10.2f}")
    whole = _least(lambda: Restorer(done.originals).feed(text), 20)
    print(f"\n{'8,000 characters restored at once':<46}{whole * 1e3:>10.2f} ms")


# ------------------------------------------------------------------ a history that is cut


TURNS = 20
CONVERSATIONS = 96
LEFT_IN = 0.1
"""Share of the answers with a link, in which a pseudonym stays as it is."""


@dataclass
class _Cut:
    """What became of the pseudonyms in the turns that are left, over all conversations."""

    written: int = 0
    code: int = 0
    """Under another code than in the same place of the whole history."""
    tag: int = 0
    """Under the same code, with another tag or none."""
    forms: int = 0
    split: int = 0
    """Forms of a name that shared a code with another one, and share it with none any more."""
    lost: int = 0
    """Pseudonyms in turns that an answer repeats, and that do not come back as they were."""
    left: int = 0
    known: int = 0
    """Codes that an earlier answer kept, in a link, and that still stand for somebody."""


@dataclass
class _History:
    """A conversation of `TURNS` turns, the last one not answered yet."""

    detector: FakeDetector
    messages: list[dict[str, str]] = field(default_factory=list)
    kept: list[tuple[int, str]] = field(default_factory=list)
    """(turn, code) of what stayed a code in an answer."""

    def sent(self, cut: int, *, named: bool) -> Pseudonymisation:
        """Return the request without its first `cut` turns, as a model gets it."""
        body = {"model": "m", "messages": self.messages[2 * cut :]}
        scope = SCOPE if named else scope_key(b"secret", "benchmark", conversation_of(body))
        limits = Limits(("en",), sys.maxsize)
        return asyncio.run(pseudonymise(body, self.detector, scope=scope, limits=limits))


def _history(number: int) -> _History:
    chance = random.Random(number)
    language = LANGUAGES[sorted(LANGUAGES)[number % len(LANGUAGES)]]
    values = slots(language, chance)
    history = _History(FakeDetector({v: kind for each in values.values() for kind, v in each}))
    for turn in range(TURNS):
        asked = fill(chance.choice(language.asked), values, chance)
        history.messages.append({"role": "user", "content": asked})
        if turn == TURNS - 1:
            break
        answer = language.both.format(*(chance.choice(values["a"])[1] for _ in range(2)))
        if chance.random() < LEFT_IN:
            seen = forms(str(history.sent(0, named=True).body["messages"][-1]["content"]))
            code = chance.choice(seen).bare
            history.kept.append((turn, code))
            answer += f" https://example.org/?q={code}"
        history.messages.append({"role": "assistant", "content": answer})
    return history


def _compare(figures: _Cut, history: _History, cut: int, *, named: bool) -> None:
    """Count what differs between the end of the whole history and the same turns alone."""
    whole, left = history.sent(0, named=named), history.sent(cut, named=named)
    given, now = history.messages[2 * cut :], left.body["messages"]
    for raw, before, after in zip(given, whole.body["messages"][2 * cut :], now, strict=True):
        pairs = list(zip(forms(before["content"]), forms(after["content"]), strict=True))
        others = sum(one.parts[:2] != other.parts[:2] for one, other in pairs)
        figures.written += len(pairs)
        figures.code += others
        figures.tag += sum(one != other for one, other in pairs) - others
        restorer = Restorer(left.originals)
        back = restorer.feed(after["content"]) + restorer.finish()
        figures.lost += len(pairs) * (back != raw["content"])
    then, still = _codes(whole), _codes(left)
    linked = [value for value in still if list(then.values()).count(then[value]) > 1]
    figures.forms += len(linked)
    figures.split += sum(list(still.values()).count(still[value]) == 1 for value in linked)
    codes = [code for turn, code in history.kept if turn >= cut]
    figures.left += len(codes)
    figures.known += sum(code in left.originals for code in codes)


def _codes(sent: Pseudonymisation) -> dict[str, str]:
    """Return the code of each name, without the tag of its spelling."""
    return {
        value: "_".join(form.split("_")[:2])
        for form, value in sent.originals.items()
        if form.startswith(PersonalDataKind.PERSON)
    }


def truncated() -> None:
    """Print what a client loses that forgets the first turns of a conversation."""
    heads = ("other code", "other tag", "split", "lost", "left over, known")
    print(f"\n{f'first of {TURNS} turns cut off':<30}" + "".join(f"{one:>18}" for one in heads))
    histories = [_history(number) for number in range(CONVERSATIONS)]
    for named in (True, False):
        for cut in (0, 1, 5, 10, 15, 19):
            own = _Cut()
            for history in histories:
                _compare(own, history, cut, named=named)
            shares = ((own.code, own.written), (own.tag, own.written), (own.split, own.forms))
            cells = [f"{of / max(all_, 1):.1%}" for of, all_ in (*shares, (own.lost, own.written))]
            cells.append(f"{own.known} of {own.left}")
            title = f"{cut:>2}, conversation {'named' if named else 'not named'}"
            print(f"{title:<30}" + "".join(f"{cell:>18}" for cell in cells))


if __name__ == "__main__":
    requests()
    hostile()
    restoring()
    truncated()
