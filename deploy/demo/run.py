"""The demo: the product's whole journey on this machine, with real parts.

    make demo                        on the echo model, which repeats what it was given
    make demo ARGS="--model smollm2" on a small real model, for real sentences
    make demo ARGS="--keep"          leave it running and print a curl line

Exit codes: 0 all happened as promised · 1 something did not · 2 usage · 3 a demo is running
already · 130 interrupted.
"""

import argparse
import signal
import sys
from pathlib import Path
from types import FrameType

from deploy.demo.kit import REPOSITORY, DemoError
from deploy.demo.lock import DemoRunningError, alone
from deploy.demo.models import MODELS
from deploy.demo.show import Page, console

from euguard.errors import EuguardError

STATE = REPOSITORY / ".euguard" / "demo"
FAILED, RUNNING, INTERRUPTED = 1, 3, 128 + signal.SIGINT
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def main() -> int:
    """Run the demo and return its exit code."""
    arguments = _arguments()
    page = Page(console())
    for each in _SIGNALS:
        signal.signal(each, _interrupt)
    try:
        with alone(arguments.state):
            # Takes seconds, the openai client for one; what comes before must not wait for it.
            from deploy.demo.journey import Journey  # noqa: PLC0415 - see above

            good = Journey(page, arguments.state, arguments.model).run(keep=arguments.keep)
    except DemoRunningError as error:
        page.verdict(str(error), good=False)
        return RUNNING
    except (DemoError, EuguardError) as error:
        page.heading("the demo failed")
        page.say(str(error))
        if isinstance(error, EuguardError) and error.fix:
            page.say(f"fix: {error.fix}")
        return FAILED
    except KeyboardInterrupt:
        page.heading("interrupted; `make demo` goes on from here")
        return INTERRUPTED
    return 0 if good else FAILED


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="make demo",
        usage='make demo ARGS="[--model NAME] [--keep] [--state FOLDER]"',
        description="euguard's whole journey on real vLLM, on this machine's CPU.",
        epilog="exit codes: 0 all as promised, 1 not, 3 a demo is running, 130 interrupted",
    )
    parser.add_argument(
        "--model",
        choices=MODELS,
        default="echo",
        metavar="NAME",
        help="echo repeats what it was given (default); smollm2 writes sentences, often wrong ones",
    )
    parser.add_argument(
        "--keep",
        action="store_true",
        help="leave engine and gateway running until Ctrl-C, and print a curl line",
    )
    parser.add_argument(
        "--state",
        type=lambda text: Path(text).absolute(),
        default=STATE,
        metavar="FOLDER",
        help="where logs, export and papers go (default: .euguard/demo); used again by the next "
        "run, and safe to remove",
    )
    return parser.parse_args()


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    # Only the first counts: what is left to do is stopping, and stopping half-way leaves an
    # engine behind. SIGTERM and SIGHUP too: a closed terminal must not leave a gateway behind.
    for each in _SIGNALS:
        signal.signal(each, signal.SIG_IGN)
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
