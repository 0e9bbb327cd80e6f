"""The exchanges: asked with the openai client, shown in three columns, held to what is promised."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from deploy.demo.kit import DemoError
from deploy.demo.models import DemoModel
from deploy.demo.script import Scene
from deploy.demo.show import Row
from deploy.demo.wiretap import Wiretap
from openai import APIError, APIStatusError, OpenAI

MAX_TOKENS = 120


@dataclass(frozen=True, slots=True)
class Exchange:
    """What happened in one scene."""

    scene: Scene
    seen: Sequence[dict[str, Any]]
    """The requests that reached the model."""
    answer: str
    refusal: str | None = None
    """The error code, where the answer is an error."""

    def row(self) -> Row:
        """Return its row of the table."""
        return Row(self.scene.title, said(self.scene.messages), self._saw(), self.answer)

    def fault(self, *, echoes: bool) -> str | None:
        """Return what is not as promised; an echo must also have brought every value back."""
        if self.scene.refused is not None:
            if self.refusal == self.scene.refused and not self.seen:
                return None
            return f"“{self.scene.title}” was not refused as {self.scene.refused} before the model"
        if self.refusal is not None or len(self.seen) != 1:
            return f"“{self.scene.title}” did not get one answer of the model"
        sent = orjson.dumps(self.seen).decode()
        leaked = sum(value in sent for value in self.scene.personal_data)
        lost = sum(value not in self.answer for value in self.scene.personal_data) if echoes else 0
        if leaked or lost:
            return f"“{self.scene.title}”: {leaked} values leaked, {lost} were not restored"
        return None

    def _saw(self) -> str:
        if not self.seen:
            return "— nothing was sent —"
        messages = self.seen[0]["messages"]
        return said([m for m in messages if m["role"] == "user" and m["content"]][-1:])


def converse(
    client: OpenAI, model: DemoModel, scenes: Sequence[Scene], tap: Wiretap
) -> list[Exchange]:
    """Play the scenes in order.

    Raises:
        DemoError: the gateway went away.

    """
    exchanges: list[Exchange] = []
    history: list[dict[str, Any]] = []
    for scene in scenes:
        history = [*(history if scene.follows else []), *scene.messages]
        before = len(tap.bodies())
        answer, refusal = _ask(client, model, scene, history)
        exchanges.append(Exchange(scene, tap.bodies()[before:], answer, refusal))
        history.append({"role": "assistant", "content": answer})
    return exchanges


def said(messages: Sequence[dict[str, Any]]) -> str:
    """Return the text of messages; an image is named."""
    parts: list[str] = []
    for message in messages:
        content = message["content"]
        if isinstance(content, str):
            parts.append(content)
        else:
            parts.extend(part.get("text", "[image]") for part in content)
    return "\n".join(parts)


def _ask(
    client: OpenAI, model: DemoModel, scene: Scene, messages: list[Any]
) -> tuple[str, str | None]:
    """Return the answer, and the code of the error if it is one."""
    extra = {**model.options, **dict(scene.extra)}
    tools = {"tools": extra.pop("tools")} if scene.calls_tools else {}
    create: Any = client.chat.completions.create
    try:
        reply = create(
            model=model.id,
            messages=messages,
            max_tokens=MAX_TOKENS,
            stream=scene.stream,
            extra_headers={"X-Euguard-Purpose": scene.purpose},
            extra_body=extra,  # fields that the client itself would not send
            **tools,
        )
        if scene.stream:
            choices = (choice for chunk in reply for choice in chunk.choices)
            return "".join(choice.delta.content or "" for choice in choices), None
    except APIStatusError as error:
        told: Any = error.body
        return f"{error.status_code} {error.code}: {told['message']}", error.code
    except APIError as error:
        msg = f"“{scene.title}” broke off: {error.message}"
        raise DemoError(msg) from None
    message = reply.choices[0].message
    if message.tool_calls:
        call = message.tool_calls[0].function
        return f"[tool call] {call.name}({call.arguments})", None
    return str(message.content), None
