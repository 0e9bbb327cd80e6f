"""The models of the demo, and what a person should know before reading their answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class DemoModel:
    """One model that `--model` names."""

    id: str
    """Of its file in policies/models."""
    echoes: bool
    """Whether its answer is the user's last message, so that nothing may be missing from it."""
    about: str
    options: Mapping[str, Any] = field(default_factory=dict)
    """Fields of every request to it."""


MODELS: Mapping[str, DemoModel] = {
    "echo": DemoModel(
        "demo-echo",
        echoes=True,
        about=(
            "This demo's model is an echo: it answers with the user's last message, word for "
            "word, so you can read what it saw. A message ※send_mail■{…} makes it call the tool "
            "send_mail; another model decides that itself."
        ),
    ),
    "smollm2": DemoModel(
        "demo-smollm2",
        echoes=False,
        about=(
            "This demo's model, SmolLM2, has 135 million parameters: its sentences are real, and "
            "often wrong. Where it copies a code such as <PERSON_7Q3K> wrongly, nobody can "
            "restore it."
        ),
        options={"frequency_penalty": 0.5},  # without, it says one line again and again
    ),
}


def permit(model: str, policies: Path) -> None:
    """Let every purpose in that folder use the model; as delivered none uses one of the demo."""
    for file in (policies / "purposes").glob("*.yaml"):
        text = file.read_text(encoding="utf-8")
        file.write_text(text.replace("models: [", f"models: [{model}, "), encoding="utf-8")
