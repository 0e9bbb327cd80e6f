import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from euguard.errors import (
    DetectionUnavailableError,
    FieldRefusedError,
    LanguageRefusedError,
    MalformedRequestError,
    TextTooLongError,
)
from euguard.pii.body import Limits, Pseudonymisation, pseudonymise
from euguard.pii.detect import Detection, Detector
from euguard.pii.pseudonym import conversation_of, scope_key
from euguard.pii.restore import Restorer
from euguard.pii.span import PersonalDataKind, Span
from fakes import FakeDetector

ANNA, MAX = "Anna Berg", "Max Roth"
MAIL, IBAN, PHONE = "anna@example.org", "DE89 3704 0044 0532 0130 00", "+49 30 1234567"
KNOWN = {
    ANNA: PersonalDataKind.PERSON,
    MAX: PersonalDataKind.PERSON,
    MAIL: PersonalDataKind.EMAIL,
    IBAN: PersonalDataKind.IBAN,
    PHONE: PersonalDataKind.PHONE,
}
SCOPE = scope_key(b"secret", "letters", "one")
SENTENCE = "In this letter we confirm that the meeting takes place on Tuesday at nine."


def _chat(*contents: Any, **fields: Any) -> dict[str, Any]:
    messages = [{"role": "user", "content": content} for content in contents]
    return {"model": "m", "messages": messages, **fields}


def _pseudonymised(  # noqa: PLR0913  # what a request can vary in
    body: Mapping[str, Any],
    detector: Detector | None = None,
    *,
    scope: bytes = SCOPE,
    max_characters: int = 100_000,
    optional: frozenset[PersonalDataKind] = frozenset(),
    instructions: str | None = None,
) -> Pseudonymisation:
    return asyncio.run(
        pseudonymise(
            body,
            detector or FakeDetector(KNOWN),
            scope=scope,
            limits=Limits(("en",), max_characters, optional),
            instructions=instructions,
        ),
    )


def _contents(done: Pseudonymisation) -> list[str]:
    return [message["content"] for message in done.body["messages"]]


def _back(done: Pseudonymisation, text: str) -> str:
    restorer = Restorer(done.originals)
    return restorer.feed(text) + restorer.finish()


def _dumped(done: Pseudonymisation) -> str:
    return orjson.dumps(done.body).decode()


# ------------------------------------------------------------------ what the model sees


def test_a_request_without_personal_data_passes_as_it_is() -> None:
    done = _pseudonymised(_chat("Hello"))

    assert done.body == _chat("Hello")
    assert (done.originals, done.found, done.characters, done.ignored) == ({}, {}, 5, 0)


def test_two_people_in_two_messages_get_two_pseudonyms() -> None:
    done = _pseudonymised(_chat(f"Dear {ANNA}", f"Dear {MAX}"))
    first, second = (content.removeprefix("Dear ") for content in _contents(done))

    assert first != second
    assert done.originals[first.strip("<>")] == ANNA
    assert done.originals[second.strip("<>")] == MAX


def test_one_value_has_one_pseudonym_in_the_whole_request() -> None:
    done = _pseudonymised(_chat(f"Ask {ANNA}", f"{ANNA}!", stop=[ANNA]))
    first, second = _contents(done)

    assert first == f"Ask {second[:-1]}"
    assert done.body["stop"] == [second[:-1]]
    assert done.found == {"PERSON": 3}


def test_a_value_found_once_is_replaced_where_detection_missed_it() -> None:
    body = _chat(
        f"I am {ANNA}, {IBAN}, {PHONE}, {MAIL}",
        "ANNA  BERG de89370400440532013000 4930-1234567 ANNA@EXAMPLE.ORG",
    )
    done = _pseudonymised(body)

    assert not any(word in _contents(done)[1].lower() for word in ("anna", "de89", "1234567"))
    assert [_back(done, content) for content in _contents(done)] == [
        message["content"] for message in body["messages"]
    ]
    assert done.found == {"EMAIL": 2, "IBAN": 2, "PERSON": 2, "PHONE": 2}


