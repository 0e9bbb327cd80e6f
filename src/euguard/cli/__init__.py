"""The command line: one file per command group.

Exit codes: 0 ok · 1 a fault of euguard's own, or nobody reads the output · 2 usage ·
3 configuration · 4 findings · 5 integrity failure · 6 backend · 7 not permitted · 8 refused by
policy · 130 interrupted. Results go to stdout, everything else to stderr; with `--json` stdout
holds one JSON object and nothing else.
"""

import sys

import typer

from euguard import __version__
from euguard.cli import (
    audit,
    bundle,
    doctor,
    documents,
    init,
    install,
    keys,
    model,
    pii,
    policy,
    serve,
    serving,
)
from euguard.cli.output import fail, wants_json
from euguard.errors import EuguardError, UsageError

INTERRUPTED = 130

app = typer.Typer(
    help="A private language model for an EU organisation, on its own server.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,  # a pretty traceback prints local variables: prompts, keys
    add_completion=True,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command(name="init")(init.init)
app.command(name="serve")(serve.serve)
app.command(name="doctor")(doctor.doctor)
for operation in (
    install.install,
    install.upgrade,
    install.rollback,
    install.backup,
    install.restore,
    install.uninstall,
    install.status,
):
    app.command()(operation)
app.add_typer(keys.app, name="keys")
app.add_typer(audit.app, name="audit")
app.add_typer(policy.app, name="policy")
app.add_typer(documents.app, name="documents")
app.add_typer(model.app, name="model")
app.add_typer(serving.app, name="serving")
app.add_typer(pii.app, name="pii")
app.add_typer(bundle.app, name="bundle")


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def _root(
    version: bool = typer.Option(
        False, "--version", callback=_version, is_eager=True, help="Print the version and stop."
    ),
) -> None:
    """Serve, pseudonymise, record, prove, document."""


def main() -> None:
    """Run the command line, and turn every error of euguard's into its exit code."""
    try:
        # Typer prints what is wrong with the words of a command; for programs we print it.
        code = app(standalone_mode=not wants_json())
    except typer.TyperException as error:
        misused = UsageError(error.format_message(), fix=_help(error))
        fail(misused)
        sys.exit(misused.exit_code)
    except EuguardError as error:
        fail(error)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.stderr.write("interrupted\n")
        sys.exit(INTERRUPTED)
    sys.exit(code)


def _help(error: typer.TyperException) -> str:
    context = getattr(error, "ctx", None)
    return f"{context.command_path} --help" if context else ""
