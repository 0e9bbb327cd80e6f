"""`euguard bundle` as a platform engineer types it, outside the air gap and inside."""

import io
import os
import shutil
import subprocess
import tarfile
from pathlib import Path
from typing import Any

import orjson
import pytest

from carried import BUILDER, STRANGER, signed
from commands import as_json, run
from engine_fixture import ECHO, installed
from euguard.adapters.bundle import tar
from euguard.bootstrap import bundle
from euguard.cli import app
from euguard.errors import BundleInvalidError, BundleOutdatedError, EuguardError, IntegrityError
from euguard.provision.manifest import MANIFEST, SIGNATURE, Manifest
from euguard.tlog.note import VerifierKey
from larder import Larder, deb, weights, wheel

ROOT = Path(__file__).parents[2]
EPOCH = "1795000000"


class Site:
    """A builder's desk: a key, a larder, and a bundle of everything."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.larder = Larder(folder)
        self.key = as_json("bundle", "key", "key.pem", "--name", "builder.example.eu", cwd=folder)[
            "key"
        ]
        self.built = self.build("out")
        self.bundle = Path(self.built["file"])

    def build(self, destination: str, *options: str, epoch: str = EPOCH) -> dict[str, Any]:
        made = as_json(
            *("bundle", "build", destination, "--key", "key.pem"),
            *self.larder.options(),
            *options,
            cwd=self.folder,
            SOURCE_DATE_EPOCH=epoch,
        )
        assert made["exit"] == 0, made
        return made

    def verify(self, path: Path, *options: str) -> dict[str, Any]:
        return as_json("bundle", "verify", str(path), "--key", self.key, *options, cwd=self.folder)

    def parts(self) -> list[tuple[str, bytes]]:
        with self.bundle.open("rb") as file:
            return [(m.path, b"".join(m.chunks)) for m in tar.members(file)]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    return Site(tmp_path_factory.mktemp("site"))


def pack(path: Path, parts: list[tuple[str, bytes]]) -> Path:
    with path.open("wb") as file:
        tar.write(file, ((name, len(data), [data]) for name, data in parts))
    return path


def refused(site: Site, path: Path, where: str, code: str = "bundle_invalid") -> None:
    """Check that verifying and unpacking refuse it, name the file, and unpack nothing."""
    place = path.parent / "unpacked"
    trusted = [VerifierKey.parse(site.key)]
    for refuse in (
        lambda: bundle.verify(path, trusted, None),
        lambda: bundle.unpack(path, trusted, place),
    ):
        with pytest.raises(IntegrityError) as caught:
            refuse()
        assert (caught.value.exit_code, caught.value.code) == (5, code)
        assert caught.value.message.startswith(where)
        assert caught.value.fix
    assert not place.exists()


def test_a_refusal_ends_with_5_and_says_which_file(site: Site, tmp_path: Path) -> None:
    parts = site.parts()
    path, data = parts[-1]
    changed = pack(tmp_path / "b.tar", [*parts[:-1], (path, data[:-1] + b"!")])

    verified = run("bundle", "verify", str(changed), "--key", site.key)
    unpacked = run("bundle", "unpack", str(changed), str(tmp_path / "x"), "--key", site.key)

    for done in (verified, unpacked):
        assert (done.returncode, done.stdout) == (5, "")
        assert done.stderr.startswith(f"error: {path}: changed")
    assert not (tmp_path / "x").exists()


def test_a_bundle_holds_what_it_was_built_from(site: Site) -> None:
    assert site.bundle.name == "euguard-0.1.0.bundle.tar"
    kinds = site.built["kinds"]
    assert {name: kinds[name] for name in kinds if name not in {"playbook", "policy"}} == {
        "collection": 1,
        "deb": 6,
        "licence": 2,
        "lock": 2,
        "sbom": 2,
        "vex": 1,
        "weight": 3,
        "wheel": 5,
    }
    names = [path for path, _ in site.parts()]
    assert {"policies/organisation.yaml", "deploy/advisories/vllm.yaml"} <= set(names)
    assert not [name for name in names if name.startswith("deploy/demo/") or "cache" in name]


def test_a_bundle_verifies_and_says_who_signed_it(site: Site) -> None:
    verified = site.verify(site.bundle)

    assert (verified["exit"], verified["verified"]) == (0, True)
    assert verified["signers"] == [site.key]
    assert verified["serial"] == int(EPOCH)
    assert verified["manifest_sha256"] == site.built["manifest_sha256"]


def test_the_same_inputs_give_the_same_bytes(site: Site, tmp_path: Path) -> None:
    again = site.build(str(tmp_path))
    later = site.build(str(tmp_path / "later"), epoch="1795000001")

    assert again["sha256"] == site.built["sha256"]
    assert later["sha256"] != site.built["sha256"]
    assert later["serial"] > again["serial"]


def test_an_unpacked_bundle_verifies_and_is_unpacked_once(site: Site, tmp_path: Path) -> None:
    command = ("bundle", "unpack", str(site.bundle), str(tmp_path), "--key", site.key)

    first = as_json(*command, cwd=site.folder)
    second = as_json(*command, cwd=site.folder)

    assert first["exit"] == second["exit"] == 0
    assert first["folder"] == second["folder"] == str(tmp_path / "0.1.0")
    assert site.verify(tmp_path / "0.1.0", "--installed", str(tmp_path))["exit"] == 0


def test_the_key_may_be_in_a_file(site: Site, tmp_path: Path) -> None:
    (tmp_path / "builder.vkey").write_text(site.key + "\n")

    done = run("bundle", "verify", str(site.bundle), "--key", str(tmp_path / "builder.vkey"))

    assert done.returncode == 0
    assert done.stdout.startswith("VERIFIED")


def test_a_bundle_is_looked_at_without_a_key_and_not_trusted(site: Site) -> None:
    shown = as_json("bundle", "inspect", str(site.bundle), cwd=site.folder)

    assert shown["verified"] is False
    assert shown["signed_text"].split("\n")[:3] == ["euguard bundle v1", "0.1.0", EPOCH]
    assert len(shown["files"]) == site.built["count"]
    assert run("bundle", "inspect", str(site.bundle)).stdout.startswith("NOT VERIFIED")


# ------------------------------------------------------------------ what somebody may have done


def test_a_change_in_any_file_is_named(site: Site, tmp_path: Path) -> None:
    parts = site.parts()
    trusted = [VerifierKey.parse(site.key)]
    assert len(parts) > 40
    for index, (path, data) in enumerate(parts):
        if path in {MANIFEST, SIGNATURE}:
            continue
        changed = [*parts]
        changed[index] = (path, data[:-1] + bytes([data[-1] ^ 1]) if data else b"x")
        pack(tmp_path / "b.tar", changed)

        with pytest.raises(BundleInvalidError) as caught:
            bundle.verify(tmp_path / "b.tar", trusted, None)
        assert caught.value.where == path

    refused(site, tmp_path / "b.tar", parts[-1][0])


def test_a_changed_manifest_is_refused(site: Site, tmp_path: Path) -> None:
    parts = site.parts()
    stated = Manifest.parse(parts[0][1])
    parts[0] = (MANIFEST, parts[0][1].replace(b'"serial":17', b'"serial":18'))
    assert Manifest.parse(parts[0][1]) != stated

    refused(site, pack(tmp_path / "b.tar", parts), MANIFEST)


def test_a_changed_signature_is_refused(site: Site, tmp_path: Path) -> None:
    parts = site.parts()
    note = bytearray(parts[1][1])
    note[-12] = ord("A") if note[-12] != ord("A") else ord("B")
    parts[1] = (SIGNATURE, bytes(note))

    refused(site, pack(tmp_path / "b.tar", parts), SIGNATURE, "signature_invalid")


@pytest.mark.parametrize("stranger", [BUILDER, STRANGER], ids=["one", "another"])
def test_a_signature_by_a_stranger_is_refused(site: Site, tmp_path: Path, stranger: Any) -> None:
    parts = site.parts()
    parts[1] = (SIGNATURE, signed(Manifest.parse(parts[0][1]), stranger))

    refused(site, pack(tmp_path / "b.tar", parts), SIGNATURE, "signature_invalid")


@pytest.mark.parametrize(
    "name", ["deploy/tasks/added.yml", "../../etc/cron.d/evil", "/etc/cron.d/evil"]
)
def test_an_added_file_is_named(site: Site, tmp_path: Path, name: str) -> None:
    parts = site.parts()

    refused(site, pack(tmp_path / "b.tar", [*parts[:2], (name, b"evil"), *parts[2:]]), name)


def test_a_missing_file_is_named(site: Site, tmp_path: Path) -> None:
    parts = site.parts()
    path, _ = parts.pop(5)

    refused(site, pack(tmp_path / "b.tar", parts), path)


def test_a_member_that_comes_twice_is_named(site: Site, tmp_path: Path) -> None:
    parts = site.parts()
    parts.insert(5, parts[5])

    refused(site, pack(tmp_path / "b.tar", parts), parts[5][0])


@pytest.mark.parametrize(
    "kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE, tarfile.DIRTYPE]
)
def test_a_link_or_a_device_is_named(site: Site, tmp_path: Path, kind: bytes) -> None:
    with tarfile.open(tmp_path / "b.tar", "w", format=tarfile.PAX_FORMAT) as archive:
        for path, data in site.parts():
            info = tarfile.TarInfo(path)
            info.size, info.mode = len(data), 0o644
            if path == "policies/organisation.yaml":
                info.type, info.linkname, info.size = kind, "/etc/shadow", 0
            archive.addfile(info, io.BytesIO(data) if info.size else None)

    refused(site, tmp_path / "b.tar", "policies/organisation.yaml")


@pytest.mark.parametrize("share", [0, 0.1, 0.5, 0.999])
def test_a_truncated_tar_is_refused(site: Site, tmp_path: Path, share: float) -> None:
    data = site.bundle.read_bytes()
    (tmp_path / "b.tar").write_bytes(data[: int(share * len(data))])

    refused(site, tmp_path / "b.tar", "")


def test_an_older_bundle_is_refused_where_a_newer_lies(site: Site, tmp_path: Path) -> None:
    newer = site.build(str(tmp_path / "newer"), epoch="1795000500")
    place = tmp_path / "bundles"
    trusted = [VerifierKey.parse(site.key)]
    bundle.unpack(Path(newer["file"]), trusted, place)

    verified = site.verify(site.bundle, "--installed", str(place))
    with pytest.raises(BundleOutdatedError, match="replay"):
        bundle.unpack(site.bundle, trusted, place)

    assert (verified["exit"], verified["error"]["code"]) == (5, "bundle_outdated")
    assert "replay" in verified["error"]["message"]


def test_a_downgrade_with_a_fresh_serial_is_refused(site: Site, tmp_path: Path) -> None:
    stated = site.parts()[0][1].replace(b'"version":"0.1.0"', b'"version":"0.2.0"')
    (tmp_path / MANIFEST).write_bytes(stated.replace(b'"serial":1795000000', b'"serial":5'))

    with pytest.raises(BundleOutdatedError, match="downgrade"):
        bundle.verify(site.bundle, [VerifierKey.parse(site.key)], tmp_path / MANIFEST)


@pytest.mark.parametrize("path", ["nothing.tar", "/dev/null"])
def test_a_bundle_that_is_not_there_ends_with_2(site: Site, path: str) -> None:
    assert site.verify(Path(path))["exit"] == 2


def test_a_pipe_is_not_waited_for(site: Site, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")

    assert site.verify(tmp_path / "pipe")["exit"] == 2


@pytest.mark.parametrize("key", ["nonsense", ".", "/dev/null"])
def test_a_key_that_is_none_ends_with_2(site: Site, key: str) -> None:
    done = run("bundle", "verify", str(site.bundle), "--key", key)

    assert (done.returncode, done.stdout) == (2, "")
    assert "euguard bundle key" in done.stderr


# ------------------------------------------------------------------ what apt and pip make of it


def test_apt_installs_from_an_unpacked_bundle(site: Site, tmp_path: Path) -> None:
    place = tmp_path / "bundles"
    bundle.unpack(site.bundle, [VerifierKey.parse(site.key)], place)
    for folder in (tmp_path, *tmp_path.parents):
        if folder.is_relative_to("/tmp") and os.geteuid() == 0:  # noqa: S108  pytest's own
            folder.chmod(folder.stat().st_mode | 0o055)  # apt reads as another user
    apt = Apt(tmp_path / "apt", place / "0.1.0" / "debs")

    updated = apt("update")
    fetched = apt("download", "euguard-hello", "libnothing")

    assert updated.returncode == 0, updated.stderr
    assert "W:" not in updated.stderr
    assert fetched.returncode == 0, fetched.stderr
    assert len(list((tmp_path / "apt").glob("*.deb"))) == 2


def test_apt_refuses_an_index_that_was_changed(site: Site, tmp_path: Path) -> None:
    debs = tmp_path / "debs"
    bundle.unpack(site.bundle, [VerifierKey.parse(site.key)], tmp_path)
    shutil.copytree(tmp_path / "0.1.0" / "debs", debs)
    for folder in (tmp_path, *tmp_path.parents):
        if folder.is_relative_to("/tmp") and os.geteuid() == 0:  # noqa: S108  pytest's own
            folder.chmod(folder.stat().st_mode | 0o055)
    signed_text = (debs / "InRelease").read_text()
    (debs / "InRelease").write_text(signed_text.replace("Label: euguard", "Label: evil"))

    updated = Apt(tmp_path / "apt", debs)("update")

    assert updated.returncode != 0
    assert "invalid" in updated.stderr


class Apt:
    """apt with a state of its own and one source: a bundle's folder."""

    def __init__(self, folder: Path, debs: Path) -> None:
        self.folder = folder
        for name in ("lists/partial", "cache/archives/partial", "etc"):
            (folder / name).mkdir(parents=True)
        (folder / "status").write_text("")
        (folder / "sources.list").write_text(f"deb [signed-by={debs}/euguard.asc] file:{debs} ./\n")

    def __call__(self, *command: str) -> "subprocess.CompletedProcess[str]":
        options = {
            "Dir::State::lists": "lists",
            "Dir::Cache": "cache",
            "Dir::State::status": "status",
            "Dir::Etc::sourcelist": "sources.list",
            "Dir::Etc::sourceparts": "etc",
            "Dir::Etc::parts": "etc",
        }
        given = [f"-o{name}={self.folder / value}" for name, value in options.items()]
        return subprocess.run(
            ["apt-get", *given, "-oAPT::Sandbox::User=root", *command],
            capture_output=True,
            text=True,
            check=False,
            cwd=self.folder,
            env={**os.environ, "LC_ALL": "C"},
        )


