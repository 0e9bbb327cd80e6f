"""The model's reply on its way back: every text restored, everything unknown left out.

The table of a reply::

    completion  id · object · created · model · system_fingerprint · usage      pass
    choice      index · finish_reason                                           pass
    message,    role, tool_calls[].id/index/type                                pass
    delta       content                            text, or JSON if it was asked for
                refusal · reasoning · reasoning_content                         text
                tool_calls[].function.name                                      text
                tool_calls[].function.arguments                  JSON, where values may go there

Log probabilities, token ids and the matched stop string are left out: they show pseudonyms
in pieces in which nobody can restore them.

A stream has one restorer per choice and field, so two choices never mix. What a restorer
holds back comes out before the chunk that carries the choice's `finish_reason`.

Source: OpenAI API reference, "The chat completion object" and "… chunk object".
"""

import re
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any, NoReturn

from euguard.errors import ModelUnavailableError
from euguard.pii.restore import Restorer
from euguard.pii.walk import MAX_CHOICES

_PASSED = ("id", "object", "created", "model", "system_fingerprint")
_TEXTS = ("content", "refusal", "reasoning", "reasoning_content")
_MOST_CALLS = 1_000
"""Tool calls in one choice; no model makes as many, and a broken server may."""
_WORD = re.compile(r"[a-z][a-z_]{0,31}", re.ASCII)
"""A finish reason, as the closing record has it."""


@dataclass(frozen=True, slots=True)
class Destinations:
    """Where values may go back to, beside the text that a person reads."""

    arguments: bool = True
    """The arguments of tool calls."""
    links: AbstractSet[str] = frozenset()
    """Host names, in lower case, into whose addresses values may go; their subdomains too."""


