"""What small bundles are built from: wheels, packages and weights of a few bytes."""

import hashlib
import subprocess
import zipfile
from pathlib import Path

import orjson

METADATA = "Metadata-Version: 2.4\nName: {name}\nVersion: {version}\n{more}\n"
SHAPE: dict[str, object] = {
    "vision_encoder": {
        "num_hidden_layers": 2,
        "hidden_size": 64,
        "intermediate_size": 128,
        "patch_size": 14,
        "max_image_size": 448,
    },
    "n_layers": 4,
    "dim": 192,
    "n_heads": 24,
    "n_kv_heads": 2,
    "head_dim": 256,
    "hidden_dim": 64,
    "vocab_size": 131_072,
}
"""Of the echo model."""


def wheel(
    folder: Path,
    name: str,
    version: str,
    *,
    tags: str = "py3-none-any",
    more: str = "License-Expression: MIT",
) -> Path:
    """Write a wheel that holds its metadata and nothing else."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}-{version}-{tags}.whl"
    about = {
        "METADATA": METADATA.format(name=name, version=version, more=more),
        "WHEEL": f"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: {tags}\n",
        "RECORD": "",
    }
    with zipfile.ZipFile(path, "w") as archive:
        for file, text in about.items():
            archive.writestr(zipfile.ZipInfo(f"{name}-{version}.dist-info/{file}"), text)
    return path


def lock(path: Path, *wheels: Path) -> Path:
    """Write the lock over these wheels, with a pin for another system besides."""
    pins = [
        f"{one.name.split('-')[0].replace('_', '-')}=={one.name.split('-')[1]} \\\n"
        f"    --hash=sha256:{'0' * 64} \\\n    --hash=sha256:{digest(one)}\n    # via euguard\n"
        for one in wheels
    ]
    elsewhere = f"colorama==0.4.6 ; sys_platform == 'win32' \\\n    --hash=sha256:{'1' * 64}\n"
    path.write_text("# a lock\n" + "".join(pins) + elsewhere)
    return path


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def deb(folder: Path, name: str, version: str = "1.0-1", content: str = "x") -> Path:
    """Build a Debian package that installs one file."""
    tree = folder.parent / f"{name}-tree"
    (tree / "DEBIAN").mkdir(parents=True)
    (tree / "DEBIAN" / "control").write_text(
        f"Package: {name}\nVersion: {version}\nArchitecture: all\n"
        "Maintainer: nobody <nobody@example.eu>\nDescription: a package\n of a test\n"
    )
    (tree / "usr" / "share" / name).mkdir(parents=True)
    (tree / "usr" / "share" / name / "file").write_text(content)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}_{version.replace(':', '%3a')}_all.deb"  # as apt names it
    subprocess.run(
        ["dpkg-deb", "--root-owner-group", "--build", str(tree), str(path)],
        check=True,
        capture_output=True,
    )
    return path


def _safetensors() -> bytes:
    """Return a file that claims the echo model's 60,889,920 numbers and holds a few bytes."""
    head = orjson.dumps({"all": {"dtype": "F32", "shape": [60_889_920], "data_offsets": [0, 0]}})
    return len(head).to_bytes(8, "little") + head + bytes(range(256)) * 64


def weights(folder: Path, **changes: int) -> Path:
    """Write what looks like the weights of the echo model."""
    folder.mkdir(parents=True)
    (folder / "params.json").write_bytes(orjson.dumps({**SHAPE, **changes}))
    (folder / "consolidated.safetensors").write_bytes(_safetensors())
    (folder / "tekken.json").write_text("{}")
    (folder / ".cache").mkdir()
    (folder / ".cache" / "left-out").write_text("")
    return folder


class Larder:
    """A folder with everything a bundle can be built from."""

    def __init__(self, folder: Path) -> None:
        """Fill the folder."""
        self.wheels = folder / "wheels"
        wheel(self.wheels, "euguard", "0.1.0", more="License-Expression: Apache-2.0")
        needed = [
            wheel(self.wheels, "typing_extensions", "4.16.0"),
            wheel(self.wheels, "orjson", "3.13.0", tags="cp311-cp311-manylinux_2_17_x86_64"),
        ]
        self.lock = lock(folder / "server.lock", *needed)
        self.engine = folder / "engine"
        wheel(self.engine, "vllm", "0.33.0", tags="cp38-abi3-manylinux1_x86_64")
        wheel(self.engine, "mistral_common", "1.12.0")
        self.debs = folder / "debs"
        deb(self.debs, "euguard-hello")
        deb(self.debs, "libnothing", "2:1.0+x~1")
        self.collections = folder / "collections"
        self.collections.mkdir()
        (self.collections / "ansible-posix-2.1.0.tar.gz").write_bytes(b"a collection")
        self.weights = weights(folder / "weights")
        self.licence = folder / "LICENCE.txt"
        self.licence.write_text("Do what you like.\n")

    def options(self) -> list[str]:
        """Return the options of `euguard bundle build` that use all of it."""
        given = {
            "--wheels": self.wheels,
            "--lock": self.lock,
            "--engine-wheels": self.engine,
            "--debs": self.debs,
            "--collections": self.collections,
            "--model": "demo-echo",
            "--weights": self.weights,
            "--licence": self.licence,
        }
        return [str(part) for pair in given.items() for part in pair]
