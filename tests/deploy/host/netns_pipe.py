#!/usr/bin/env python3
"""SSH's ProxyCommand: `netns_pipe.py NAMESPACE HOST PORT` connects from inside a network namespace.

Joins the namespace, connects, and passes on what comes from either side until the host ends it.
"""

import ctypes
import os
import selectors
import socket
import sys
from pathlib import Path

CLONE_NEWNET = 0x40000000
CONNECT_SECONDS = 5
CHUNK_BYTES = 65536
_STDIN, _STDOUT = 0, 1


def main(namespace: str, host: str, port: int) -> None:
    """Connect and relay.

    Raises:
        OSError: no such namespace, not root, or nothing answers there.

    """
    _enter(namespace)
    with socket.create_connection((host, port), CONNECT_SECONDS) as there:
        there.settimeout(None)
        _relay(there)


def _enter(namespace: str) -> None:
    with Path("/run/netns", namespace).open("rb") as handle:
        if ctypes.CDLL(None, use_errno=True).setns(handle.fileno(), CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), "setns")


def _relay(there: socket.socket) -> None:
    with selectors.DefaultSelector() as sides:
        sides.register(_STDIN, selectors.EVENT_READ)
        sides.register(there, selectors.EVENT_READ)
        while True:
            for key, _ in sides.select():
                if key.fileobj is there:
                    data = there.recv(CHUNK_BYTES)
                    if not data:
                        return
                    _write_all(data)
                elif data := os.read(_STDIN, CHUNK_BYTES):
                    there.sendall(data)
                else:
                    sides.unregister(_STDIN)
                    there.shutdown(socket.SHUT_WR)


def _write_all(data: bytes) -> None:
    while data:
        data = data[os.write(_STDOUT, data) :]


if __name__ == "__main__":
    try:
        main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
    except (OSError, KeyboardInterrupt) as error:
        sys.exit(str(error))
