from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from euguard.errors import ModelUnavailableError
from euguard.serving.measurement import (
    Case,
    arguments,
    bound,
    cases,
    evidence,
    findings,
    read,
)
from euguard.serving.profile import Profile
from euguard.serving.roofline import card
from profiles import EVERY, SHIPPED, profile

ECHO = SHIPPED["demo-echo"]
WRITING = Case("writing", 32, 128, 1, 4)

# As vLLM 0.32.0 wrote it for the demo's echo model on two cores.
RESULT: dict[str, Any] = {
    "completed": 4,
    "duration": 15.7,
    "total_input_tokens": 128,
    "output_throughput": 32.6,
    "median_ttft_ms": 53.0,
    "p99_ttft_ms": 80.0,
    "median_tpot_ms": 20.0,
    "p99_tpot_ms": 44.0,
}


@pytest.mark.parametrize("shown", EVERY, ids=lambda one: f"{one.model} {one.name}")
def test_no_run_asks_for_more_than_the_context(shown: Profile) -> None:
    writing, reading, load = cases(shown)

    assert all(0 < one.prompt + one.answer <= shown.max_model_len for one in cases(shown))
    assert (writing.at_once, reading.at_once, reading.answer) == (1, 1, 1)
    assert load.at_once == shown.batch().sequences


def test_the_benchmark_is_asked_for_chance_words_and_nothing_of_a_hub() -> None:
    words = " ".join(arguments(WRITING, ECHO, url="http://u", weights=Path("/w"), seed=7))

    assert "--dataset-name random --seed 7" in words
    assert "--base-url http://u --model demo-echo --tokenizer /w --tokenizer-mode mistral" in words
    assert "--random-input-len 32 --random-output-len 128 --num-prompts 4 --max-concurrency 1" in (
        words
    )


def test_a_result_becomes_figures() -> None:
    found = read(WRITING, RESULT)

    assert found.reached == 50.0  # 1000 / 20 ms from token to token
    # 128 tokens in 4 prompts, 32 each; the first token after 53 ms
    assert round(found.prompt_tokens_per_s) == 604
    assert (found.bound, found.share) == (None, None)
    assert read(replace(WRITING, name="load"), RESULT).reached == 32.6
    assert read(replace(WRITING, name="reading"), RESULT).reached == found.prompt_tokens_per_s


@pytest.mark.parametrize(
    "result, message",
    [
        (None, "None of 4 requests were answered"),
        ({**RESULT, "completed": 3}, "3 of 4 requests were answered"),
        ({**RESULT, "median_ttft_ms": None}, "its result has no median_ttft_ms"),
        ({**RESULT, "duration": True}, "its result has no duration"),
    ],
)
def test_a_result_that_is_not_whole_is_refused(result: object, message: str) -> None:
    with pytest.raises(ModelUnavailableError, match=message):
        read(WRITING, result)


def test_a_card_that_writes_too_slowly_is_a_finding() -> None:
    h100 = card("NVIDIA H100 80GB HBM3")
    assert h100 is not None
    exact = profile("mistral-small-3.2", "bf16")
    line = bound(WRITING, exact, h100)
    assert line is not None

    slow = replace(read(WRITING, {**RESULT, "median_tpot_ms": 1000 / (line * 0.3)}), bound=line)
    sound = replace(read(WRITING, {**RESULT, "median_tpot_ms": 1000 / (line * 0.7)}), bound=line)

    assert findings([slow]) == ["writing: 30% of what the card could do, and 40% is expected"]
    assert findings([sound]) == []
    assert findings([read(WRITING, RESULT)]) == []
    assert evidence([sound])[0]["share"] == 0.7
    assert bound(replace(WRITING, name="load"), exact, h100) is None
    assert bound(replace(WRITING, name="reading"), exact, h100) is not None
