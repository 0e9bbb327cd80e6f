"""What Prometheus may read: counts and durations, never a name or a text.

A label is a word of this program: a code, a kind, a part. Nothing that a client sent is one.

Names of model figures follow OpenTelemetry's GenAI conventions as Prometheus spells them.
"""

from collections.abc import Callable, Mapping
from functools import partial

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from euguard.gateway.parts import Parts

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300)


class Metrics:
    """The gateway's figures, in a registry of their own."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "euguard_requests",
            "Requests by endpoint and by error code; `ok` where there is none",
            ["endpoint", "code"],
            registry=self._registry,
        )
        self._first = Histogram(
            "gen_ai_server_time_to_first_token_seconds",
            "From the request's last byte to the first piece handed to the client",
            buckets=_SECONDS,
            registry=self._registry,
        )
        self._whole = Histogram(
            "gen_ai_server_request_duration_seconds",
            "From the request's last byte to the end of the answer",
            buckets=_SECONDS,
            registry=self._registry,
        )
        self._running = Gauge(
            "euguard_exchanges_running", "Exchanges being answered now", registry=self._registry
        )
        self._recorded = Histogram(
            "euguard_log_record_seconds",
            "From the wish to record until the record is durable; the count is of durable records",
            ["kind"],
            buckets=_SECONDS,
            registry=self._registry,
        )
        self._detected = Histogram(
            "euguard_detection_seconds",
            "How long an exchange waited for detection, texts seen before included",
            buckets=_SECONDS,
            registry=self._registry,
        )
        self._found = Counter(
            "euguard_personal_data_found",
            "Personal data replaced, by kind",
            ["kind"],
            registry=self._registry,
        )
        self._mentioned = Counter(
            "euguard_special_categories_mentioned",
            "Words that speak of a category of Art. 9(1) or Art. 10 GDPR, by purpose",
            ["purpose", "category"],
            registry=self._registry,
        )
        self._works = Gauge(
            "euguard_part_works",
            "1 if the part worked when it was last asked, else 0",
            ["part"],
            registry=self._registry,
        )
        self._detectors = Gauge(
            "euguard_detectors_running", "Detection processes that are up", registry=self._registry
        )
        self._published = Gauge(
            "euguard_log_published_size",
            "Records under the last checkpoint that this process has signed",
            registry=self._registry,
        )

    def answered(self, endpoint: str, code: str) -> None:
        """Count one request; `code` is an error code of euguard, or `ok`."""
        self._requests.labels(endpoint, code).inc()

    def first_piece(self, seconds: float) -> None:
        """Note how long the client waited for the first piece."""
        self._first.observe(seconds)

    def began(self) -> None:
        """Count an exchange in."""
        self._running.inc()

    def ended(self, seconds: float) -> None:
        """Count an exchange out, and note how long it took."""
        self._running.dec()
        self._whole.observe(seconds)

    def recorded(self, kind: str, seconds: float) -> None:
        """Count a durable record of this kind, and note how long it took."""
        self._recorded.labels(kind).observe(seconds)

    def detected(self, seconds: float) -> None:
        """Note how long one exchange waited for detection."""
        self._detected.observe(seconds)

    def found(self, counts: Mapping[str, int]) -> None:
        """Count what detection found in one exchange; the keys are kinds of personal data."""
        for kind, count in counts.items():
            self._found.labels(kind).inc(count)

    def mentioned(self, purpose: str, counts: Mapping[str, int]) -> None:
        """Count what one exchange of a purpose mentions; the keys are special categories."""
        for category, count in counts.items():
            self._mentioned.labels(purpose, category).inc(count)

    def show_parts(self, parts: Parts) -> None:
        """Show which parts work, as of when they were last asked."""
        for name in parts.names:
            self._works.labels(name).set_function(partial(parts.works, name))

    def show_detectors(self, running: Callable[[], int]) -> None:
        """Show how many detection processes are up."""
        self._detectors.set_function(running)

    def show_published(self, size: Callable[[], int]) -> None:
        """Show how many records the last checkpoint covers that this process has signed."""
        self._published.set_function(size)

    def text(self) -> bytes:
        """Return everything in Prometheus' text format 0.0.4, UTF-8."""
        return generate_latest(self._registry)
