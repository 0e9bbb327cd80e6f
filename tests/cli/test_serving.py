"""`euguard serving`: what fits, the weights on disk, and an engine that does not keep its word."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import orjson
import pytest

from commands import as_json, run

# ------------------------------------------------------------------ what fits


def test_all_profiles_of_the_model_that_the_purposes_use_are_in_one_table(tmp_path: Path) -> None:
    told = run("serving", "plan", cwd=tmp_path).stdout.splitlines()

    assert told[0].startswith("mistral-small-3.2 on 79.11 GiB")
    assert [line.split()[0] for line in told[2:7]] == [
        *("bf16", "fp8", "long-context", "many-users", "lora"),
    ]


def test_one_profile_is_told_part_by_part(tmp_path: Path) -> None:
    plan = as_json("serving", "plan", "--profile", "lora", cwd=tmp_path)

    names = [part["name"] for part in plan["parts"]]
    assert names[:4] == [
        *("weights: decoder", "weights: embeddings and norms", "weights: vision encoder"),
        "adapters",
    ]
    assert plan["contexts"] == {"8192": 17, "16384": 8, "32768": 4}
    assert sum(part["bytes"] for part in plan["parts"]) + plan["key_value_bytes"] == int(
        79.11 * 0.92 * 2**30
    )


def test_a_profile_that_does_not_fit_is_refused_with_those_that_do(tmp_path: Path) -> None:
    refused = as_json("serving", "plan", "--profile", "bf16", "--memory-gib", "47.5", cwd=tmp_path)

    assert (refused["exit"], refused["error"]["code"]) == (3, "model_does_not_fit")
    assert "6.5 GiB are missing" in refused["error"]["message"]
    assert refused["error"]["fix"].endswith("profiles that fit: fp8, long-context, many-users")


def test_a_card_on_which_nothing_fits_is_refused(tmp_path: Path) -> None:
    refused = as_json("serving", "plan", "--memory-gib", "23.6", cwd=tmp_path)

    assert (refused["exit"], refused["error"]["code"]) == (3, "model_does_not_fit")
    assert refused["error"]["fix"].endswith("no profile fits")


def test_a_card_on_which_some_fit_says_which_do_not(tmp_path: Path) -> None:
    plan = as_json("serving", "plan", "--memory-gib", "47.5", cwd=tmp_path)

    fits = {one["profile"]: one["fits"] for one in plan["profiles"]}
    assert fits == {
        "bf16": False,
        "fp8": True,
        "long-context": True,
        "many-users": True,
        "lora": False,
    }
    assert "does not fit" in run("serving", "plan", "--memory-gib", "47.5", cwd=tmp_path).stdout


@pytest.mark.parametrize("gib", ["much", "0", "-1", "NaN"])
def test_memory_is_a_number_of_gib(tmp_path: Path, gib: str) -> None:
    assert as_json("serving", "plan", "--memory-gib", gib, cwd=tmp_path)["exit"] == 2


def test_a_plan_for_weights_of_another_model_names_file_and_field(tmp_path: Path) -> None:
    (tmp_path / "params.json").write_bytes(
        orjson.dumps(
            {
                "n_layers": 4,
                "dim": 192,
                "n_heads": 24,
                "n_kv_heads": 2,
                "head_dim": 256,
                "hidden_dim": 64,
                "vocab_size": 131_072,
            }
        )
    )

    refused = as_json("serving", "plan", "--weights", str(tmp_path), cwd=tmp_path)

    assert refused["exit"] == 3
    assert "params.json: n_layers is 4, and the profile says 40" in refused["error"]["message"]


# ------------------------------------------------------------------ the weights


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "consolidated.safetensors").write_bytes(b"w" * 100_000)
    (folder / "params.json").write_bytes(b"{}")
    made = as_json("serving", "manifest", str(folder), "--model", "m", cwd=tmp_path)
    assert (made["exit"], made["files"], made["bytes"]) == (0, 2, 100_002)
    return folder


def verify(weights: Path, *options: str) -> dict[str, object]:
    return as_json("serving", "verify-weights", str(weights), *options, cwd=weights.parent)


def test_weights_are_checked_in_full_and_then_quickly(weights: Path) -> None:
    early = verify(weights, "--quick")
    full, quick = verify(weights), verify(weights, "--quick")

    assert (early["exit"], early["error"]["code"]) == (3, "configuration_invalid")  # type: ignore[index]
    assert (full["exit"], full["bytes_read"]) == (0, 100_002)
    assert (quick["exit"], quick["bytes_read"]) == (0, 0)
    assert full["digest"] == quick["digest"]
    assert not (weights.parent / "model.checked.partial").exists()


def test_a_tampered_file_is_named_and_its_good_record_is_gone(weights: Path) -> None:
    verify(weights)
    with (weights / "consolidated.safetensors").open("r+b") as file:
        file.write(b"x")

    for options in (("--quick",), ()):
        refused = verify(weights, *options)
        assert refused["exit"] == 5
        assert refused["error"]["code"] == "weights_invalid"  # type: ignore[index]
        assert "consolidated.safetensors" in refused["error"]["message"]  # type: ignore[index]
    assert verify(weights, "--quick")["exit"] == 3


def test_an_added_and_a_missing_file_are_named_before_anything_is_read(weights: Path) -> None:
    (weights / "params.json").rename(weights / "tokenizer.py")

    refused = verify(weights)

    assert refused["exit"] == 5
    assert refused["error"]["message"] == (  # type: ignore[index]
        "weights: params.json: missing; tokenizer.py: not in the manifest"
    )


def test_manifest_and_record_may_lie_elsewhere(weights: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (tmp_path / "model.manifest.json").rename(elsewhere / "m.json")
    options = ("--manifest", str(elsewhere / "m.json"), "--record", str(elsewhere / "c.json"))

    assert verify(weights)["exit"] == 3
    assert verify(weights, *options)["exit"] == 0
    assert (elsewhere / "c.json").exists()


# ------------------------------------------------------------------ the running engine


class Broken(BaseHTTPRequestHandler):
    """An engine that tells the right name and version, and cannot answer a chat."""

    def do_GET(self) -> None:
        told = {
            "/v1/models": {"data": [{"id": "demo-smollm2", "max_model_len": 4096}]},
            "/version": {"version": "0.33.0"},
        }
        self._send(200, told[self.path])

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self._send(404 if "lora" in self.path else 500, {})

    def _send(self, status: int, value: object) -> None:
        body = orjson.dumps(value)
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
        del format, args


@pytest.fixture(scope="module")
def port() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Broken) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield str(server.server_port)
        server.shutdown()
        thread.join()


def test_an_engine_that_is_up_and_cannot_compute_fails_the_smoke_test(
    port: str, tmp_path: Path
) -> None:
    (tmp_path / "log").write_text("started\n")

    found = as_json(
        *("serving", "smoke", "--model", "demo-smollm2", "--port", port, "--log", "log"),
        cwd=tmp_path,
    )

    passed = {one["name"]: one["passed"] for one in found["checks"]}
    assert found["exit"] == 4
    assert passed == {
        "chat": False,
        "stream": False,
        "json-schema": False,
        "cache-salt": False,
        "adapters": True,
        "log": True,
    }


def test_a_log_that_is_not_there_is_said_before_anything_is_asked(
    port: str, tmp_path: Path
) -> None:
    refused = as_json(
        *("serving", "smoke", "--model", "demo-smollm2", "--port", port, "--log", "no"),
        cwd=tmp_path,
    )

    assert refused["exit"] == 3


def test_another_model_than_the_profiles_is_not_smoked(port: str, tmp_path: Path) -> None:
    refused = as_json("serving", "smoke", "--port", port, cwd=tmp_path)

    assert refused["exit"] == 3
    assert "not mistral-small-3.2" in refused["error"]["message"]


BENCH = """#!/bin/sh
for word; do
  case $last in --num-prompts) n=$word;; --result-dir) d=$word;; esac; last=$word
