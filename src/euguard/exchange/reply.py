"""The way back of one exchange: pieces of the model's reply, restored and counted."""

from collections.abc import Iterator
from typing import Any

from euguard.canonical import MAX_INTEGER
from euguard.errors import ModelUnavailableError
from euguard.exchange.stages import Json, Recorded
from euguard.pii.reply import Destinations, ReplyRestorer


class Reply:
    """Restores the reply of one exchange and counts what the closing record says of it."""

    def __init__(self, recorded: Recorded) -> None:
        purpose = recorded.pseudonymised.decided.decision.purpose
        self._stream = recorded.pseudonymised.decided.received.stream
        self._restorer = ReplyRestorer(
            recorded.pseudonymised.pseudonymisation.originals,
            json_content=recorded.pseudonymised.pseudonymisation.json_content,
            destinations=Destinations(purpose.restore_arguments, purpose.restore_links),
        )
        self._began = False
        self._finish: dict[int, str] = {}
        self.input_tokens: int | None = None
        self.output_tokens: int | None = None

    def feed(self, piece: Json) -> Iterator[Json]:
        """Yield what the client may have now; a value split over pieces waits for its end.

        Raises:
            ModelUnavailableError: the piece is not of OpenAI's shape.

        """
        self._began = True
        restored = self._restorer.chunk(piece) if self._stream else [self._restorer.whole(piece)]
        for part in restored:
            self._count(part)
            yield part

    def end(self) -> Iterator[Json]:
        """Yield what was still held back when the model's stream ended.

        Raises:
            ModelUnavailableError: it ended before it began.

        """
        if not self._began:
            msg = "the model server ended its answer before it began"
            raise ModelUnavailableError(msg, fix="look at the model server's log")
        yield from self._restorer.finish()

    @property
    def finish(self) -> tuple[str, ...]:
        """The model's finish reason for each choice, in order of the choices."""
        return tuple(reason for _, reason in sorted(self._finish.items()))

    @property
    def restored(self) -> int:
        """Pseudonyms put back into values so far."""
        return self._restorer.restored

    @property
    def unknown(self) -> int:
        """Pseudonym-looking texts so far that this exchange never issued."""
        return self._restorer.unknown

    @property
    def withheld(self) -> int:
        """Pseudonyms so far that were left where the purpose lets no value go."""
        return self._restorer.withheld

    def _count(self, part: Json) -> None:
        for choice in part.get("choices", ()):
            if choice.get("finish_reason"):
                self._finish[choice["index"]] = choice["finish_reason"]
        usage = part.get("usage")
        if usage:
            self.input_tokens = _count_or_none(usage.get("prompt_tokens"))
            self.output_tokens = _count_or_none(usage.get("completion_tokens"))


def _count_or_none(value: Any) -> int | None:
    # A bool is an int to Python, and none is a count; nor is what no JSON reader keeps exactly.
    return value if type(value) is int and 0 <= value <= MAX_INTEGER else None