def test_dates_are_replaced_where_the_purpose_asks_for_it_only() -> None:
    detector = FakeDetector({"3 May 2024": PersonalDataKind.DATE, "May": PersonalDataKind.PERSON})

    left = _pseudonymised(_chat("Signed on 3 May 2024."), detector)
    asked = _pseudonymised(
        _chat("Signed on 3 May 2024."), detector, optional=frozenset({PersonalDataKind.DATE})
    )

    assert dict(left.found) == {"PERSON": 1}, "a kind that is not wanted hides no other"
    assert dict(asked.found) == {"DATE": 1}


def test_names_get_pseudonyms_without_brackets() -> None:
    body = _chat(f"Dear {ANNA}")
    body["messages"][0]["name"] = "Anna_Berg"
    done = _pseudonymised(body)
    name = done.body["messages"][0]["name"]

    assert name.startswith("PERSON_")
    assert "<" not in name
    assert _back(done, name) == "Anna_Berg"
    # The same code: the model can see that the writer is the person of the text.
    assert name[:11] == _contents(done)[0][6:17]


def test_a_name_is_read_as_words_by_detection() -> None:
    detector = FakeDetector(KNOWN)
    body = _chat("Hello")
    body["messages"][0]["name"] = "from-Anna_Berg"
    done = _pseudonymised(body, detector)

    assert detector.asked == [("Hello", "from Anna Berg")]
    assert done.body["messages"][0]["name"].startswith("from-PERSON_")


def test_the_same_text_as_name_and_as_prose_is_replaced_in_both() -> None:
    body = _chat("Anna_Berg", "Anna_Berg")
    body["messages"][0]["name"] = "Anna_Berg"
    done = _pseudonymised(body)

    assert done.found == {"PERSON": 3}
    assert "Anna" not in _dumped(done)


def test_keys_and_values_of_tool_arguments_are_replaced_and_stay_json() -> None:
    arguments = f'{{"{ANNA}": 1.0, "to": ["{MAIL}"], "n": 12345678901234567890}}'
    call = {"id": "x", "type": "function", "function": {"name": "f", "arguments": arguments}}
    body = _chat(f"{ANNA}, {MAIL}")
    body["messages"].append({"role": "assistant", "tool_calls": [call]})
    done = _pseudonymised(body)
    sent = done.body["messages"][1]["tool_calls"][0]["function"]["arguments"]

    person, mail = done.body["messages"][0]["content"].split(", ")
    assert sent == f'{{"{person}": 1.0, "to": ["{mail}"], "n": 12345678901234567890}}'


def test_overlapping_finds_leave_nothing_and_eat_nothing() -> None:
    text = f"to {ANNA} {MAIL}."
    wide = {f"{ANNA} anna": PersonalDataKind.PERSON, MAIL: PersonalDataKind.EMAIL}
    done = _pseudonymised(_chat(text), FakeDetector(wide))
    (sent,) = _contents(done)

    assert sent.startswith("to <PERSON_")
    assert sent.endswith(">.")
    assert "example" not in sent
    assert _back(done, sent) == text


def test_white_space_around_a_find_is_no_part_of_it() -> None:
    done = _pseudonymised(_chat("Dear Anna , hi"), FakeDetector({" Anna ": KNOWN[ANNA]}))
    (sent,) = _contents(done)

    assert sent.startswith("Dear <PERSON_")
    assert sent.endswith("> , hi")
    assert "Anna" in done.originals.values()


def test_a_find_of_white_space_only_is_nothing() -> None:
    done = _pseudonymised(_chat("a  b"), FakeDetector({"  ": KNOWN[ANNA]}))

    assert done.body == _chat("a  b")
    assert done.found == {}