def test_pip_resolves_the_engine_from_an_unpacked_bundle(site: Site, tmp_path: Path) -> None:
    bundle.unpack(site.bundle, [VerifierKey.parse(site.key)], tmp_path)
    wheels = tmp_path / "0.1.0" / "wheels" / "engine"

    text = (wheels / "requirements.txt").read_text()

    assert [line.split(" --hash=sha256:")[0] for line in text.splitlines()] == [
        "mistral-common==1.12.0",
        "vllm==0.33.0",
    ]


# ------------------------------------------------------------------ what a builder gets wrong


def failing(site: Site, *options: str, without: str = "") -> EuguardError:
    """Return why a bundle of everything, but with these options, is not built."""
    given = site.larder.options()
    if without:
        at = given.index(without)
        del given[at : at + 2]
    with pytest.raises(EuguardError) as caught:
        building(site, *given, *options)
    assert not (site.folder / "never").exists()
    return caught.value


def building(site: Site, *options: str) -> None:
    key = str(site.folder / "key.pem")
    app(
        ["bundle", "build", str(site.folder / "never"), "--key", key, *options],
        standalone_mode=False,
    )


@pytest.mark.parametrize(
    "options, without, code, message",
    [
        ((), "--licence", "usage", "--weights and --licence go together"),
        ((), "--model", "usage", "need --model"),
        (("--model", "gpt-5"), "--model", "configuration_invalid", "no such model"),
        (("--python", "3.12"), "", "configuration_invalid", "not for Python 3.12"),
        (("--python", "three"), "", "usage", "target.python"),
        (("--distribution", "Debian"), "", "usage", "target.distribution"),
        (("--wheels", "nowhere"), "--wheels", "configuration_invalid", "no folder at nowhere"),
        (("--lock", "nowhere"), "--lock", "configuration_invalid", "no lock at nowhere"),
        (("--source", "/"), "", "configuration_invalid", "no folder at /policies"),
    ],
)
def test_a_mistake_of_the_builder_is_named(
    site: Site, options: tuple[str, ...], without: str, code: str, message: str
) -> None:
    failed = failing(site, *options, without=without)

    assert failed.code == code
    assert message in failed.message


