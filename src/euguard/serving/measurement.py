"""What `vllm bench serve` is asked, what it answers, and what that is worth on this card.

Three runs, each with prompts of chance words, of which none is anybody's::

    writing   one request at a time, short prompt, 128 tokens of answer: the memory's line
    reading   one request at a time, long prompt, one token of answer: the arithmetic's line
    load      as many requests at once as the profile admits

Source: vLLM 0.32.0, benchmarks/serve.py (options and the names in its result).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from euguard.errors import ModelUnavailableError
from euguard.serving.profile import Profile
from euguard.serving.roofline import (
    LEAST_DECODE,
    LEAST_PREFILL,
    Card,
    decode_bound,
    prefill_bound,
)

FORMAT = "euguard-serving-acceptance-1"
_SHORT, _ANSWER = 32, 128
_LONG = 8192
_LOAD_PROMPT = 512
_ONE_BY_ONE = 4


@dataclass(frozen=True, slots=True)
class Case:
    """One run."""

    name: str
    prompt: int
    """Tokens of each prompt."""
    answer: int
    """Tokens of each answer."""
    at_once: int
    """Requests at a time."""
    requests: int
    """Requests in all."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What one run showed."""

    case: Case
    seconds: float
    output_tokens_per_s: float
    prompt_tokens_per_s: float
    """Tokens of a prompt by the median time to the first token of its answer."""
    first_token_ms: Mapping[str, float]
    """Time to the first token: median and 99th percentile."""
    next_token_ms: Mapping[str, float]
    """Time from token to token: median and 99th percentile."""
    bound: float | None = None
    """Tokens a second that the card could do at most; None where its figures are not known, or
    where no single line bounds the run."""

    @property
    def reached(self) -> float:
        """Tokens a second that the bound is compared with."""
        if self.case.name == "reading":
            return self.prompt_tokens_per_s
        median = self.next_token_ms["median"]
        return 1000 / median if self.case.name == "writing" and median else self.output_tokens_per_s

    @property
    def share(self) -> float | None:
        """Of the bound, that was reached."""
        return self.reached / self.bound if self.bound else None


def cases(profile: Profile) -> tuple[Case, ...]:
    """Return the runs for a profile, none with more tokens than its context."""
    longest = profile.max_model_len
    at_once = min(profile.batch().sequences, 256)
    prompt = min(_LOAD_PROMPT, longest // 4)
    answer = min(_ANSWER, longest // 8)
    return (
        Case("writing", min(_SHORT, longest // 4), answer, 1, _ONE_BY_ONE),
        Case("reading", min(_LONG, longest // 2), 1, 1, _ONE_BY_ONE),
        Case("load", prompt, answer, at_once, 2 * at_once),
    )


def arguments(case: Case, profile: Profile, *, url: str, weights: Path, seed: int) -> list[str]:
    """Return what follows `vllm bench serve`, but for where the result goes.

    Args:
        case: the run.
        profile: what is served.
        url: of the server, on loopback.
        weights: folder with the tokeniser.
        seed: of the chance words; another one each time, so that no prompt is in the cache.

    """
    words = ["--backend", "openai", "--endpoint", "/v1/completions", "--base-url", url]
    words += ["--model", profile.model, "--tokenizer", str(weights)]
    words += ["--tokenizer-mode", str(profile.arguments.get("tokenizer-mode", "auto"))]
    words += ["--dataset-name", "random", "--seed", str(seed), "--random-range-ratio", "0"]
    words += ["--random-input-len", str(case.prompt), "--random-output-len", str(case.answer)]
    words += ["--num-prompts", str(case.requests), "--max-concurrency", str(case.at_once)]
    words += ["--ignore-eos", "--temperature", "0", "--disable-tqdm", "--save-result"]
    return [*words, "--percentile-metrics", "ttft,tpot", "--metric-percentiles", "99"]


def read(case: Case, result: object) -> Measured:
    """Return what the result file of a run says.

    Raises:
        ModelUnavailableError: requests failed, or a figure is missing.

    """
    value = result if isinstance(result, Mapping) else {}
    completed = value.get("completed")
    if completed != case.requests:
        msg = f"benchmark: {case.name}: {completed} of {case.requests} requests were answered"
        raise ModelUnavailableError(msg, fix="look at the engine's log")
    first = _figure(case, value, "median_ttft_ms")
    prompts = _figure(case, value, "total_input_tokens") / case.requests
    return Measured(
        case=case,
        seconds=_figure(case, value, "duration"),
        output_tokens_per_s=_figure(case, value, "output_throughput"),
        prompt_tokens_per_s=1000 * prompts / first if first else 0.0,
        first_token_ms={"median": first, "p99": _figure(case, value, "p99_ttft_ms")},
        next_token_ms={
            "median": _figure(case, value, "median_tpot_ms"),
            "p99": _figure(case, value, "p99_tpot_ms"),
        },
    )


def bound(case: Case, profile: Profile, on: Card) -> float | None:
    """Return the most that a card could do in a run; None for the load, which mixes both."""
    match case.name:
        case "writing":
            context = case.prompt + case.answer // 2
            return decode_bound(profile, on, requests=1, context=context)
        case "reading":
            return prefill_bound(profile, on, length=case.prompt)
        case _:
            return None


def findings(measured: Sequence[Measured]) -> list[str]:
    """Return which runs came less near their line than a sound card does."""
    least = {"writing": LEAST_DECODE, "reading": LEAST_PREFILL}
    return [
        f"{one.case.name}: {one.share:.0%} of what the card could do, and {wanted:.0%} is expected"
        for one in measured
        if one.share is not None
        and (wanted := least.get(one.case.name)) is not None
        and one.share < wanted
    ]


def evidence(measured: Sequence[Measured]) -> list[dict[str, Any]]:
    """Return the runs as JSON; figures are rounded to a tenth, shares to a thousandth."""
    return [
        {
            "run": one.case.name,
            "prompt_tokens": one.case.prompt,
            "answer_tokens": one.case.answer,
            "at_once": one.case.at_once,
            "requests": one.case.requests,
            "seconds": round(one.seconds, 1),
            "output_tokens_per_s": round(one.output_tokens_per_s, 1),
            "prompt_tokens_per_s": round(one.prompt_tokens_per_s, 1),
            "first_token_ms": {k: round(v, 1) for k, v in one.first_token_ms.items()},
            "next_token_ms": {k: round(v, 1) for k, v in one.next_token_ms.items()},
            "reached_tokens_per_s": round(one.reached, 1),
            "bound_tokens_per_s": None if one.bound is None else round(one.bound, 1),
            "share": None if one.share is None else round(one.share, 3),
        }
        for one in measured
    ]


def _figure(case: Case, value: Mapping[str, Any], name: str) -> float:
    found = value.get(name)
    if not isinstance(found, int | float) or isinstance(found, bool):
        msg = f"benchmark: {case.name}: its result has no {name}"
        raise ModelUnavailableError(msg, fix="use a vLLM of the version in the model file")
    return float(found)
