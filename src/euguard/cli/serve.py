"""`euguard serve`: the gateway."""

import sys
from typing import Annotated

import typer

from euguard.bootstrap import gateway
from euguard.cli.output import Config, Json, progress, result
from euguard.settings import load_settings


def serve(
    config: Config = None,
    check: Annotated[
        bool,
        typer.Option(
            "--check", help="Check settings, policies, keys, database and installation, and stop."
        ),
    ] = False,
    as_json: Json = False,
) -> None:
    """Serve the OpenAI-compatible gateway until SIGTERM; print its URL once it accepts calls."""
    settings = load_settings(config)
    if check:
        policies, verifier = gateway.check(settings)
        value = {"settings": "valid", "policy": policies.digest, "log_key": str(verifier)}
        line = "settings, policies, keys, database and installation are in order"
        result(value, [line], as_json=as_json)
        return

    def serving(url: str) -> None:
        value = {"serving": f"{url}/v1", "log": settings.origin}
        result(value, [f"serving {url}/v1, log {settings.origin}"], as_json=as_json)
        sys.stdout.flush()  # whoever reads a pipe waits for this line

    progress("starting euguard: detection takes some seconds")
    gateway.serve(settings, serving)
