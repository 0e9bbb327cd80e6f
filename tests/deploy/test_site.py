"""The whole installation on a booted server: bundle, playbook, question, second run, reboot.

Real vLLM with the echo model on the CPU, installed from wheels as on a customer's server. The
bundle lies on a disk that is plugged into the server.
"""

import re
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from booted import GATEWAY_V4, GATEWAY_V6, REPOSITORY, Host, Played, booted
from euguard import __version__
from unsigned_bundle import make

pytestmark = [pytest.mark.host, pytest.mark.engine]

DISK = "/media/bundle"
LEAST_SECURE = 2.0
"""Of systemd's scale from 0, safe, to 10."""
OPEN_PORTS = """
import socket
from concurrent.futures import ThreadPoolExecutor
def is_open(port):
    with socket.socket() as tried:
        tried.settimeout(1)
        return tried.connect_ex(("10.77.0.2", port)) == 0
ports = (*range(1, 1025), 5432, 8000, 8080, 8443)
with ThreadPoolExecutor(128) as pool:
    print(*(port for port, found in zip(ports, pool.map(is_open, ports)) if found))
"""


@dataclass(frozen=True, slots=True)
class Site:
    """A server after its first run."""

    host: Host
    variables: dict[str, Any]
    first: Played

    def play(self, playbook: str, *options: str, **variables: Any) -> Played:
        return self.host.play(playbook, self.variables | variables, *options)


def variables_for(manifest: str) -> dict[str, Any]:
    return {
        "euguard_bundle": DISK,
        "euguard_bundle_manifest_sha256": manifest,
        "euguard_bundle_on": "host",
        "euguard_engine_device": "cpu",
        "euguard_management_networks": [f"{GATEWAY_V4}/32", f"{GATEWAY_V6}/128"],
        "euguard_model": "demo-echo",
        "euguard_origin": "llm.example.eu/log",
        "euguard_version": __version__,
    }


@pytest.fixture(scope="module")
def site(pristine: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Install once; some minutes, most of which pip unpacks PyTorch and vLLM."""
    bundle = tmp_path_factory.mktemp("site") / "bundle"
    variables = variables_for(make(bundle, pristine))
    with booted(shown={bundle: DISK}) as host:
        before = host.play("site.yml", variables, "--check", "--diff").require()
        assert before.changed > 0
        assert not [path for path in host.differences() if "euguard" in path]
        first = host.play("site.yml", variables, seconds=1800).require()
        print(f"\nfirst run: {first.seconds:.0f} s, {first.changed} of {first.ok} tasks changed")
        yield Site(host, variables, first)


def test_the_first_run_ends_with_an_answer_and_nothing_gets_out(site: Site) -> None:
    assert site.first.failed == 0
    assert '"udp53": "EPERM"' in site.first.output
    assert 'engine: {"tcp4": "ENETUNREACH"' in site.first.output


def test_the_second_run_changes_nothing(site: Site) -> None:
    second = site.play("site.yml").require()

    print(f"\nsecond run: {second.seconds:.0f} s")
    assert second.changed == 0, second.output
    assert site.play("site.yml", "--check", "--diff").require().changed == 0


@pytest.mark.parametrize("unit", ["euguard-engine", "euguard-gateway"])
def test_the_services_are_shut_in(site: Site, unit: str) -> None:
    said = site.host.ssh(f"systemd-analyze security {unit}.service --no-pager")

    found = re.search(r"exposure level for \S+: ([0-9.]+)", said)
    assert found is not None, said
    print(f"\n{unit}: {found[1]}")
    assert float(found[1]) <= LEAST_SECURE


def test_from_outside_there_is_ssh_and_nothing_else(site: Site) -> None:
    words = ["ip", "netns", "exec", f"euctl-{site.host.name}", sys.executable, "-c", OPEN_PORTS]

    done = subprocess.run(words, capture_output=True, text=True, check=True)

    assert done.stdout.split() == ["22"]


def test_the_record_of_the_answer_verifies_elsewhere(site: Site, tmp_path: Path) -> None:
    key = site.host.sudo("euguard audit key").strip()
    site.host.sudo("euguard audit export export.zip")
    for name in ("export.zip", "export.zip.note"):
        (tmp_path / name).write_bytes(site.host.read(f"/var/lib/euguard/{name}"))

    words: list[str | Path] = [sys.executable, "-I", REPOSITORY / "audit" / "verify.py"]
    words += [tmp_path / "export.zip", "--key", key]
    done = subprocess.run(words, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done


@pytest.mark.parametrize("statement", ["DELETE FROM entry", "UPDATE entry SET leaf_hash = leaf"])
def test_the_writer_cannot_change_the_log(site: Site, statement: str) -> None:
    done = site.host.try_ssh(f"cd / && sudo -u euguard psql euguard -c '{statement}'")

    assert "permission denied for table entry" in done.stderr


def test_the_gateway_is_no_other_role(site: Site) -> None:
    for role in ("euguard_owner", "postgres", "euguard_auditor"):
        done = site.host.try_ssh(f"cd / && sudo -u euguard psql -U {role} euguard -c 'SELECT 1'")

        assert done.returncode != 0
        assert "authentication failed" in done.stderr


def test_the_key_is_out_of_the_reach_of_the_gateways_account(site: Site) -> None:
    done = site.host.try_ssh("sudo -u euguard cat /etc/euguard/credentials/log.pem")

    assert "Permission denied" in done.stderr


def test_rules_that_lock_out_are_taken_back(site: Site) -> None:
    wrong = {"euguard_ssh_port": 2222, "euguard_rollback_seconds": 15}

    played = site.play("site.yml", "--tags", "firewall,bundle", **wrong)

    assert played.status != 0
    deadline = time.monotonic() + 60
    while site.host.try_ssh("true").returncode != 0:
        assert time.monotonic() < deadline, "still locked out"
        time.sleep(1)
    assert "tcp dport 22 accept" in site.host.sudo("nft list table inet euguard")
    assert "dport 22 accept" in site.host.sudo("cat /etc/nftables.d/euguard.nft")


def test_rules_without_this_machine_are_refused(site: Site) -> None:
    wrong = {"euguard_management_networks": ["192.0.2.0/24"]}

    played = site.play("site.yml", "--tags", "firewall,bundle", **wrong)

    assert played.failed == 1
    assert "must hold the address of this machine, 10.77.0.1" in played.output
    assert played.changed == 0


def test_everything_is_back_after_a_reboot(site: Site) -> None:
    seconds = site.host.reboot()

    verified = site.play("verify.yml").require()

    print(f"\nreboot: {seconds:.0f} s, then verified in {verified.seconds:.0f} s")
    assert site.host.ssh("systemctl --failed --no-legend") == ""
