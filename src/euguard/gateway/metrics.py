"""What Prometheus may read: counts and durations, never a name or a text.

Names of model figures follow OpenTelemetry's GenAI conventions as Prometheus spells them.
"""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

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

    def text(self) -> bytes:
        """Return everything in Prometheus' text format 0.0.4, UTF-8."""
        return generate_latest(self._registry)
