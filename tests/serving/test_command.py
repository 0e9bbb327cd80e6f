from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from euguard.errors import ConfigurationError
from euguard.serving.command import Command, Listen, Loopback, UnixSocket, command
from euguard.serving.options import FORBIDDEN
from euguard.serving.profile import Adapter
from euguard.terms import ModelId
from profiles import SHIPPED, profile

SOCKET = UnixSocket(Path("/run/euguard/vllm.sock"))


def made(model: str = "mistral-small-3.2", listen: Listen = SOCKET) -> Command:
    return command(
        SHIPPED[model],
        weights=Path("/models/x"),
        listen=listen,
        cache=Path("/var/lib/euguard/vllm"),
        executable=Path("/opt/vllm/bin/vllm"),
    )


def test_the_command_of_the_24b_model_word_for_word() -> None:
    assert " ".join(made().argv) == (
        "/opt/vllm/bin/vllm serve /models/x"
        " --served-model-name mistral-small-3.2 --uds /run/euguard/vllm.sock"
        " --tokenizer-mode mistral --config-format mistral --load-format mistral"
        " --tool-call-parser mistral --enable-auto-tool-choice"
        " --max-model-len 65536 --max-num-seqs 64 --max-num-batched-tokens 8192"
        " --gpu-memory-utilization 0.92 --kv-cache-dtype auto --enable-prefix-caching"
        " --prefix-caching-hash-algo sha256_cbor"
        " --mm-hasher-algorithm sha256 --enable-prompt-tokens-details"
        ' --limit-mm-per-prompt {"image":4}'
        " --generation-config vllm --allowed-media-domains media.invalid"
        " --no-enable-log-requests --no-enable-log-outputs --disable-uvicorn-access-log"
        " --disable-fastapi-docs"
    )


def test_adapters_are_named_at_the_start_and_lie_beside_the_weights() -> None:
    lora = profile("mistral-small-3.2", "lora")
    legal = replace(lora, adapters=(Adapter(ModelId("legal"), 16), Adapter(ModelId("tax"), 32)))

    argv = command(
        legal,
        weights=Path("/models/x"),
        listen=SOCKET,
        cache=Path("/c"),
        executable=Path("/v"),
    ).argv

    assert " --enable-lora --max-loras 3 --max-lora-rank 32" in " ".join(argv)
    assert " --lora-modules legal=/models/legal tax=/models/tax --generation" in " ".join(argv)


def test_the_environment_of_the_24b_model_is_offline_and_silent() -> None:
    assert made().environment == {
        "DO_NOT_TRACK": "1",
        "HF_HOME": "/var/lib/euguard/vllm/huggingface",
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "HF_HUB_OFFLINE": "1",
        "HOME": "/var/lib/euguard/vllm",
        "PYTHONNOUSERSITE": "1",
        "TORCHINDUCTOR_CACHE_DIR": "/var/lib/euguard/vllm/torchinductor",
        "TRANSFORMERS_OFFLINE": "1",
        "TRITON_CACHE_DIR": "/var/lib/euguard/vllm/triton",
        "VLLM_CACHE_ROOT": "/var/lib/euguard/vllm/vllm",
        "VLLM_CONFIG_ROOT": "/var/lib/euguard/vllm/config",
        "VLLM_DO_NOT_TRACK": "1",
        "VLLM_HOST_IP": "127.0.0.1",
        "VLLM_LOGGING_LEVEL": "WARNING",
        "VLLM_MAX_N_SEQUENCES": "4",
        "VLLM_MEDIA_URL_ALLOW_REDIRECTS": "0",
        "VLLM_NO_USAGE_STATS": "1",
        "VLLM_PLUGINS": "",
        "VLLM_RPC_BASE_PATH": "/run/euguard",
        "XDG_CACHE_HOME": "/var/lib/euguard/vllm",
        "XDG_CONFIG_HOME": "/var/lib/euguard/vllm/config",
    }


