"""The exchanges of the demo. Every person, number and account in them is fictitious.

The echo model repeats the last user message, so an answer shows what the model was given;
`※name■{…}` in a message makes it call a tool. Numbers from 01 99 00 00 00 are kept for fiction
(ARCEP, plan de numérotation).
"""

from dataclasses import dataclass
from typing import Any

LETTERS = "drafting-letters"
SCREENING = "hr-screening"

_PIXEL = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGA"
    "WjR9awAAAABJRU5ErkJggg=="
)


@dataclass(frozen=True, slots=True)
class Scene:
    """One exchange."""

    title: str
    messages: tuple[dict[str, Any], ...]
    purpose: str = LETTERS
    stream: bool = False
    extra: tuple[tuple[str, Any], ...] = ()
    """Further fields of the request."""
    personal_data: tuple[str, ...] = ()
    """Values that must not reach the model."""
    refused: str | None = None
    """The error code expected, where the exchange must be refused."""
    follows: bool = False
    """Whether the previous scene's messages and answer come first, as clients resend them."""

    @property
    def calls_tools(self) -> bool:
        """Whether the model is offered a tool."""
        return any(name == "tools" for name, _ in self.extra)


def _user(text: str) -> dict[str, Any]:
    return {"role": "user", "content": text}


SCENES: tuple[Scene, ...] = (
    Scene(
        "a letter, in English",
        (
            _user(
                "Write to Katharina Vogelsang (k.vogelsang@example.org): we refund 40 euros "
                "to her account DE89 3704 0044 0532 0130 00."
            ),
        ),
        personal_data=("Vogelsang", "k.vogelsang@example.org", "0532 0130"),
    ),
    Scene(
        "a letter, in French",
        (
            _user(
                "Bonjour, merci d'écrire à Amélie Rousseau pour confirmer le rendez-vous ; "
                "son numéro est le 01 99 00 12 34 et elle habite à Grenoble."
            ),
        ),
        personal_data=("Rousseau", "01 99 00 12 34"),
    ),
    Scene(
        "streamed, word by word",
        (
            _user(
                "Please tell Jonathan Whitfield that his card 4111 1111 1111 1111 was blocked, "
                "and send the form to j.whitfield@example.com."
            ),
        ),
        stream=True,
        personal_data=("Whitfield", "4111 1111 1111 1111", "j.whitfield@example.com"),
    ),
    Scene(
        "a tool call",
        (_user('※send_mail■{"to": "petra.lindqvist@example.org", "subject": "Your permit"}'),),
        extra=(
            (
                "tools",
                [
                    {
                        "type": "function",
                        "function": {
                            "name": "send_mail",
                            "description": "Send an e-mail.",
                            "parameters": {
                                "type": "object",
                                "properties": {
                                    "to": {"type": "string"},
                                    "subject": {"type": "string"},
                                },
                                "required": ["to", "subject"],
                            },
                        },
                    }
                ],
            ),
        ),
        personal_data=("petra.lindqvist@example.org",),
    ),
    Scene(
        "two people, first turn",
        (_user("My client is Thomas Albrecht, and he moved to Vienna in May."),),
        personal_data=("Albrecht",),
    ),
    Scene(
        "two people, second turn",
        (_user("Sarah Lindholm is his landlady. Introduce Sarah Lindholm to Thomas Albrecht."),),
        personal_data=("Albrecht", "Lindholm"),
        follows=True,
    ),
    Scene(
        "a purpose that the organisation refuses",
        (_user("Rank these three applicants by their suitability."),),
        purpose=SCREENING,
        refused="purpose_refused",
    ),
    Scene(
        "a field that cannot be searched: an image",
        (
            {
                "role": "user",
                "content": [
                    {"type": "text", "text": "Who is on this photograph?"},
                    {"type": "image_url", "image_url": {"url": _PIXEL}},
                ],
            },
        ),
        refused="field_not_accepted",
    ),
    Scene(
        "a field that cannot be searched: embeddings instead of text",
        (_user("Summarise this."),),
        extra=(("prompt_embeds", "gAR9cQA="),),
        refused="field_not_accepted",
    ),
)