class ReplyRestorer:
    """Restores one reply, whole or in chunks."""

    def __init__(
        self,
        originals: Mapping[str, str],
        *,
        json_content: bool,
        destinations: Destinations = Destinations(),
    ) -> None:
        """`originals` maps issued forms to values; `json_content` says what content is."""
        self._originals = originals
        self._json_content = json_content
        self._destinations = destinations
        self._envelope: dict[str, Any] = {}
        self._open: dict[int, dict[tuple[str, int], Restorer]] = {}
        """Choice → (field, tool-call index; 0 where there is none) → its restorer."""
        self._all: list[Restorer] = []

    @property
    def restored(self) -> int:
        """Pseudonyms put back into values so far."""
        return sum(restorer.restored for restorer in self._all)

    @property
    def unknown(self) -> int:
        """Pseudonym-looking texts so far that this exchange never issued."""
        return sum(restorer.unknown for restorer in self._all)

    @property
    def withheld(self) -> int:
        """Pseudonyms so far that were left where no value may go."""
        return sum(restorer.withheld for restorer in self._all)

    def whole(self, completion: Mapping[str, Any]) -> dict[str, Any]:
        """Return the restored completion.

        Raises:
            ModelUnavailableError: not of a completion's shape.

        """
        choices = []
        for number, given in enumerate(_list(completion.get("choices"), "choices")):
            where = f"choices[{number}]"
            choice = _object(given, where)
            message = _object(choice.get("message"), f"{where}.message")
            index = _index(choice, where, MAX_CHOICES)
            choices.append(
                {
                    "index": index,
                    "message": self._message(message, f"{where}.message"),
                    "finish_reason": _finish(choice, where),
                },
            )
        return {**_envelope(completion), "choices": choices, **_usage(completion)}

    def chunk(self, chunk: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Return what goes out for one chunk: none, it, or more where held text comes before.

        Raises:
            ModelUnavailableError: not of a chunk's shape.

        """
        self._envelope = _envelope(chunk)
        given = _list(chunk.get("choices"), "choices")
        before: list[dict[str, Any]] = []
        choices: list[dict[str, Any]] = []
        for number, one in enumerate(given):
            where = f"choices[{number}]"
            choice = _object(one, where)
            index, finish = _index(choice, where, MAX_CHOICES), _finish(choice, where)
            delta = self._delta(index, choice.get("delta"), f"{where}.delta")
            held = self._flush(index) if finish else {}
            if held:
                before += [self._chunk(index, each) for each in (delta, held) if each]
                delta = {}
            if delta or finish:
                choices.append({"index": index, "delta": delta, "finish_reason": finish})
        usage = _usage(chunk)
        if choices or usage or not given:
            before.append({**self._envelope, "choices": choices, **usage})
        return before

    def finish(self) -> list[dict[str, Any]]:
        """Return what is still held back; nothing if every choice had its `finish_reason`."""
        flushed = [(index, self._flush(index)) for index in sorted(self._open)]
        return [self._chunk(index, delta) for index, delta in flushed if delta]

    def _chunk(self, index: int, delta: dict[str, Any]) -> dict[str, Any]:
        choice = {"index": index, "delta": delta, "finish_reason": None}
        return {**self._envelope, "choices": [choice]}

    # -------------------------------------------------------------- one choice

    def _message(self, message: Mapping[str, Any], where: str) -> dict[str, Any]:
        restored: dict[str, Any] = {"role": _role(message, where), "content": None}
        for name in _TEXTS:
            text = _text(message, name, where)
            if text is not None:
                restored[name] = self._restore(self._new(name), text)
        if message.get("tool_calls") is not None:
            calls = _list(message["tool_calls"], f"{where}.tool_calls")
            restored["tool_calls"] = [
                self._call(one, f"{where}.tool_calls[{number}]") for number, one in enumerate(calls)
            ]
        return restored

    def _call(self, given: object, where: str) -> dict[str, Any]:
        call = _object(given, where)
        function = _object(call.get("function"), f"{where}.function")
        name = _text(function, "name", f"{where}.function")
        arguments = _text(function, "arguments", f"{where}.function")
        if name is None or arguments is None:
            _malformed(f"{where}.function")
        return {
            "id": _text(call, "id", where),
            "type": "function",
            "function": {
                "name": self._restore(self._new("name"), name),
                "arguments": self._restore(self._new("arguments"), arguments),
            },
        }

    def _delta(self, index: int, given: object, where: str) -> dict[str, Any]:
        if given is None:
            return {}
        delta = _object(given, where)
        restored: dict[str, Any] = {}
        if delta.get("role") is not None:
            restored["role"] = _role(delta, where)
        for name in _TEXTS:
            text = _text(delta, name, where)
            if text is not None:
                settled = self._at(index, name, 0).feed(text)
                # A piece that is held back whole goes out later; an empty one was empty.
                if settled or not text:
                    restored[name] = settled
        if delta.get("tool_calls"):
            calls = _list(delta["tool_calls"], f"{where}.tool_calls")
            pieces = [
                self._piece(index, one, f"{where}.tool_calls[{number}]")
                for number, one in enumerate(calls)
            ]
            restored |= {"tool_calls": kept} if (kept := [one for one in pieces if one]) else {}
        return restored

    def _piece(self, index: int, given: object, where: str) -> dict[str, Any] | None:
        call = _object(given, where)
        number = _index(call, where, _MOST_CALLS)
        piece: dict[str, Any] = {"index": number}
        for passed in ("id", "type"):
            if (text := _text(call, passed, where)) is not None:
                piece[passed] = text
        function: dict[str, Any] = {}
        if call.get("function") is not None:
            fields = _object(call["function"], f"{where}.function")
            name = _text(fields, "name", f"{where}.function")
            if name is not None:
                # A name comes whole in one delta, and clients read it there: hold nothing back.
                function["name"] = self._restore(self._new("name"), name)
            arguments = _text(fields, "arguments", f"{where}.function")
            if arguments is not None:
                settled = self._at(index, "arguments", number).feed(arguments)
                if settled or not arguments:
                    function["arguments"] = settled
        if function:
            piece["function"] = function
        return piece if len(piece) > 1 else None

    def _flush(self, index: int) -> dict[str, Any]:
        """Return a delta with all that this choice's restorers held back."""
        delta: dict[str, Any] = {}
        for (name, number), restorer in self._open.pop(index, {}).items():
            rest = restorer.finish()
            if rest and name == "arguments":
                call = {"index": number, "function": {"arguments": rest}}
                delta.setdefault("tool_calls", []).append(call)
            elif rest:
                delta[name] = rest
        return delta

    # -------------------------------------------------------------- restorers

    def _new(self, name: str) -> Restorer:
        json = name == "arguments" or (name == "content" and self._json_content)
        to = self._destinations
        restorer = Restorer(
            self._originals,
            json=json,
            links=to.links,
            withhold=name == "arguments" and not to.arguments,
        )
        self._all.append(restorer)
        return restorer

    def _at(self, index: int, name: str, number: int) -> Restorer:
        choice = self._open.setdefault(index, {})
        if (name, number) not in choice:
            choice[name, number] = self._new(name)
        return choice[name, number]

    @staticmethod
    def _restore(restorer: Restorer, text: str) -> str:
        return restorer.feed(text) + restorer.finish()


# ------------------------------------------------------------------ shapes


def _malformed(where: str) -> NoReturn:
    msg = f"the model server's reply is malformed at {where}"
    raise ModelUnavailableError(msg)


def _object(value: object, where: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        _malformed(where)
    return value


def _list(value: object, where: str) -> list[Any]:
    if not isinstance(value, list):
        _malformed(where)
    return value


def _text(fields: Mapping[str, Any], name: str, where: str) -> str | None:
    value = fields.get(name)
    if value is not None and not isinstance(value, str):
        _malformed(f"{where}.{name}")
    return value


def _index(fields: Mapping[str, Any], where: str, most: int) -> int:
    index = fields.get("index")
    if not isinstance(index, int) or isinstance(index, bool) or not 0 <= index < most:
        _malformed(f"{where}.index")
    return index


def _role(fields: Mapping[str, Any], where: str) -> str:
    if fields.get("role") != "assistant":
        _malformed(f"{where}.role")
    return "assistant"


def _finish(choice: Mapping[str, Any], where: str) -> str | None:
    reason = _text(choice, "finish_reason", where)
    if reason is not None and not _WORD.fullmatch(reason):
        _malformed(f"{where}.finish_reason")
    return reason


def _envelope(reply: Mapping[str, Any]) -> dict[str, Any]:
    passed: dict[str, Any] = {}
    for name in _PASSED:
        if (value := reply.get(name)) is not None:
            expected = int if name == "created" else str
            if not isinstance(value, expected):
                _malformed(name)
            passed[name] = value
    return passed


def _usage(reply: Mapping[str, Any]) -> dict[str, Any]:
    usage = reply.get("usage")
    return {} if usage is None else {"usage": _counts(_object(usage, "usage"))}


def _counts(usage: Mapping[str, Any], levels: int = 1) -> dict[str, Any]:
    """Return the whole numbers, also of `prompt_tokens_details` and its like."""
    return {
        name: _counts(value, levels - 1) if isinstance(value, Mapping) else value
        for name, value in usage.items()
        if isinstance(value, int) or (isinstance(value, Mapping) and levels)
    }
