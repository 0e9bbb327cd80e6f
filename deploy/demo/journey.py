"""The product's whole journey on this machine, with real parts, from the model to the papers.

It uses euguard only as anybody would: its command line, the `openai` client, and for the
verification `audit/verify.py`, which shares no code with euguard.
"""

import contextlib
import os
import shlex
import shutil
import signal
import socket
import subprocess
from pathlib import Path

import orjson
from deploy.demo.engine.process import Engine, Files
from deploy.demo.gateway import gateway
from deploy.demo.kit import REPOSITORY, DemoError, euguard
from deploy.demo.models import MODELS, permit
from deploy.demo.proof import Proof
from deploy.demo.script import LETTERS, SCENES, SCREENING
from deploy.demo.show import Page
from deploy.demo.talk import Exchange, converse
from deploy.demo.wiretap import Wiretap
from openai import OpenAI

from euguard.serving.command import Command, UnixSocket

ENGINE = REPOSITORY / ".engine"
ENGINE_SECONDS = 300
LABEL = "demo"
_TOLD_EVERY_SECONDS = 10


class Journey:
    """One run."""

    def __init__(self, page: Page, state: Path, model: str) -> None:
        """Take the page to write on, the folder to keep everything in, and the model's name."""
        self._page = page
        self._state = state
        self._name = model
        self._model = MODELS[model]
        self._config = state / "euguard.toml"
        self._door = UnixSocket(state / "engine" / "vllm.sock")
        self._proof = Proof(state, self._config)
        self._scenes = SCENES
        self._exchanges: list[Exchange] = []
        self._broken: list[str] = []

    def run(self, *, keep: bool) -> bool:
        """Do everything in order; return whether it all happened as promised."""
        with contextlib.ExitStack() as stack:
            with self._page.step("start the model: real vLLM on the CPU (about a minute)"):
                self._start_engine(stack)
            with self._page.step("set up euguard and start the gateway"):
                tap = stack.enter_context(Wiretap(self._door.path))
                key = self._set_up(tap)
                log = self._state / "gateway.log"
                port = stack.enter_context(gateway(self._config, log))
            with self._page.step(f"{len(self._scenes)} exchanges with the openai client"):
                self._converse(port, key, tap)
            with self._page.step("verify the log with audit/verify.py, then break a copy"):
                self._broken.extend(self._proof.show(self._page))
            with self._page.step("write the papers"):
                self._papers()
            self._tell()
            if keep and not self._broken:
                self._wait(port, key)
        return not self._broken

    # ------------------------------------------------------------------ starting

    def _start_engine(self, stack: contextlib.ExitStack) -> None:
        """Start vLLM with the command line that euguard prints."""
        made = euguard(
            "model", "command", self._model.id,
            "--weights", self._weights(),
            "--executable", ENGINE / "venv" / "bin" / "vllm",
            "--socket", self._door.path,
            "--cache", ENGINE / "cache",
        )  # fmt: skip
        command = Command(tuple(made["argv"]), made["environment"])
        if "--tool-call-parser" not in command.argv:
            self._scenes = tuple(scene for scene in SCENES if not scene.calls_tools)
        files = Files(log=self._state / "engine.log", cache=ENGINE / "cache")
        engine = stack.enter_context(Engine(command, self._door, files))
        took = engine.wait_until_ready(seconds=ENGINE_SECONDS, progress=self._waiting)
        said = euguard("model", "accept", self._model.id, "--socket", self._door.path)
        self._page.say(f"it answers after {took:.0f} s\n{said['statement']}")

    def _waiting(self, seconds: float) -> None:
        if int(seconds) % _TOLD_EVERY_SECONDS == 0:
            self._page.say(f"{seconds:.0f} s …")

    def _weights(self) -> Path:
        """Return the model's folder; SmolLM2 is converted at its first use."""
        folder = ENGINE / "models" / self._name
        if folder.is_dir():
            return folder
        self._page.say("the weights of this model are made, once (two minutes)")
        builder = f"deploy.demo.engine.{self._name}_model"
        log = self._state / "weights.log"  # warnings and progress bars of the libraries
        with (
            log.open("wb") as errors,
            subprocess.Popen(
                [ENGINE / "venv" / "bin" / "python", "-m", builder, folder],
                stdout=subprocess.PIPE, stderr=errors, text=True, cwd=REPOSITORY,
            ) as running,
        ):  # fmt: skip
            assert running.stdout is not None
            for line in running.stdout:
                self._page.say(line)
        if running.returncode != 0:
            tail = "\n  ".join(log.read_text(errors="replace").splitlines()[-5:])
            msg = f"{builder} did not make {folder}; the end of {log}:\n  {tail}"
            raise DemoError(msg)
        return folder

    def _set_up(self, tap: Wiretap) -> str:
        """Make or renew the installation; return an API key, the only valid one of the demo."""
        # The ports differ from run to run, and the policies are those of this version.
        self._config.unlink(missing_ok=True)
        shutil.rmtree(self._state / "state" / "policies", ignore_errors=True)
        made = euguard(
            "init", "--state", self._state / "state", "--config", self._config,
            "--origin", "demo.invalid/euguard", "--upstream", f"http://127.0.0.1:{tap.port}",
            "--port", _free_port(8080),
        )  # fmt: skip
        permit(self._model.id, self._state / "state" / "policies")
        self._proof.key.write_text(made["log_key"] + "\n", encoding="ascii")
        configured = ("--config", self._config)
        for old in euguard("keys", "list", *configured)["keys"]:
            if old["label"] == LABEL and not old["revoked"]:
                euguard("keys", "revoke", old["id"], *configured)
        purposes = ("--purpose", LETTERS, "--purpose", SCREENING)
        return str(euguard("keys", "create", "--label", LABEL, *purposes, *configured)["key"])

    # ------------------------------------------------------------------ the journey

    def _converse(self, port: int, key: str, tap: Wiretap) -> None:
        self._page.say(self._model.about)
        for scene in SCENES:
            if scene not in self._scenes:
                self._page.say(f"Left out: “{scene.title}”; {self._model.id} calls no tools.")
        url = f"http://127.0.0.1:{port}/v1"
        with OpenAI(base_url=url, api_key=key, max_retries=0) as client:
            self._exchanges = converse(client, self._model, self._scenes, tap)
        self._page.table([exchange.row() for exchange in self._exchanges])
        faults = (exchange.fault(echoes=self._model.echoes) for exchange in self._exchanges)
        self._broken.extend(fault for fault in faults if fault)

    def _papers(self) -> None:
        euguard("documents", "build", self._state / "papers", "--config", self._config)
        if not self._index.is_file():
            self._broken.append(f"{self._index} was not written")
        gaps = euguard("documents", "gaps", "--config", self._config)["gaps"]
        self._page.say(f"{len(gaps)} gaps that only a person can fill, for example:")
        for gap in gaps[:3]:
            self._page.say(f"  {gap['article']}: {gap['what']} (owner: {gap['owner']})")

    @property
    def _index(self) -> Path:
        return self._state / "papers" / "index.html"

    # ------------------------------------------------------------------ the end

    def _tell(self) -> None:
        self._page.heading("where everything is")
        for what, path in (
            ("papers", self._index),
            ("export", self._proof.export),
            ("its signature", self._proof.export.with_name("export.zip.note")),
            ("the log's public key", self._proof.key),
            ("the broken copy", self._proof.broken),
            ("gateway log", self._state / "gateway.log"),
            ("engine log", self._state / "engine.log"),
        ):
            self._page.say(f"{what:<22} {os.path.relpath(path)}")
        self._page.heading("verify the export yourself")
        self._page.command(self._proof.command())
        self._page.heading("how long it took")
        for title, seconds in self._page.steps:
            self._page.say(f"{seconds:6.1f} s  {title}")
        self._page.say(f"{'once':>8}  install the packages, before all this; not counted here")
        if self._broken:
            self._page.verdict("NOT AS PROMISED: " + "; ".join(self._broken), good=False)
        else:
            self._page.verdict("ALL AS PROMISED: " + self._promise(), good=True)

    def _promise(self) -> str:
        answered = [each.scene for each in self._exchanges if each.scene.refused is None]
        values = sum(len(scene.personal_data) for scene in answered)
        back = " and came back in the answers" if self._model.echoes else ""
        return (
            f"{values} names, numbers and addresses in {len(answered)} messages did not reach the "
            f"model{back}; {len(self._exchanges) - len(answered)} requests were refused and not "
            "sent; the export verifies, and a flipped bit in it was found; the papers are written."
        )

    def _wait(self, port: int, key: str) -> None:
        self._page.heading("try it")
        self._page.command(_curl(port, key, self._model.id))
        self._page.heading("running until Ctrl-C")
        with contextlib.suppress(KeyboardInterrupt):
            signal.pause()
        self._page.say("stopping …")


def _curl(port: int, key: str, model: str) -> str:
    message = {"role": "user", "content": "Dear Anna Kowalska, your permit is ready."}
    body = orjson.dumps({"model": model, "messages": [message]}).decode()
    words = ["curl", "-s", f"http://127.0.0.1:{port}/v1/chat/completions"]
    for header in (
        f"Authorization: Bearer {key}",
        f"X-Euguard-Purpose: {LETTERS}",
        "Content-Type: application/json",
    ):
        words += ["-H", header]
    return shlex.join([*words, "-d", body])


def _free_port(wanted: int) -> str:
    for port in (wanted, 0):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return str(probe.getsockname()[1])
    msg = "no free port"
    raise DemoError(msg)