def test_a_key_is_made_once(site: Site) -> None:
    again = as_json("bundle", "key", "key.pem", "--name", "builder.example.eu", cwd=site.folder)
    shown = as_json("bundle", "key", "key.pem", cwd=site.folder)

    assert again["exit"] == 3
    assert shown["key"] == site.key


def test_an_engine_below_the_floor_is_not_carried(site: Site, tmp_path: Path) -> None:
    wheel(tmp_path, "vllm", "0.31.0", tags="cp38-abi3-manylinux1_x86_64")
    wheel(tmp_path, "mistral_common", "1.12.0")

    failed = failing(site, "--engine-wheels", str(tmp_path), without="--engine-wheels")

    assert "vLLM 0.31.0 may not serve" in failed.message


def test_an_engine_with_another_pin_is_not_carried(site: Site, tmp_path: Path) -> None:
    wheel(tmp_path, "vllm", "0.33.0", tags="cp38-abi3-manylinux1_x86_64")
    wheel(tmp_path, "mistral_common", "1.13.0")

    failed = failing(site, "--engine-wheels", str(tmp_path), without="--engine-wheels")

    assert "mistral_common" in failed.message


def test_weights_of_another_shape_are_not_carried(site: Site, tmp_path: Path) -> None:
    other = weights(tmp_path / "w", dim=5120)

    failed = failing(site, "--weights", str(other), without="--weights")

    assert "params.json: dim is" in failed.message


