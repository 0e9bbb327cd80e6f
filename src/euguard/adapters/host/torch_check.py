"""A program that asks a card to compute, and prints how fast and how rightly it did.

It runs in the engine's environment and imports torch only:

    /opt/euguard/current/engine/bin/python torch_check.py [--seconds 2]

Where torch sees no card it runs on the CPU with small matrices and says so; that is for its own
test and tells nothing of a card. Memory it takes: 4 GiB on a card, 0.2 GiB on a CPU.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable

import torch

FORMAT = "euguard-gpu-test-1"
SIDE = {"cuda": 8192, "cpu": 512}
"""Rows and columns of the matrices: large enough that starting a product costs nothing."""
COPIED_BYTES = {"cuda": 2**31, "cpu": 2**26}
CHECKED = 512
"""Rows and columns of the product that is compared with fp32 on the CPU."""
_TERA, _GIGA = 1e12, 1e9


def main(arguments: list[str]) -> int:
    """Print the result as one JSON object."""
    parser = argparse.ArgumentParser(
        prog="torch_check.py", description=(__doc__ or "").split("\n")[0]
    )
    parser.add_argument("--seconds", type=float, default=2.0, help="how long each part computes")
    seconds = parser.parse_args(arguments).seconds
    device = "cuda" if torch.cuda.is_available() else "cpu"
    torch.manual_seed(1)
    error, repeatable = checked(device)
    result = {
        "format": FORMAT,
        "device": device,
        "name": torch.cuda.get_device_name(0) if device == "cuda" else "CPU, no card",
        "torch": str(torch.__version__),
        "cuda": torch.version.cuda,
        "matmul_tflops": matmul(device, seconds),
        "memory_gb_per_s": bandwidth(device, seconds),
        "relative_error": error,
        "repeatable": repeatable,
    }
    print(json.dumps(result))  # noqa: T201, TID251  torch only, nothing is signed
    return 0


def matmul(device: str, seconds: float) -> float:
    """Return 10**12 operations in a second of a square product in bf16."""
    side = SIDE[device]
    a = torch.randn(side, side, device=device, dtype=torch.bfloat16)
    b = torch.randn(side, side, device=device, dtype=torch.bfloat16)
    out = torch.empty(side, side, device=device, dtype=torch.bfloat16)
    each = _each(lambda: torch.matmul(a, b, out=out), device, seconds)
    return 2 * float(side) ** 3 / each / _TERA


def bandwidth(device: str, seconds: float) -> float:
    """Return 10**9 bytes read and written in a second of a copy within the memory."""
    size = COPIED_BYTES[device]
    source = torch.ones(size, device=device, dtype=torch.uint8)
    target = torch.empty_like(source)
    each = _each(lambda: target.copy_(source), device, seconds)
    return 2 * size / each / _GIGA


def checked(device: str) -> tuple[float, bool]:
    """Return the relative error of a product in bf16, and whether it was the same twice."""
    a = torch.randn(CHECKED, CHECKED, dtype=torch.bfloat16)
    b = torch.randn(CHECKED, CHECKED, dtype=torch.bfloat16)
    first = (a.to(device) @ b.to(device)).float().cpu()
    second = (a.to(device) @ b.to(device)).float().cpu()
    right = a.float() @ b.float()
    error = ((first - right).abs().max() / right.abs().max()).item()
    return error, bool(torch.equal(first, second))


def _each(work: Callable[[], object], device: str, seconds: float) -> float:
    """Return the seconds that one call takes, from as many as fit into the time."""
    _finish(work, 3, device)  # warms up: clocks rise, kernels are chosen
    rounds = 4
    while True:
        taken = _finish(work, rounds, device)
        if taken >= seconds:
            return taken / rounds
        rounds *= 2


def _finish(work: Callable[[], object], rounds: int, device: str) -> float:
    start = time.perf_counter()
    for _ in range(rounds):
        work()
    if device == "cuda":
        torch.cuda.synchronize()
    return time.perf_counter() - start


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
