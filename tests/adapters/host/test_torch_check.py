"""The self-test runs with the engine's torch, here on the CPU; on a card nobody has run it yet."""

import re
import sys

from engine_fixture import ENGINE, installed
from euguard.adapters.host.reader import TORCH_CHECK, compute
from euguard.provision.selftest import parse


def test_the_self_test_computes_rightly_and_says_that_there_is_no_card() -> None:
    python = installed(ENGINE / "venv" / "bin" / "python")

    measured = parse(compute(python, seconds=0.1))

    assert (measured.device, measured.name) == ("cpu", "CPU, no card")
    assert measured.matmul_tflops > 0.001
    assert measured.memory_gb_per_s > 0.1
    assert measured.relative_error < 0.02
    assert measured.repeatable


def test_the_self_test_imports_torch_and_nothing_else() -> None:
    imported = set(re.findall(r"(?m)^\s*(?:from|import) (\w+)", TORCH_CHECK.read_text()))

    assert imported - set(sys.stdlib_module_names) == {"torch"}