@pytest.mark.parametrize("damage", ["changed", "extra", "missing"])
def test_weights_that_are_not_their_providers_are_not_carried(
    site: Site, tmp_path: Path, damage: str
) -> None:
    own = tmp_path / "w"
    shutil.copytree(site.larder.weights, own)
    names = sorted(path.name for path in own.iterdir() if path.is_file())
    stated = subprocess.run(
        ["sha256sum", *names], cwd=own, capture_output=True, text=True, check=True
    ).stdout
    (tmp_path / "SHA256SUMS").write_text(stated)
    options = ("--weights", str(own), "--digests", str(tmp_path / "SHA256SUMS"))
    if damage == "changed":
        (own / "tekken.json").write_text("[]")
    elif damage == "extra":
        (own / "more.bin").write_text("")
    else:
        (own / "tekken.json").unlink()

    failed = failing(site, *options, without="--weights")

    assert failed.code == "configuration_invalid"
    assert {"extra": "more.bin"}.get(damage, "tekken.json") in failed.message


def test_weights_that_are_their_providers_are_carried(site: Site, tmp_path: Path) -> None:
    names = sorted(path.name for path in site.larder.weights.iterdir() if path.is_file())
    stated = subprocess.run(
        ["sha256sum", *names], cwd=site.larder.weights, capture_output=True, check=True
    ).stdout
    (tmp_path / "SHA256SUMS").write_bytes(stated)

    made = site.build(str(tmp_path), "--digests", str(tmp_path / "SHA256SUMS"))

    assert made["kinds"]["weight"] == 3


