"""The test host is what it says: a booted Debian of its own, without a way out."""

from pathlib import Path

import pytest

from booted import Host, booted

pytestmark = pytest.mark.host


def test_systemd_is_the_first_process_and_every_unit_is_well(host: Host) -> None:
    assert host.ssh("cat /proc/1/comm") == "systemd\n"
    assert host.ssh("systemctl --failed --no-legend") == ""


def test_it_comes_back_from_a_reboot_with_what_was_written(host: Host) -> None:
    host.sudo("echo kept > /etc/euguard-test")

    host.reboot()

    assert host.ssh("cat /etc/euguard-test") == "kept\n"
    assert "A etc/euguard-test" in host.differences()


def test_systemd_denies_what_a_unit_forbids(host: Host) -> None:
    run = "systemd-run --quiet --wait --pipe --collect"
    probe = "python3 -c 'import socket; socket.create_connection((\"127.0.0.1\", 22), 2)'"
    host.sudo(f"{run} {probe}")

    denied = host.try_ssh(f"sudo {run} -p IPAddressDeny=any {probe}")

    assert denied.returncode != 0


def test_a_kept_host_is_booted_again_as_it_was(pristine: Path, tmp_path: Path) -> None:
    assert pristine.is_dir()
    with booted() as first:
        first.sudo("echo kept > /etc/euguard-test")
        first.keep(tmp_path / "kept")

    with booted(source=tmp_path / "kept", shown={Path(__file__).parent: "/media/shown"}) as second:
        assert second.ssh("cat /etc/euguard-test") == "kept\n"
        assert "test_host.py" in second.ssh("ls /media/shown")


def test_nothing_of_a_destroyed_host_is_left(pristine: Path) -> None:
    assert pristine.is_dir()
    with booted() as made:
        folder = made.folder

    assert not folder.exists()
    assert not Path(f"/run/netns/eu-{made.name}").exists()
    assert not Path(f"/run/netns/euctl-{made.name}").exists()