def test_a_typed_pseudonym_pulls_out_nothing_that_its_request_has_not() -> None:
    issued = _contents(_pseudonymised(_chat(ANNA)))[0]
    body = _chat(f"{MAX} and {issued}")
    done = _pseudonymised(body)
    (sent,) = _contents(done)

    assert sent.endswith(f" and {issued}")
    assert set(done.originals.values()) == {MAX}
    assert _back(done, sent) == body["messages"][0]["content"]


def test_a_pseudonym_that_the_client_kept_is_that_of_its_value_again() -> None:
    issued = _contents(_pseudonymised(_chat(ANNA)))[0]
    link = f"https://crm.example/?q={issued}"
    done = _pseudonymised(_chat(ANNA, link, "And again?"))

    assert _contents(done)[:2] == [issued, link]
    assert _back(done, f"See {issued}") == f"See {ANNA}"


def test_a_conversation_keeps_its_pseudonyms_while_it_grows() -> None:
    first = _chat(f"I am {ANNA}")
    second = _chat(f"I am {ANNA}", f"And I am {MAX}, not {ANNA}")
    scopes = [scope_key(b"s", "p", conversation_of(body)) for body in (first, second)]
    turns = [
        _pseudonymised(body, scope=scope)
        for body, scope in zip((first, second), scopes, strict=True)
    ]

    assert _contents(turns[0])[0] == _contents(turns[1])[0]


def test_dropped_fields_are_counted_and_not_analysed() -> None:
    detector = FakeDetector(KNOWN)
    done = _pseudonymised(_chat("Hello", user=ANNA, metadata={"a": MAIL}), detector)

    assert done.ignored == 2
    assert done.characters == 5
    assert detector.asked == [("Hello",)]


@pytest.mark.parametrize(
    "response_format,json",
    [
        (None, False),
        ({"type": "text"}, False),
        ({"type": "json_object"}, True),
        ({"type": "json_schema", "json_schema": {"name": "x"}}, True),
    ],
)
def test_it_says_whether_json_was_asked_for(response_format: object, json: bool) -> None:  # noqa: FBT001  # a row
    assert _pseudonymised(_chat("x", response_format=response_format)).json_content is json


def test_it_prints_no_personal_data() -> None:
    done = _pseudonymised(_chat(f"Dear {ANNA}"))

    assert "Anna" not in repr(done)
    assert "PERSON_" not in repr(done)


# ------------------------------------------------------------------ detection


def test_one_call_asks_for_each_distinct_text_once() -> None:
    detector = FakeDetector(KNOWN)
    _pseudonymised(_chat("Hello", "Hello", "...", "", stop=["Hello", "END"]), detector)

    assert detector.asked == [("Hello", "END")]


def test_a_request_without_a_letter_asks_nothing() -> None:
    detector = FakeDetector(KNOWN)

    assert _contents(_pseudonymised(_chat("?!"), detector)) == ["?!"]
    assert detector.asked == []


class _Answers:
    """A detector that answers whatever it is told."""

    def __init__(self, *answer: Detection) -> None:
        self._answer = answer

    async def detect(self, texts: Sequence[str]) -> Sequence[Detection]:
        del texts
        return self._answer

    async def ready(self) -> bool:
        return True


NOTHING = Detection((), None, 0.0)


@pytest.mark.parametrize(
    "answer",
    [
        (),
        (NOTHING, NOTHING),
        (Detection((Span(PersonalDataKind.PERSON, 0, 6, 1.0, "x"),), None, 0.0),),
    ],
)
def test_an_answer_that_does_not_fit_the_question_sends_nothing(
    answer: tuple[Detection, ...],
) -> None:
    with pytest.raises(DetectionUnavailableError):
        _pseudonymised(_chat("Hello"), _Answers(*answer))


def test_a_find_up_to_the_last_character_fits() -> None:
    whole = Detection((Span(PersonalDataKind.PERSON, 0, 5, 1.0, "x"),), None, 0.0)

    assert _contents(_pseudonymised(_chat("Hello"), _Answers(whole)))[0].startswith("<PERSON_")


