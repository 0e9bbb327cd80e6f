r"""A model that copies pseudonyms as badly as real ones do, and what has to come back from it.

It reads forms from what it was sent, and writes each in a spelling of its own::

    <PERSON_7Q3K> → PERSON\_7Q3K   &lt;person-7q3k&gt;   **<PERSON_7Q3Kowi>**   "<PERSON 7Q3K>:n"

`respell` also returns what must stand there once values are back. Some spellings are beyond
repair on purpose (a wrong symbol, another word for the kind): these must stay as they are.
"""

import html
import random
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import orjson

from euguard.pii.pseudonym import ACCOUNT, ALPHABET, MAILBOX
from languages import Language

EDGE = "\ue000"
"""Stands between sentences, so that each is judged alone; no letter, and no sign of Markdown."""

_CODE, _TAG = f"[{ALPHABET}]{{4,16}}", f"[{ALPHABET}]{{3,16}}"
FORM = re.compile(
    rf"<(?P<kind>[A-Z]+)_(?P<code>{_CODE})(?:_(?P<tag>{_TAG}))?>"
    rf"|(?P<mailbox>EMAIL_{_CODE}(?:_{_TAG})?){re.escape(MAILBOX)}"
    rf"|(?P<account>{ACCOUNT}[{ALPHABET}]{{4,32}})"
)
"""A pseudonym in what a model is sent."""


@dataclass(frozen=True, slots=True)
class Form:
    """A pseudonym as the model saw it."""

    written: str
    bare: str
    """Without brackets, as the way back knows it."""

    @property
    def bracketed(self) -> bool:
        return self.written.startswith("<")

    @property
    def parts(self) -> list[str]:
        """Kind, code, and perhaps a tag."""
        return self.bare.split("_")


def forms(text: str) -> list[Form]:
    """Return all pseudonyms in a text, in order."""
    return [
        Form(found[0], found["mailbox"] or found["account"] or found[0].strip("<>"))
        for found in FORM.finditer(text)
    ]


# ------------------------------------------------------------------ one pseudonym


@dataclass(frozen=True, slots=True)
class Spelt:
    """One pseudonym in the model's spelling."""

    text: str
    how: str
    """What was done to it, in a word or two."""
    before: str = ""
    after: str = ""
    html: bool = False
    lost: bool = False
    """Beyond repair: comes back as it was written."""

    def with_value(self, value: str) -> str:
        """Return what must come back."""
        if self.lost:
            return self.text
        return self.before + (html.escape(value) if self.html else value) + self.after

    def between(self, left: str, right: str) -> "Spelt":
        return Spelt(
            f"{left}{self.text}{right}",
            self.how,
            left + self.before,
            self.after + right,
            self.html,
            self.lost,
        )


_LINES = (*"_____", "\\_", "-", " ", "\u00a0", "\u2010", "\u2011", "\u2013")
_CASES: tuple[Callable[[str], str], ...] = (str, str, str, str.lower, str.capitalize)
_BRACKETS = (
    *(("<", ">"),) * 6,
    *(("", ""),) * 6,
    ("\\<", "\\>"),
    ("\u2039", "\u203a"),
    ("\uff1c", "\uff1e"),
    ("&lt;", "&gt;"),
    ("&LT;", "&GT;"),
    ("&#60;", "&#62;"),
    ("&#x3c;", "&#x3E;"),
)
_HALF = (("<", ""), ("", ">"), ("&lt;", ""))
_AROUND = (
    *(("", ""),) * 8,
    ("**", "**"),
    ("*", "*"),
    ("_", "_"),
    ("__", "__"),
    ("***", "***"),
    ("~~", "~~"),
    ("`", "`"),
    ("(", ")"),
    ("[", "]"),
    ('"', '"'),
    ("\u201e", "\u201c"),
    ("\u00ab", "\u00bb"),
    ("<b>", "</b>"),
    ("<td>", "</td>"),
)
_OTHER_WORDS = ("PERSONA", "PERSONNE", "OSOBA", "NAME", "PER")


def respell(form: Form, language: Language, chance: random.Random, known: Iterable[str]) -> Spelt:
    """Return `form` as the model writes it; `known` are all forms issued."""
    if not form.bracketed:
        spelt = _with_format(form, chance)
    elif chance.random() < 0.03:
        return _spoilt(form, chance, frozenset(known))
    elif chance.random() < 0.03:
        return _half(form, chance)
    else:
        spelt = _bent(form, language, chance)
    if spelt.lost:
        return spelt
    if spelt.text[0] == "<" and spelt.text[-1] == ">" and chance.random() < 0.05:
        spelt = spelt.between("<", ">")
    left, right = chance.choice(_AROUND)
    return spelt.between(chance.choice(language.before) + left, right)


