#!/usr/bin/env python3
"""Wait until vLLM answers on its socket, and let the socket's group in.

    await_engine.py SOCKET SECONDS

vLLM makes every socket for its own account alone; of those in the folder, only this one is for the
gateway. Run after the start, so that the unit is up only when the model is.
"""

import http.client
import socket
import sys
import time
from pathlib import Path

GROUP_MAY_TALK = 0o660
POLL_SECONDS = 0.3
ANSWER_SECONDS = 10.0


def main(path: Path, seconds: float) -> None:
    """Return when the engine is healthy, or end the program with a reason."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if path.is_socket():
            path.chmod(GROUP_MAY_TALK)
            if _healthy(path):
                return
        time.sleep(POLL_SECONDS)
    sys.exit(f"euguard: the engine does not answer on {path} after {seconds:.0f} s")


def _healthy(path: Path) -> bool:
    connection = http.client.HTTPConnection("engine", timeout=ANSWER_SECONDS)
    connection.sock = socket.socket(socket.AF_UNIX)
    try:
        connection.sock.settimeout(ANSWER_SECONDS)
        connection.sock.connect(str(path))
        connection.request("GET", "/health")
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), float(sys.argv[2]))