def test_a_wheel_that_the_lock_does_not_know_is_not_carried(site: Site, tmp_path: Path) -> None:
    shutil.copytree(site.larder.wheels, tmp_path / "w")
    wheel(tmp_path / "w", "typosquat", "1.0")

    failed = failing(site, "--wheels", str(tmp_path / "w"), without="--wheels")

    assert "the lock does not name typosquat" in failed.message


def test_bills_tell_the_software_the_model_and_what_is_known_against_it(site: Site) -> None:
    parts = dict(site.parts())
    software = orjson.loads(parts["sbom/software.cdx.json"])
    model = orjson.loads(parts["sbom/model.cdx.json"])["components"][0]
    vex = orjson.loads(parts["sbom/advisories.vex.cdx.json"])

    assert {one["purl"] for one in software["components"]} == {
        "pkg:pypi/euguard@0.1.0",
        "pkg:pypi/typing-extensions@4.16.0",
        "pkg:pypi/orjson@3.13.0",
        "pkg:pypi/vllm@0.33.0",
        "pkg:pypi/mistral-common@1.12.0",
        "pkg:deb/debian/euguard-hello@1.0-1?arch=all&distro=debian-12",
        "pkg:deb/debian/libnothing@2%3A1.0+x~1?arch=all&distro=debian-12",
    }
    assert model["type"] == "machine-learning-model"
    assert [one["name"] for one in model["components"]] == [
        "consolidated.safetensors",
        "params.json",
        "tekken.json",
    ]
    states = {one["id"]: one["analysis"]["state"] for one in vex["vulnerabilities"]}
    assert states["CVE-2026-93989"] == "resolved"
    assert states["GHSA-5r3c-5x4v-8gjh"] == "in_triage"
    assert "exploitable" not in states.values()


