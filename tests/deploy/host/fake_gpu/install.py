"""Put the FAKE card into the root folder of a test host; never into this machine's.

    python3 install.py ROOT PROFILE

Writes into ROOT, and nowhere else: etc/euguard-FAKE-gpu.{json,conf}, usr/bin/nvidia-smi,
usr/lib/x86_64-linux-gnu/libnvidia-ml.so.1, and etc/tmpfiles.d/euguard-FAKE-gpu.conf. The latter
makes device nodes with the driver's numbers and no driver behind them when the host boots: open()
gives ENXIO where the unit's device policy lets it through, and EPERM where it does not.
"""

import copy
import functools
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
NODES = """\
c /dev/nvidia0 0666 root root - 195:0
c /dev/nvidiactl 0666 root root - 195:255
c /dev/nvidia-uvm 0666 root root - 511:0
"""


def install(root: Path, profile: str, **more: object) -> None:
    """Fake a card in `root`.

    Args:
        root: a folder that becomes /, of a host of tests.
        profile: one of profiles.json.
        more: further keys, as `hang` or `crash`.

    Raises:
        SystemExit: `root` is this machine's own.

    """
    if not root.is_dir() or root.resolve().samefile("/"):
        sys.exit("FAKE card: refusing to fake one on this machine")
    told = {**resolved(profile), **more, "_": "FAKE: a test host of euguard, there is no card"}
    for folder in ("etc/tmpfiles.d", "usr/bin", "usr/lib/x86_64-linux-gnu"):
        (root / folder).mkdir(parents=True, exist_ok=True)
    (root / "etc/euguard-FAKE-gpu.json").write_text(json.dumps(told, indent=1))  # noqa: TID251
    (root / "etc/euguard-FAKE-gpu.conf").write_text("\n".join(lines(told)) + "\n")
    (root / "etc/tmpfiles.d/euguard-FAKE-gpu.conf").write_text(NODES)
    tool = root / "usr/bin/nvidia-smi"
    tool.write_text("#!/usr/bin/python3\n" + (HERE / "nvidia_smi.py").read_text())
    tool.chmod(0o755)
    (root / "usr/lib/x86_64-linux-gnu/libnvidia-ml.so.1").write_bytes(library())


@functools.cache
def library() -> bytes:
    """Return the compiled library; needs a C compiler."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        sys.exit("FAKE card: no C compiler (Debian: gcc libc6-dev)")
    options = ("-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-Wl,-soname,libnvidia-ml.so.1")
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "library"
        subprocess.run((compiler, *options, "-o", out, HERE / "fake_nvml.c"), check=True)
        return out.read_bytes()


def resolved(profile: str) -> dict[str, Any]:
    """Return a profile with its base filled in."""
    profiles = json.loads((HERE / "profiles.json").read_text())
    told: dict[str, Any] = copy.deepcopy(profiles[profile])
    if "base" not in told:
        return told
    base: dict[str, Any] = copy.deepcopy(profiles[told["base"]])
    for card in base["gpus"]:
        card.update(told.get("patch", {}))
    base["gpus"] *= told.get("cards", 1)
    return base | {key: told[key] for key in ("driver", "cuda", "error") if key in told}


def lines(told: dict[str, Any]) -> list[str]:
    """Return what the library reads: numbers and words, one to a line."""
    major, minor = map(int, told["cuda"].split("."))
    found = [f"driver={told['driver']}", f"cuda={major * 1000 + minor * 10}"]
    found += [f"count={len(told['gpus'])}", f"mismatch={int('error' in told)}"]
    found += [f"{key}={int(bool(told[key]))}" for key in ("hang", "crash") if key in told]
    for index, card in enumerate(told["gpus"]):
        held = card["processes"]
        words = {k: int(v) if isinstance(v, bool) else v for k, v in card.items()}
        words["processes"] = len(held)
        for place, (pid, mib) in enumerate(held):
            words |= {f"process{place}.pid": pid, f"process{place}.mib": mib}
        found += [f"gpu{index}.{key}={value}" for key, value in words.items()]
    return found


if __name__ == "__main__":
    install(Path(sys.argv[1]), sys.argv[2])