done
cat > "$d/result.json" <<END
{"completed": $n, "duration": 1.5, "total_input_tokens": 100, "output_throughput": 10.0,
 "median_ttft_ms": 5.0, "p99_ttft_ms": 6.0, "median_tpot_ms": 20.0, "p99_tpot_ms": 30.0}
END
"""
"""A stand-in for bin/vllm; the real one is measured in tests/engine."""


def accept(port: str, folder: Path, *options: str) -> dict[str, object]:
    fake = folder / "vllm"
    fake.write_text(BENCH)
    fake.chmod(0o700)
    return as_json(
        *("serving", "accept", "--model", "demo-smollm2", "--port", port, "--weights", "."),
        *("--executable", str(fake), "--output", "e.json", *options),
        cwd=folder,
    )


def test_figures_are_kept_as_evidence(port: str, tmp_path: Path) -> None:
    told = accept(port, tmp_path)

    evidence = orjson.loads((tmp_path / "e.json").read_bytes())
    assert told["exit"] == 0
    assert evidence["format"] == "euguard-serving-acceptance-1"
    assert [one["run"] for one in evidence["runs"]] == ["writing", "reading", "load"]
    assert evidence["card"] == {"name": None, "known": False}
    assert evidence["findings"] == []


def test_a_card_that_is_far_from_its_line_is_a_finding(port: str, tmp_path: Path) -> None:
    told = accept(port, tmp_path, "--card", "NVIDIA H100 80GB HBM3")

    evidence = orjson.loads((tmp_path / "e.json").read_bytes())
    assert told["exit"] == 4
    assert evidence["card"]["memory_gb_per_s"] == 3350
    assert evidence["card"]["source"]
    assert evidence["findings"][0].startswith("writing: 0% of what the card could do")


def test_a_card_without_figures_cannot_be_named(port: str, tmp_path: Path) -> None:
    refused = accept(port, tmp_path, "--card", "abacus")

    assert refused["exit"] == 3
    assert not (tmp_path / "e.json").exists()