def test_a_bundle_of_the_demo_model_is_built_without_a_network(site: Site, tmp_path: Path) -> None:
    echo = installed(ECHO)

    made = as_json(
        *("bundle", "build", str(tmp_path), "--key", "key.pem"),
        *("--wheels", str(site.larder.wheels), "--lock", str(site.larder.lock)),
        *("--model", "demo-echo", "--weights", str(echo), "--licence", str(ROOT / "LICENSE")),
        cwd=site.folder,
    )
    verified = site.verify(Path(made["file"]))

    assert made["kinds"]["weight"] == 3
    assert verified["exit"] == 0
    assert verified["size"] > 250_000_000
    Path(made["file"]).unlink()


def test_packages_that_are_none_are_not_carried(site: Site, tmp_path: Path) -> None:
    (tmp_path / "x.deb").write_text("not a package")

    failed = failing(site, "--debs", str(tmp_path), without="--debs")

    assert "not a Debian package" in failed.message


def test_a_package_of_another_content_is_another_bundle(site: Site, tmp_path: Path) -> None:
    debs = tmp_path / "debs"
    shutil.copytree(site.larder.debs, debs)
    deb(debs, "euguard-hello", content="y")

    made = site.build(str(tmp_path / "out"), "--debs", str(debs))

    assert made["manifest_sha256"] != site.built["manifest_sha256"]