def test_detection_that_is_down_sends_nothing() -> None:
    detector = FakeDetector(KNOWN)
    detector.down = True

    with pytest.raises(DetectionUnavailableError):
        _pseudonymised(_chat("Hello"), detector)


# ------------------------------------------------------------------ refusals


def test_instructions_come_first_and_are_scanned_like_the_rest() -> None:
    name = next(iter(KNOWN))

    done = _pseudonymised(_chat(f"Greet {name}."), instructions=f"You serve {name}.")

    first, second = done.body["messages"]
    [form] = done.originals
    pseudonym = f"<{form}>"
    assert first == {"role": "system", "content": f"You serve {pseudonym}."}
    assert second == {"role": "user", "content": f"Greet {pseudonym}."}


def test_instructions_are_no_text_of_the_clients() -> None:
    done = _pseudonymised(_chat("Hello"), instructions="Be brief.", max_characters=5)

    assert done.characters == 5


def test_a_request_that_the_walk_refuses_is_not_analysed() -> None:
    detector = FakeDetector(KNOWN)

    with pytest.raises(FieldRefusedError):
        _pseudonymised(_chat("Hello", logprobs=True), detector)
    with pytest.raises(MalformedRequestError):
        _pseudonymised({}, detector)
    assert detector.asked == []


def test_text_beyond_the_limit_is_not_analysed() -> None:
    detector = FakeDetector(KNOWN)
    body = _chat("12345", "12345")

    assert _pseudonymised(body, detector, max_characters=10).characters == 10
    with pytest.raises(TextTooLongError, match="has 10 characters of text; 9 are accepted"):
        _pseudonymised(body, detector, max_characters=9)
    assert len(detector.asked) == 1


def test_a_text_for_certain_in_another_language_is_refused_without_quoting_it() -> None:
    with pytest.raises(LanguageRefusedError) as caught:
        _pseudonymised(_chat("Hi", SENTENCE), FakeDetector(KNOWN, language="nl"))

    assert caught.value.param == "messages[1].content"
    assert "letter" not in caught.value.message
    assert caught.value.fix == "Accepted are: en."


def test_a_refused_language_inside_json_names_the_field_around_it() -> None:
    with pytest.raises(LanguageRefusedError) as caught:
        _pseudonymised(_chat(f'{{"note": "{SENTENCE}"}}'), FakeDetector(KNOWN, language="nl"))

    assert caught.value.param == "messages[0].content"
    assert caught.value.message.startswith("messages[0].content, the 2nd value is in a language")


@pytest.mark.parametrize(
    "text,language,probability,found",
    [
        (SENTENCE, "en", 1.0, ("en",)),
        (SENTENCE, "en", 0.9, ("en",)),
        (SENTENCE, "nl", 0.89, ()),
        (SENTENCE, None, 1.0, ()),
        ("a" * 59 + "1" * 20, "nl", 1.0, ()),
        ("a" * 60, "en", 1.0, ("en",)),
    ],
)
def test_a_language_is_believed_only_when_it_is_certain(
    text: str, language: str | None, probability: float, found: tuple[str, ...]
) -> None:
    detector = FakeDetector(KNOWN, language=language, probability=probability)

    assert _pseudonymised(_chat(text), detector).languages == found


# ------------------------------------------------------------------ there and back

_words = st.sampled_from(
    [*KNOWN, "ANNA BERG", "anna_berg", "DE89370400440532013000", "hello", "ß", ", ", "\n", "7", "_"]
)
_prose = st.lists(_words, max_size=8).map(" ".join)


@settings(max_examples=150, deadline=None)
@given(st.lists(_prose, min_size=1, max_size=4))
def test_restoring_what_was_sent_gives_what_came(contents: list[str]) -> None:
    body = _chat(*contents)
    done = _pseudonymised(body)
    found = "".join(contents)

    assert [_back(done, sent) for sent in _contents(done)] == contents
    for value in KNOWN:
        if value in found:
            assert value not in "".join(_contents(done))