def _bent(form: Form, language: Language, chance: random.Random) -> Spelt:
    """In brackets or without, in any case, with any line, and perhaps an ending."""
    opening, closing = chance.choice(_BRACKETS)
    line, case = chance.choice(_LINES), chance.choice(_CASES)
    body = _spelt(form, line, case)
    strict = case is str and line.endswith("_")
    number = not "".join(form.parts[1:]).strip("0123456789")
    lost = not opening and not strict and number  # "case 2024" is a number
    ending, inside = "", False
    if chance.random() < 0.4:
        ending = chance.choice(language.joints) + chance.choice(language.endings)
        inside = bool(opening) and chance.random() < 0.5
    if inside:
        # In small letters nobody can tell the ending from the code.
        small = any(map(str.islower, body[len(form.parts[0]) :]))
        lost = small and ending[0].isalpha()
    text = opening + body + (ending + closing if inside else closing + ending)
    how = " ".join(
        (
            f"{opening}…{closing}",
            f"{line!a}",
            "" if case is str else case.__name__,
            f"{'inside ' if inside else 'outside '}{ending!a}" if ending else "",
        )
    )
    return Spelt(text, how, after=ending, html="&" in opening, lost=lost)


def _spelt(form: Form, line: str, case: Callable[[str], str]) -> str:
    return line.join(case(part) for part in form.parts)


def _half(form: Form, chance: random.Random) -> Spelt:
    """With one bracket; the closing one of a pair that lacks the other stays."""
    opening, closing = chance.choice(_HALF)
    text = f"{opening}{form.bare}{closing}"
    return Spelt(text, f"{opening}…{closing}", after=closing, html="&" in opening)


def _with_format(form: Form, chance: random.Random) -> Spelt:
    """As an e-mail address or an account."""
    if form.bare.startswith(ACCOUNT):
        grouped = " ".join(re.findall(".{1,4}", form.bare))
        return Spelt(chance.choice((form.bare, grouped)), "account")
    escaped = form.written.replace("_", "\\_")
    ways = (form.written, form.written.lower(), escaped, form.bare)
    text = chance.choice(ways)
    number = not "".join(form.parts[1:]).strip("0123456789")
    return Spelt(text, "mailbox", lost=number and text == ways[1])


def _spoilt(form: Form, chance: random.Random, known: frozenset[str]) -> Spelt:
    """Miscopied: no way back, and least of all to somebody else."""
    kind, code, *tag = form.parts
    at = chance.randrange(len(code))
    other = chance.choice(ALPHABET.replace(code[at], ""))
    ways = (
        f"{kind}_{code[:at]}{other}{code[at + 1 :]}",
        f"{kind}_{code[:at]}{code[at + 1 :]}",
        f"{kind}_{code}{other}",
        f"{kind}_{code[::-1]}",
        f"{chance.choice(_OTHER_WORDS)}_{code}",
        code,
    )
    text = "_".join((chance.choice(ways), *tag))
    meant = {"_".join(text.split("_")[:2]), text}
    if not meant.isdisjoint(known) or text == form.bare:
        text = f"{kind}_"  # by chance another's, or its own: then it breaks off
    return Spelt(f"<{text}>", "spoilt", lost=True)


