import pytest
from deploy.demo.kit import DemoError, euguard


def test_a_command_gives_what_it_printed_as_json() -> None:
    models = euguard("model", "list")["models"]

    assert {"demo-echo", "demo-smollm2"} <= {model["id"] for model in models}


def test_a_command_that_fails_is_named_with_what_it_said_and_the_way_out() -> None:
    with pytest.raises(DemoError) as caught:
        euguard("serving", "plan", "--model", "no-model")

    told = str(caught.value)
    assert told.startswith("euguard serving plan ended with 3: no such model")
    assert "no-model\nfix: the policies have: demo-echo" in told
    assert "{" not in told


def test_a_command_that_does_not_exist_is_named_too() -> None:
    with pytest.raises(DemoError, match=r"(?s)euguard nonsense ended with 2: .*No such command"):
        euguard("nonsense")