@pytest.mark.parametrize("model", SHIPPED)
@pytest.mark.parametrize("listen", [SOCKET, Loopback(8000)])
def test_what_keeps_prompts_in_holds_for_every_model(model: str, listen: Listen) -> None:
    found = made(model, listen)

    quiet = made().environment
    places = {"VLLM_RPC_BASE_PATH"}
    assert {name: quiet[name] for name in quiet if name not in places} == {
        name: found.environment[name] for name in quiet if name not in places
    }
    assert {
        "--no-enable-log-requests",
        "--no-enable-log-outputs",
        "--disable-uvicorn-access-log",
        "--disable-fastapi-docs",
    } <= set(found.argv)
    assert ("--allowed-media-domains", "media.invalid") in set(pairwise(found.argv))
    assert not {"--api-key", "--trust-remote-code", "--allowed-local-media-path"} & set(found.argv)


@pytest.mark.parametrize("model", SHIPPED)
def test_no_engine_gets_a_forbidden_variable(model: str) -> None:
    outer = dict.fromkeys(FORBIDDEN, "1") | {"PATH": "/usr/bin", "HOME": "/home/somebody"}

    inside = made(model).environment_within(outer)

    assert not set(inside) & set(FORBIDDEN)
    assert inside["PATH"] == "/usr/bin"
    assert inside["HOME"] == "/var/lib/euguard/vllm"


def test_nothing_else_of_a_shell_reaches_the_engine() -> None:
    outer = {"VLLM_LOGGING_LEVEL": "DEBUG", "HTTPS_PROXY": "http://proxy", "PYTHONPATH": "/x"}

    assert made().environment_within(outer) == made().environment


def test_on_loopback_it_names_host_and_port() -> None:
    found = made(listen=Loopback(8000))

    assert ("--host", "127.0.0.1") in set(pairwise(found.argv))
    assert ("--port", "8000") in set(pairwise(found.argv))
    assert "--uds" not in found.argv
    assert "VLLM_RPC_BASE_PATH" not in found.environment


def test_a_switch_that_is_off_is_said_so() -> None:
    echo = SHIPPED["demo-echo"]
    arguments = {**echo.arguments, "enforce-eager": False}
    changed = type(echo)(
        echo.model, echo.floor, echo.pins, echo.memory, arguments, echo.environment
    )

    found = command(
        changed,
        weights=Path("/models/x"),
        listen=SOCKET,
        cache=Path("/cache"),
        executable=Path("/opt/vllm/bin/vllm"),
    )

    assert "--no-enforce-eager" in found.argv
    assert "--enforce-eager" not in found.argv


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "localhost", "192.168.0.1", "127.0.0.2", ""])
def test_there_is_no_listening_on_a_network(host: str) -> None:
    with pytest.raises(ConfigurationError, match="loopback"):
        Loopback(8000, host)


@pytest.mark.parametrize("port", [0, -1, 65_536])
def test_a_port_must_exist(port: int) -> None:
    with pytest.raises(ConfigurationError, match="no TCP port"):
        Loopback(port)


def test_the_path_of_a_socket_is_absolute() -> None:
    with pytest.raises(ConfigurationError, match="not absolute"):
        UnixSocket(Path("vllm.sock"))


@pytest.mark.parametrize(
    "folder, name, fits",
    [
        ("/" + "f" * 69, "s", True),  # 107 bytes with a UUID of vLLM's own
        ("/" + "f" * 70, "s", False),
        ("/f", "s" * 104, True),
        ("/f", "s" * 105, False),
        ("/" + "é" * 35, "s", False),  # bytes count, not characters
    ],
)
def test_a_socket_that_linux_could_not_make_is_refused(folder: str, name: str, fits: bool) -> None:  # noqa: FBT001  (a column of the table)
    path = Path(folder) / name
    if fits:
        assert UnixSocket(path).path == path
    else:
        with pytest.raises(ConfigurationError, match="a Unix socket may have 107"):
            UnixSocket(path)
