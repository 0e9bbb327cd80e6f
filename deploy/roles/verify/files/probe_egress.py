#!/usr/bin/env python3
"""Try to get out, and say what happened: one JSON object on stdout.

    probe_egress.py IPV4 IPV6 [UNIT]

Opens TCP to port 443 of either address and sends a DNS question to port 53. With UNIT (root only)
from where its main process is: in its control group, whose filters hold for the probe too, and in
its network namespace. An attempt that nobody answers was not denied for certain, so the firewall's
counter is read beside it.
"""

import ctypes
import errno
import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

Argument = TypeVar("Argument")

CLONE_NEWNET = 0x40000000
SECONDS = 2.0
QUESTION = bytes.fromhex("000001000001000000000000076578616d706c65076578616d706c650000010001")
"""DNS question for example.example, type A: RFC 1035 §4.1."""


def main(address_v4: str, address_v6: str, unit: str | None) -> None:
    """Try, and print."""
    if unit is not None:
        _move_to(unit)
    tried = {
        "tcp4": _connect(socket.AF_INET, address_v4),
        "tcp6": _connect(socket.AF_INET6, address_v6),
        "udp53": _ask(socket.AF_INET, address_v4),
        "udp53_v6": _ask(socket.AF_INET6, address_v6),
    }
    sys.stdout.write(json.dumps(tried) + "\n")  # noqa: TID251  runs on a host without euguard


def _move_to(unit: str) -> None:
    shown = subprocess.run(
        ["systemctl", "show", "--property=MainPID,ControlGroup", unit],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    found = dict(line.split("=", 1) for line in shown.splitlines())
    pid, group = found["MainPID"], found["ControlGroup"]
    if pid == "0" or not group:
        sys.exit(f"{unit} does not run")
    Path(f"/sys/fs/cgroup{group}/cgroup.procs").write_text(str(os.getpid()), encoding="ascii")
    with Path(f"/proc/{pid}/ns/net").open("rb") as namespace:
        if ctypes.CDLL(None, use_errno=True).setns(namespace.fileno(), CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), "setns")


def _connect(family: int, address: str) -> str:
    with socket.socket(family, socket.SOCK_STREAM) as tried:
        tried.settimeout(SECONDS)
        return _outcome(tried.connect, (address, 443), "connected")


def _ask(family: int, address: str) -> str:
    with socket.socket(family, socket.SOCK_DGRAM) as tried:
        tried.settimeout(SECONDS)
        sent = _outcome(lambda to: tried.sendto(QUESTION, to), (address, 53), "sent")
        if sent != "sent":
            return sent
        answer = _outcome(tried.recv, 512, "answered")
        return "sent" if answer == "silence" else answer  # it may have left, answered or not


def _outcome(attempt: Callable[[Argument], object], argument: Argument, success: str) -> str:
    try:
        attempt(argument)
    except TimeoutError:
        return "silence"
    except OSError as error:
        return errno.errorcode.get(error.errno or 0, "error")
    return success


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3] if len(sys.argv) > 3 else None)  # noqa: PLR2004
