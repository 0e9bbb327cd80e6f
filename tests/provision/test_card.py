from dataclasses import replace
from typing import Any

import pytest

from euguard.provision.card import judge
from euguard.provision.facts import Engine, GpuProcess, HostFacts
from euguard.provision.finding import Finding, Mark
from hosts import GPU, NVIDIA, SOUND, with_gpu, with_nvidia
from profiles import SHIPPED, profile

PROFILE = SHIPPED["mistral-small-3.2"]
IN_8_BITS = profile("mistral-small-3.2", "fp8")


def found(facts: HostFacts, code: str) -> list[Finding]:
    return [one for one in judge(facts, PROFILE) if one.code == code]


def only(facts: HostFacts, code: str) -> Finding:
    (one,) = found(facts, code)
    return one


@pytest.mark.parametrize(
    "more, said",
    [
        ({"gpus": (), "pci_cards": 0}, "no card of NVIDIA on the PCI bus"),
        ({"gpus": (), "source": None}, "neither NVML nor `nvidia-smi`"),
        ({"gpus": (), "error": "GPU is lost"}, "tells of no card: GPU is lost"),
    ],
)
def test_a_card_that_is_not_told_of_fails(more: dict[str, Any], said: str) -> None:
    one = only(with_nvidia(**more), "gpu")

    assert one.mark is Mark.FAILURE
    assert said in one.what


def test_a_driver_of_which_nothing_is_known_fails() -> None:
    (one,) = judge(replace(SOUND, nvidia=None), PROFILE)

    assert (one.code, one.mark) == ("gpu", Mark.FAILURE)


@pytest.mark.parametrize(
    "driver, runtime, mark",
    [
        ("580.95.05", {"nvidia-cuda-runtime": "13.0.96"}, Mark.OK),
        ("575.57.08", {"nvidia-cuda-runtime": "13.0.96"}, Mark.FAILURE),
        ("575.57.08", {"nvidia-cuda-runtime-cu12": "12.9.79"}, Mark.OK),
        ("520.61.05", {"nvidia-cuda-runtime-cu12": "12.9.79"}, Mark.FAILURE),
        ("575.57.08", {}, Mark.FAILURE),
    ],
)
def test_the_driver_serves_the_cuda_that_lies_beside_vllm(
    driver: str, runtime: dict[str, str], mark: Mark
) -> None:
    facts = replace(with_nvidia(driver=driver, kernel_module=driver), engine=Engine("/e", runtime))

    assert only(facts, "gpu-driver").mark is mark


def test_two_cards_are_judged_apart() -> None:
    bad = replace(GPU, index=1, mig=True)
    facts = with_nvidia(gpus=(GPU, bad))

    assert [(one.where, one.mark) for one in found(facts, "gpu-mig")] == [
        ("GPU 0", Mark.OK),
        ("GPU 1", Mark.FAILURE),
    ]


def test_an_engine_that_runs_already_holds_the_card_rightly() -> None:
    held = GpuProcess(77, 70 * 2**30, "euguard-engine.service")
    stranger = GpuProcess(78, None, None)

    running = with_gpu(memory_free_bytes=2**30, processes=(held,))
    shared = with_gpu(memory_free_bytes=2**30, processes=(held, stranger))
    nobody = with_gpu(memory_free_bytes=2**30, processes=None)

    assert only(running, "gpu-free").what == "the engine itself holds it"
    assert "processes on it: 2" in only(shared, "gpu-free").what
    assert "no process is told" in only(nobody, "gpu-free").what


def test_a_card_that_does_not_compute_in_8_bits_is_said() -> None:
    a100 = with_gpu(compute_capability="8.0", name="NVIDIA A100 80GB PCIe")

    small = [one for one in judge(a100, IN_8_BITS) if one.code == "gpu-capability"]

    assert only(a100, "gpu-capability").mark is Mark.OK
    assert small[0].mark is Mark.WARNING
    assert "`auto`" in small[0].fix


@pytest.mark.parametrize(
    "more, code, mark",
    [
        ({"compute_capability": None}, "gpu-capability", Mark.WARNING),
        ({"memory_total_bytes": None}, "gpu-memory", Mark.FAILURE),
        ({"ecc": None}, "gpu-ecc", Mark.WARNING),
        ({"uncorrected_errors": None}, "gpu-errors", Mark.WARNING),
        ({"uncorrected_errors": None, "ecc": None}, "gpu-errors", Mark.OK),
        ({"uuid": "GPU-FAKE0000"}, "gpu-fake", Mark.WARNING),
        ({"power_limit_watts": 630.0}, "gpu-power", Mark.OK),
        ({"power_limit_watts": 629.0}, "gpu-power", Mark.WARNING),
    ],
)
def test_what_a_card_does_not_tell(more: dict[str, Any], code: str, mark: Mark) -> None:
    assert only(with_gpu(**more), code).mark is mark


def test_a_card_without_figures_of_power_and_persistence_has_no_line_on_them() -> None:
    facts = with_gpu(power_limit_watts=None, persistence=None)

    assert found(facts, "gpu-power") == found(facts, "gpu-persistence") == []


def test_nodes_are_not_missed_where_there_is_no_card() -> None:
    assert found(with_nvidia(gpus=(), pci_cards=0, device_nodes=()), "gpu-nodes") == []
    assert NVIDIA.device_nodes
