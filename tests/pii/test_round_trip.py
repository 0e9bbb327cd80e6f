"""There and back over whole conversations in 24 languages, with a model that spells badly.

Detection is told what there is to find, so only the way back is measured. The model, in
`tests/hostile.py`, knows nothing but what it was sent. Of its spellings some are beyond repair
by design (`pii/looks.py`): they are counted apart, and have to stay as they are.
"""

import asyncio
import html
import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
import pytest

from euguard.pii.body import Limits, Pseudonymisation, pseudonymise
from euguard.pii.pseudonym import FORMATS, scope_key
from euguard.pii.reply import ReplyRestorer
from euguard.pii.restore import Restorer
from fakes import FakeDetector
from hostile import EDGE, FORM, Form, Sentence, Writer, as_json, chunks, forms, message
from languages import LANGUAGES, SLOT, fill, slots

ENOUGH = 0.995
"""Share of the spellings that have to be restored exactly."""
SENTENCES = 5
"""In one reply."""
STREAMED = 0.4
"""Share of the replies that are also streamed, in pieces of chance."""
CUT = 0.02
"""Share of the replies of which one sentence is cut at every place."""


# ------------------------------------------------------------------ what is counted


@dataclass
class Tally:
    """What came back, over all conversations."""

    spellings: int = 0
    exact: int = 0
    beyond: int = 0
    """Spellings that nobody can restore, and that stayed as they were."""
    wrong: list[str] = field(default_factory=list)
    """Sentences that hold a value of another pseudonym."""
    touched: list[str] = field(default_factory=list)
    """Sentences of nothing but spellings beyond repair that came back otherwise."""
    missed: Counter[str] = field(default_factory=Counter)
    """How a spelling looked that was not restored as expected."""
    examples: dict[str, str] = field(default_factory=dict)
    kept: int = 0
    changed: int = 0
    """Values whose code was another one in the next turn."""

    @property
    def share(self) -> float:
        return self.exact / self.spellings

    def judge(self, sentence: Sentence, back: str, originals: Mapping[str, str]) -> None:
        good = back == sentence.expected
        for _, spelt in sentence.spelt:
            self.spellings += not spelt.lost
            self.exact += good and not spelt.lost
            self.beyond += good and spelt.lost
            if not good:
                self.missed[spelt.how] += 1
                self.examples[spelt.how] = f"{sentence.text!r} → {back!r}"
        if not good and all(spelt.lost for _, spelt in sentence.spelt):
            self.touched.append(f"{back!r}, of {sentence.text!r}")
        if not good and (stranger := _stranger(sentence, back, originals)) is not None:
            self.wrong.append(f"{stranger!r} in {back!r}, of {sentence.text!r}")

    def __str__(self) -> str:
        lines = [
            f"{self.spellings:,} spellings",
            f"  {self.share:.3%} restored exactly, {len(self.wrong)} to somebody else",
            f"  {self.beyond:,} more, beyond repair, stayed as they were",
            f"  {self.changed:,} of {self.kept:,} values had another code in the next turn",
            *(f"  {n} of {how}: {self.examples[how]}" for how, n in self.missed.most_common(12)),
        ]
        return "\n".join(lines)


def _stranger(sentence: Sentence, back: str, originals: Mapping[str, str]) -> str | None:
    """Return a value in `back` that belongs to none of the pseudonyms meant, if there is one."""
    own = {originals[form.bare] for form, _ in sentence.spelt}
    rest = back
    for each in sorted(own, key=len, reverse=True):
        for _, spelt in sentence.spelt:
            rest = rest.replace(spelt.with_value(each), EDGE)
        rest = rest.replace(html.escape(each), EDGE).replace(each, EDGE)
    # A resent "Berg, Karl" may be cut so that a comma becomes a value: that is nobody's.
    return next((v for v in originals.values() if v in rest and any(map(str.isalnum, v))), None)


# ------------------------------------------------------------------ one conversation


