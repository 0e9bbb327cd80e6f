"""The steps of one exchange: the only place that makes a seal.

Each step calls one domain function, hands it the port it needs, and wraps the answer in the
next stage. `run.py` calls them in order.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from euguard.audit.record import Closed, Opened, Outcome, Refused, Scope
from euguard.errors import EuguardError
from euguard.exchange.ports import Clock, Log, Model
from euguard.exchange.reply import Reply
from euguard.exchange.stages import Decided, Pseudonymised, Received, Recorded
from euguard.pii.body import Limits, pseudonymise
from euguard.pii.detect import Detector
from euguard.pii.pseudonym import conversation_of, scope_key
from euguard.pii.span import PersonalDataKind
from euguard.policy.decide import Inquiry, decide
from euguard.policy.schema import PolicySet

SYSTEM_PROMPT = "system_prompt"
"""Name, in the record, of the instructions that the model's file holds."""


@dataclass(frozen=True, slots=True)
class Steps:
    """The steps, with the neighbours they need."""

    policies: PolicySet
    detector: Detector
    log: Log
    model: Model
    clock: Clock

    def decide(self, received: Received) -> Decided:
        """Ask policy, and fill in what the model's file sets.

        Raises:
            RefusedError: policy says no.

        """
        decision = decide(
            self.policies,
            Inquiry(
                declared=received.declared,
                permitted=received.principal.purposes,
                model=received.model,
            ),
        )
        recommended, body, defaults = decision.model.defaults, dict(received.body), []
        if recommended.temperature is not None and body.get("temperature") is None:
            body["temperature"] = float(recommended.temperature)
            defaults.append("temperature")
        instructions = None if _has_instructions(body["messages"]) else recommended.system_prompt
        if instructions is not None:
            defaults.append(SYSTEM_PROMPT)
        if received.stream:  # the record needs the token counts; the gateway drops the extra chunk
            body["stream_options"] = {"include_usage": True}
        return Decided(
            received=received,
            decision=decision,
            body=body,
            instructions=instructions,
            defaults=tuple(defaults),
        )

    async def pseudonymise(self, decided: Decided) -> Pseudonymised:
        """Replace every personal datum that detection finds.

        Raises:
            MalformedRequestError: a field has the wrong type or range.
            RefusedError: a field, a language or a length that cannot be analysed.
            DetectionUnavailableError: detection is down; nothing may be sent.

        """
        received, purpose = decided.received, decided.decision.purpose
        conversation = received.conversation or conversation_of(received.body)
        found = await pseudonymise(
            decided.body,
            self.detector,
            scope=scope_key(received.principal.secret, purpose.id, conversation),
            limits=Limits(
                decided.decision.languages,
                purpose.max_characters,
                frozenset(map(PersonalDataKind, purpose.also_replace)),
                frozenset(map(PersonalDataKind, purpose.keep_format)),
            ),
            instructions=decided.instructions,
        )
        return Pseudonymised(decided=decided, pseudonymisation=found)

    async def record(self, pseudonymised: Pseudonymised) -> Recorded:
        """Make the opening record durable.

        Raises:
            LogUnavailableError: it is not; nothing may be sent.

        """
        opened = await self.log.open(_opened(pseudonymised))
        return Recorded(pseudonymised=pseudonymised, opened=opened)

    async def refuse(self, received: Received, error: EuguardError) -> None:
        """Record that the request goes no further, and why.

        Raises:
            LogUnavailableError: the record is not durable.

        """
        bound = received.principal.purposes
        purpose = received.declared or (bound[0] if len(bound) == 1 else None)
        known = purpose in self.policies.purposes
        await self.log.refuse(
            Refused(
                exchange=received.exchange,
                key=received.principal.key,
                purpose=purpose if known else None,
                policy=self.policies.digest,
                reason=error.code,
                param=getattr(error, "param", None),
            )
        )

    async def close(
        self, recorded: Recorded, reply: Reply, outcome: Outcome, reason: str | None
    ) -> None:
        """Make the closing record durable.

        Raises:
            LogUnavailableError: it is not; the answer's end may not be sent.

        """
        elapsed = self.clock.now() - recorded.opened.at
        await self.log.close(
            Closed(
                exchange=recorded.exchange,
                outcome=outcome,
                reason=reason,
                input_tokens=reply.input_tokens,
                output_tokens=reply.output_tokens,
                finish=reply.finish,
                restored=reply.restored,
                unknown=reply.unknown,
                withheld=reply.withheld,
                milliseconds=max(0, round(elapsed.total_seconds() * 1000)),
            )
        )


def _has_instructions(messages: list[Mapping[str, Any]]) -> bool:
    return any(message.get("role") in ("system", "developer") for message in messages)


def _opened(pseudonymised: Pseudonymised) -> Opened:
    decided = pseudonymised.decided
    received, decision = decided.received, decided.decision
    found = pseudonymised.pseudonymisation
    temperature = found.body.get("temperature")
    return Opened(
        exchange=received.exchange,
        key=received.principal.key,
        purpose=decision.purpose.id,
        lawful_basis=decision.purpose.lawful_basis,
        model=decision.model.id,
        policy=decision.policy,
        because=decision.because,
        stream=received.stream,
        defaults=decided.defaults,
        temperature=None if temperature is None else str(temperature),
        scope=Scope.CONVERSATION if received.conversation else Scope.FIRST_MESSAGE,
        characters=found.characters,
        languages=found.languages,
        found=dict(found.found),
        ignored=found.ignored,
        special=dict(found.special),
    )