# ------------------------------------------------------------------ one sentence


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of a reply: what the model wrote, and what must come back."""

    text: str
    expected: str
    spelt: tuple[tuple[Form, Spelt], ...]

    def framed(self, left: str, right: str) -> "Sentence":
        return Sentence(f"{left}{self.text}{right}", f"{left}{self.expected}{right}", self.spelt)


_FRAMES = (
    *(("", ""),) * 8,
    ("- ", ""),
    ("> ", ""),
    ("### ", ""),
    ("1. ", "\n"),
    ("| ", " | ✓ |"),
    ("```\n", "\n```"),
    ("<p>", "</p>"),
    ("\t", "\r\n"),
)
_TOGETHER = ("", "/", ", ", "-", "_", " & ", "\n")


class Writer:
    """Writes sentences about the pseudonyms that a request holds."""

    def __init__(
        self, originals: Mapping[str, str], language: Language, chance: random.Random
    ) -> None:
        """`originals` says what each form stands for."""
        self._originals = originals
        self._language = language
        self._chance = chance

    def sentences(self, seen: Sequence[Form], count: int) -> list[Sentence]:
        """Return `count` sentences about forms of `seen`."""
        return [self._sentence(seen) for _ in range(count)]

    def _sentence(self, seen: Sequence[Form]) -> Sentence:
        chance = self._chance
        drawn = chance.random()
        if drawn < 0.1:
            return self._adjacent(chance.choice(seen), chance.choice(seen))
        if drawn < 0.15:
            return self._file_name(chance.choice(seen))
        if drawn < 0.25:
            template, count = self._language.both, 2
        else:
            template, count = chance.choice(self._language.said), 1
        chosen = [chance.choice(seen) for _ in range(count)]
        spelt = [(form, respell(form, self._language, chance, self._originals)) for form in chosen]
        return self._filled(template, spelt).framed(*chance.choice(_FRAMES))

    def _adjacent(self, one: Form, other: Form) -> Sentence:
        """Two side by side, each as issued or without brackets."""
        spelt = [
            (form, Spelt(self._chance.choice((form.written, form.bare)), "adjacent"))
            for form in (one, other)
        ]
        return self._filled(f"{{}}{self._chance.choice(_TOGETHER)}{{}}", spelt)

    def _file_name(self, form: Form) -> Sentence:
        template = self._chance.choice(("Re_{}_2026.pdf", "{}.docx", "cv-{}.txt", "letter {}-1.md"))
        return self._filled(template, [(form, Spelt(form.bare, "file name"))])

    def _filled(self, template: str, spelt: Sequence[tuple[Form, Spelt]]) -> Sentence:
        text = template.format(*(one.text for _, one in spelt))
        back = [one.with_value(self._originals[form.bare]) for form, one in spelt]
        return Sentence(text, template.format(*back), tuple(spelt))


# ------------------------------------------------------------------ how it is sent


def as_json(value: object, chance: random.Random) -> str:
    r"""Return `value` as JSON, some of it as \uXXXX as other writers have it."""
    text = orjson.dumps(value).decode()
    foreign = float(chance.random() < 0.3)  # as Python's json writes what is not ASCII
    plain = chance.choice((0.0, 0.0, 0.02, 0.3, 1.0))
    if not foreign and not plain:
        return text

    def escaped(found: re.Match[str]) -> str:
        sign = found[0]
        if len(sign) > 1 or sign in '{}[]:,"':
            return sign
        if chance.random() >= (plain if sign.isascii() else foreign):
            return sign
        case = chance.choice(("04x", "04X"))
        return "".join(f"\\u{unit:{case}}" for unit in _units(sign))

    return _SIGN.sub(escaped, text)


_SIGN = re.compile(r"\\u....|\\.|.", re.DOTALL)


def _units(sign: str) -> Iterator[int]:
    data = sign.encode("utf-16-be", "surrogatepass")
    return (int.from_bytes(data[at : at + 2]) for at in range(0, len(data), 2))


def cut(text: str, chance: random.Random) -> list[str]:
    """Cut a text into pieces: signs, tokens, or few long ones."""
    size = chance.choice((1, 5, 8, 12, 30, 80, 300))
    edges = [0]
    while edges[-1] < len(text):
        edges.append(min(edges[-1] + chance.randint(1, size), len(text)))
    return [text[start:end] for start, end in pairwise(edges)]


def message(text: str, *, tool: bool) -> dict[str, Any]:
    """Return a reply's message: `text` as its content, or as the arguments of a tool call."""
    if not tool:
        return {"role": "assistant", "content": text}
    function = {"name": "note", "arguments": text}
    call = {"id": "call_1", "type": "function", "function": function}
    return {"role": "assistant", "content": None, "tool_calls": [call]}


def chunks(text: str, *, tool: bool, chance: random.Random) -> Iterator[dict[str, Any]]:
    """Yield the same message as chunks of a stream."""
    for number, piece in enumerate(cut(text, chance)):
        delta: dict[str, Any] = {"content": piece}
        if tool:
            call: dict[str, Any] = {"index": 0, "function": {"arguments": piece}}
            if not number:
                call |= {"id": "call_1", "type": "function"}
                call["function"]["name"] = "note"
            delta = {"tool_calls": [call]}
        yield _choice({"delta": delta, "finish_reason": None})
    yield _choice({"delta": {}, "finish_reason": "tool_calls" if tool else "stop"})


def _choice(fields: dict[str, Any]) -> dict[str, Any]:
    return {"id": "c", "object": "o", "created": 1, "choices": [{"index": 0, **fields}]}
