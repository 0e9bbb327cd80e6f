"""A bundle that is not the verified one is refused on the server, before anything of it is used."""

import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from booted import GATEWAY_V4, Host, booted
from euguard import __version__
from unsigned_bundle import make

pytestmark = pytest.mark.host

DISK = "/media/bundle"


@dataclass(frozen=True, slots=True)
class Carried:
    """A bundle, and the server into which its disk is plugged."""

    folder: Path
    manifest: str
    host: Host


@pytest.fixture(scope="module")
def carried(pristine: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Carried]:
    folder = tmp_path_factory.mktemp("carried") / "bundle"
    manifest = make(folder, pristine, engine=False)
    with booted(shown={folder: DISK}) as host:
        yield Carried(folder, manifest, host)


def change_a_byte(folder: Path) -> str:
    path = next((folder / "wheels" / "gateway").glob("pydantic-*.whl"))
    data = path.read_bytes()
    return replace(path, data[:-1] + bytes([data[-1] ^ 1]))


def change_the_manifest(folder: Path) -> str:
    path = folder / "manifest.json"
    return replace(path, path.read_bytes().replace(b'"serial":1', b'"serial":2'))


def leave_one_out(folder: Path) -> str:
    path = folder / "debs" / "Packages"
    path.unlink()
    return path.name


def add_one(folder: Path) -> str:
    path = folder / "wheels" / "gateway" / "stranger-1-py3-none-any.whl"
    path.write_bytes(b"")
    return path.name


def put_a_link(folder: Path) -> str:
    path = folder / "debs" / "InRelease"
    path.unlink()
    path.symlink_to("Packages")
    return path.name


def replace(path: Path, data: bytes) -> str:
    path.unlink()  # it may be a link to what other tests use
    path.write_bytes(data)
    return path.name


@pytest.mark.parametrize(
    "tamper", [change_a_byte, change_the_manifest, leave_one_out, add_one, put_a_link]
)
def test_a_bundle_that_was_tampered_with_is_refused_and_named(
    carried: Carried, tamper: Callable[[Path], str]
) -> None:
    kept = {path: path.read_bytes() for path in files(carried.folder)}
    name = tamper(carried.folder)

    played = carried.host.play("site.yml", variables(carried.manifest), "--tags", "bundle")

    for path in files(carried.folder) - kept.keys():
        path.unlink()
    for path, data in kept.items():
        if path.is_symlink() or not path.exists() or path.read_bytes() != data:
            path.unlink(missing_ok=True)
            path.write_bytes(data)
    assert played.failed == 1
    assert name.removesuffix(".json") in played.output
    assert carried.host.ssh("ls /opt/euguard/bundle") == ""
    assert "euguard" not in carried.host.ssh("ls /etc/apt/sources.list.d /etc/apt/keyrings")


@pytest.mark.parametrize("form", ["folder", "tar"])
def test_a_bundle_on_the_control_node_is_carried_over_and_offered_to_apt(
    carried: Carried, tmp_path: Path, form: str
) -> None:
    bundle = carried.folder
    if form == "tar":
        bundle = tmp_path / "euguard.bundle.tar"
        members = ("manifest.json", "debs", "wheels")
        subprocess.run(["tar", "-cf", bundle, "-C", carried.folder, *members], check=True)
    stated = variables("") | {"euguard_bundle": str(bundle), "euguard_bundle_on": "control"}
    options = ("--tags", "bundle", "--skip-tags", "environments")
    with booted() as host:
        first = host.play("site.yml", stated, *options)
        second = host.play("site.yml", stated, *options)

        assert first.failed == 0, first.output[-3000:]
        assert first.changed > 0
        assert second.changed == 0
        assert "postgresql-15" in host.sudo("apt-get --simulate install postgresql")


def files(folder: Path) -> set[Path]:
    return {path for path in folder.rglob("*") if path.is_file() or path.is_symlink()}


def variables(manifest: str) -> dict[str, object]:
    return {
        "euguard_bundle": DISK,
        "euguard_bundle_manifest_sha256": manifest,
        "euguard_bundle_on": "host",
        "euguard_engine_device": "cpu",
        "euguard_management_networks": [f"{GATEWAY_V4}/32"],
        "euguard_model": "demo-echo",
        "euguard_origin": "llm.example.eu/log",
        "euguard_version": __version__,
    }
