"""`euguard serve`: the gateway."""

from typing import Annotated

import typer

from euguard import bootstrap
from euguard.cli.output import Config, Json, progress, result
from euguard.settings import load_settings


def serve(
    config: Config = None,
    check: Annotated[
        bool, typer.Option("--check", help="Check settings, policies and keys, and stop.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Serve the OpenAI-compatible gateway until SIGTERM."""
    settings = load_settings(config)
    policies = bootstrap.policies(settings)
    verifier = bootstrap.signer(settings).verifier
    if check:
        value = {"settings": "valid", "policy": policies.digest, "log_key": str(verifier)}
        result(value, ["settings, policies and keys are in order"], as_json=as_json)
        return
    progress(f"euguard: http://{settings.host}:{settings.port}/v1, log {settings.origin}")
    bootstrap.serve(settings)
