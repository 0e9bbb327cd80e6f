from euguard.provision.wanted import (
    EVERYTHING,
    MODELS,
    RELEASES,
    Role,
    needs_fp8,
    plan_on,
    reserve_bytes,
    want,
)
from euguard.serving.memory import GIB
from profiles import SHIPPED, profile

MISTRAL = SHIPPED["mistral-small-3.2"]
ECHO = SHIPPED["demo-echo"]


def test_a_host_for_everything_holds_the_weights_and_listens_once() -> None:
    wanted = want(EVERYTHING, MISTRAL, port=9443)

    assert wanted.disk_bytes[MODELS] == MISTRAL.plan().weight_bytes
    assert wanted.ports == (9443,)
    assert wanted.gpu


def test_a_host_for_the_database_alone_needs_no_model() -> None:
    wanted = want(frozenset({Role.DATABASE}), MISTRAL)

    assert wanted.profile is None
    assert not wanted.gpu
    assert wanted.ports == ()
    assert MODELS not in wanted.disk_bytes


def test_an_engine_on_a_cpu_needs_the_memory_that_its_model_file_states() -> None:
    alone = want(frozenset({Role.ENGINE}), ECHO)
    card = want(frozenset({Role.ENGINE}), MISTRAL)

    assert alone.memory_bytes == int(ECHO.memory.gib * GIB)
    assert card.disk_bytes[RELEASES] > alone.disk_bytes[RELEASES]


def test_the_plan_is_computed_for_the_card_that_is_there() -> None:
    card = int(MISTRAL.memory.gib * GIB)

    assert plan_on(MISTRAL, card).weight_bytes == MISTRAL.plan().weight_bytes
    assert abs(plan_on(MISTRAL, card).key_value_bytes - MISTRAL.plan().key_value_bytes) < 8
    assert plan_on(MISTRAL, card // 2).key_value_bytes < 0
    assert reserve_bytes(MISTRAL, 100 * GIB) == 92 * GIB


def test_keys_and_values_in_8_bits_are_noticed() -> None:
    assert needs_fp8(profile("mistral-small-3.2", "fp8"))
    assert not needs_fp8(MISTRAL)
    assert not needs_fp8(ECHO)
