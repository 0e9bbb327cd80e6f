"""`euguard model`: which policies it uses, what fits, and what the engine shows."""

import shutil
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import orjson
import pytest

from commands import as_json, run
from euguard.policy import shipped

ANSWERS = {
    "/v1/models": {"data": [{"id": "demo-echo", "max_model_len": 4096}]},
    "/version": {"version": "0.33.0"},
}
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


class Engine(BaseHTTPRequestHandler):
    """What an engine says of itself."""

    def do_GET(self) -> None:
        body = orjson.dumps(ANSWERS[self.path])
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
        del format, args


@pytest.fixture(scope="module")
def port() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), Engine) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield str(server.server_port)
        server.shutdown()
        thread.join()


def weights(folder: Path, **changes: int) -> str:
    (folder / "params.json").write_bytes(orjson.dumps({**SHAPE, **changes}))
    return str(folder)


def vllm(folder: Path, mistral_common: str) -> str:
    site = folder / "lib" / "python3.12" / "site-packages"
    metadata = site / f"mistral_common-{mistral_common}.dist-info" / "METADATA"
    metadata.parent.mkdir(parents=True)
    metadata.write_text(f"Metadata-Version: 2.1\nName: mistral_common\nVersion: {mistral_common}\n")
    (folder / "bin").mkdir()
    (folder / "bin" / "vllm").touch()
    return str(folder / "bin" / "vllm")


def test_an_engine_is_accepted_with_what_lies_on_its_disk(port: str, tmp_path: Path) -> None:
    accepted = as_json(
        *("model", "accept", "demo-echo", "--port", port),
        *("--weights", weights(tmp_path), "--executable", vllm(tmp_path, "1.12.0")),
        cwd=tmp_path,
    )

    assert accepted["exit"] == 0, accepted
    assert accepted["checked"] == ["shape of the weights", "mistral_common 1.12.0"]


def test_weights_of_another_shape_are_not(port: str, tmp_path: Path) -> None:
    refused = as_json(
        *("model", "accept", "demo-echo", "--port", port, "--weights", weights(tmp_path, dim=7)),
        cwd=tmp_path,
    )

    assert refused["exit"] == 3
    assert "params.json: dim is 7, and the profile says 192" in refused["error"]["message"]


def test_another_package_beside_the_engine_is_not(port: str, tmp_path: Path) -> None:
    executable = vllm(tmp_path, "1.13.0")

    refused = as_json(
        *("model", "accept", "demo-echo", "--port", port, "--executable", executable),
        cwd=tmp_path,
    )

    assert refused["exit"] == 3
    assert "mistral_common is '1.13.0', not 1.12.0" in refused["error"]["message"]


@pytest.fixture
def small_card(tmp_path: Path) -> str:
    """Return a folder of policies in which the 24B model is on a card of 24 GB."""
    folder = tmp_path / "policies"
    shutil.copytree(shipped.folder(), folder)
    model = folder / "models" / "mistral-small-3.2.yaml"
    model.write_text(model.read_text().replace('    gib: "79.11"', '    gib: "24"'))
    return str(folder)


def test_no_command_is_made_for_a_model_that_does_not_fit(tmp_path: Path, small_card: str) -> None:
    refused = as_json(
        *("model", "command", "mistral-small-3.2", "--weights", "w", "--socket", "s"),
        *("--policies", small_card),
        cwd=tmp_path,
    )

    assert refused["exit"] == 3
    assert refused["error"]["code"] == "model_does_not_fit"
    assert "GiB are missing" in refused["error"]["message"]


def test_a_profile_is_chosen_by_its_name(tmp_path: Path) -> None:
    made = as_json(
        *("model", "command", "mistral-small-3.2", "--weights", "w", "--socket", "s"),
        *("--profile", "long-context"),
        cwd=tmp_path,
    )

    assert made["profile"] == "long-context"
    assert "--quantization fp8_per_channel" in " ".join(made["argv"])
    assert "--max-model-len 131072" in " ".join(made["argv"])


def test_an_adapter_without_a_model_file_is_not_served(tmp_path: Path) -> None:
    folder = tmp_path / "policies"
    shutil.copytree(shipped.folder(), folder)
    model = folder / "models" / "mistral-small-3.2.yaml"
    listed = "adapters: [{model: legal, rank: 16}]"
    model.write_text(model.read_text().replace("adapters: []", listed))

    refused = as_json(
        *("serving", "plan", "--profile", "lora", "--policies", str(folder)), cwd=tmp_path
    )

    assert refused["exit"] == 3
    assert "profile lora: adapter legal has no file" in refused["error"]["message"]


@pytest.mark.parametrize(
    "command",
    [
        ("policy", "check"),
        ("policy", "test"),
        ("model", "list"),
        ("serving", "plan"),
        ("model", "command", "mistral-small-3.2", "--weights", "w", "--socket", "s"),
    ],
    ids=lambda command: " ".join(command[:2]),
)
def test_the_policies_of_the_installation_are_used_and_named(
    home: Path, tmp_path: Path, command: tuple[str, ...]
) -> None:
    own = str(home / "euguard-state" / "policies")
    elsewhere = {"EUGUARD_CONFIG": str(home / "euguard.toml")}

    assert as_json(*command, cwd=home)["folder"] == own
    assert as_json(*command, cwd=tmp_path, **elsewhere)["folder"] == own
    assert as_json(*command, cwd=tmp_path)["folder"] == str(shipped.folder())
    assert own in run(*command, cwd=home).stdout