class Conversation:
    """A client's conversation: it sends all earlier turns again, as it got them."""

    def __init__(self, number: int, tally: Tally) -> None:
        self._chance = random.Random(number)
        self._tally = tally
        self._language = LANGUAGES[sorted(LANGUAGES)[number % len(LANGUAGES)]]
        self._slots = slots(self._language, self._chance)
        self._detector = FakeDetector(
            {value: kind for values in self._slots.values() for kind, value in values}
        )
        self._scope = scope_key(b"secret", "letters", str(number))
        formats = FORMATS if number % 5 == 0 else frozenset()
        self._limits = Limits(("en",), 10**6, formats=formats)
        self._messages: list[dict[str, Any]] = []
        self._known: dict[str, str] = {}
        """Value → the form it had in the last turn."""

    async def run(self, turns: int) -> None:
        for _ in range(turns):
            await self._turn()

    async def _turn(self) -> None:
        left = self._ask()
        kind = self._chance.choice(("text", "text", "json", "tool"))
        body: dict[str, Any] = {"model": "m", "messages": self._messages}
        if kind == "json":
            body["response_format"] = {"type": "json_object"}
        sent = await pseudonymise(body, self._detector, scope=self._scope, limits=self._limits)
        self._hold(sent, left)
        self._count_changes(sent.originals)
        self._answer(sent, kind)

    def _ask(self) -> str:
        """Add a user's message; return it with a mark for each value."""
        template = self._chance.choice(self._language.asked)
        said = fill(template, self._slots, self._chance)
        self._messages.append({"role": "user", "content": said})
        return SLOT.sub(EDGE, template)

    def _hold(self, sent: Pseudonymisation, left: str) -> None:
        """Every value has gone, and each text that was sent comes back to what it was."""
        messages = sent.body["messages"]
        assert FORM.sub(EDGE, messages[-1]["content"]) == left
        for given, one in zip(self._messages, messages, strict=True):
            if given["content"] is None:
                arguments = [m["tool_calls"][0]["function"]["arguments"] for m in (given, one)]
                back = _restored(arguments[1], sent.originals, json=True)
                assert orjson.loads(back) == orjson.loads(arguments[0])
            elif given["content"].startswith("{"):
                back = _restored(one["content"], sent.originals, json=True)
                assert orjson.loads(back) == orjson.loads(given["content"])
            else:
                assert _restored(one["content"], sent.originals) == given["content"]

    def _count_changes(self, originals: Mapping[str, str]) -> None:
        now = {value: form for form, value in originals.items()}
        for value, form in self._known.items():
            self._tally.kept += 1
            self._tally.changed += now.get(value) != form
        self._known = now

    def _answer(self, sent: Pseudonymisation, kind: str) -> None:
        writer = Writer(sent.originals, self._language, self._chance)
        sentences = writer.sentences(_seen(sent), SENTENCES)
        text = EDGE.join(sentence.text for sentence in sentences)
        if kind != "text":
            last = sentences[-1].text
            value = {"notes": [one.text for one in sentences[:-1]], last: "ok"}
            text = as_json(value, self._chance)
        if self._chance.random() < CUT:
            one = sentences[0].text
            _cut_everywhere(one, sent.originals, json=False)
            _cut_everywhere(as_json(one, self._chance), sent.originals, json=True)
        back = self._received(sent, text, tool=kind == "tool")
        for sentence, one in zip(sentences, _apart(back, json=kind != "text"), strict=True):
            self._tally.judge(sentence, one, sent.originals)
        self._messages.append(message(back, tool=kind == "tool"))
        if kind == "tool":
            said = orjson.dumps({"ok": list(self._known)[:3]}).decode()
            self._messages.append({"role": "tool", "tool_call_id": "call_1", "content": said})

    def _received(self, sent: Pseudonymisation, text: str, *, tool: bool) -> str:
        """Return what the client gets, whole or in a stream: the same."""
        choice = {"index": 0, "message": message(text, tool=tool), "finish_reason": "stop"}
        whole = ReplyRestorer(sent.originals, json_content=sent.json_content)
        one = whole.whole({"choices": [choice]})["choices"][0]["message"]
        back: str = one["tool_calls"][0]["function"]["arguments"] if tool else one["content"]
        if self._chance.random() < STREAMED:
            streamed = ReplyRestorer(sent.originals, json_content=sent.json_content)
            given = chunks(text, tool=tool, chance=self._chance)
            out = [chunk for each in given for chunk in streamed.chunk(each)]
            assert "".join(_pieces(out)) == back
            assert (streamed.restored, streamed.unknown) == (whole.restored, whole.unknown)
        return back


def _cut_everywhere(text: str, originals: Mapping[str, str], *, json: bool) -> None:
    whole = _restored(text, originals, json=json)
    for at in range(1, len(text)):
        restorer = Restorer(originals, json=json)
        pieces = (restorer.feed(text[:at]), restorer.feed(text[at:]), restorer.finish())
        assert "".join(pieces) == whole


def _restored(text: str, originals: Mapping[str, str], *, json: bool = False) -> str:
    restorer = Restorer(originals, json=json)
    return restorer.feed(text) + restorer.finish()


def _seen(sent: Pseudonymisation) -> list[Form]:
    """Return the pseudonyms that the model can see, and that are pseudonyms."""
    found = forms(orjson.dumps(sent.body["messages"]).decode())
    return [form for form in found if form.bare in sent.originals]


def _pieces(out: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for chunk in out:
        for choice in chunk["choices"]:
            yield choice["delta"].get("content", "")
            for call in choice["delta"].get("tool_calls", ()):
                yield call["function"].get("arguments", "")


def _apart(back: str, *, json: bool) -> list[str]:
    """Return the sentences of a reply."""
    if not json:
        return back.split(EDGE)
    said = orjson.loads(back)
    return [*said.pop("notes"), *said]


# ------------------------------------------------------------------ the tests


@pytest.mark.parametrize(
    "count", [2_000, pytest.param(100_000, marks=pytest.mark.long)], ids=["short", "long"]
)
def test_what_a_model_misspells_comes_back_and_to_nobody_else(
    count: int, capsys: pytest.CaptureFixture[str]
) -> None:
    tally = Tally()

    async def all_of_them() -> None:
        for number in range(count):
            await Conversation(number, tally).run(1 + number // len(LANGUAGES) % 3)

    asyncio.run(all_of_them())

    with capsys.disabled():
        print(f"\n{count:,} conversations, {tally}")
    assert tally.wrong == []
    assert tally.touched == []
    assert tally.share >= ENOUGH
