"""The demo: the product's whole journey on this machine, with real parts.

    make demo                        on the echo model, which repeats what it was given
    make demo ARGS="--model smollm2" on a small real model, for real sentences
    make demo ARGS="--keep"          leave it running and print a curl line

It uses euguard only as anybody would: its command line, the `openai` client, and for the
verification `audit/verify.py`, which shares no code with euguard.
"""

import argparse
import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
from deploy.demo.engine.process import Engine, Files
from deploy.demo.script import LETTERS, SCENES, SCREENING, Scene
from deploy.demo.show import Row, columns
from deploy.demo.wiretap import Wiretap
from openai import APIStatusError, OpenAI
from rich.console import Console

from euguard.errors import EuguardError
from euguard.serving.command import Command, UnixSocket

REPOSITORY = Path(__file__).resolve().parents[2]
ENGINE = REPOSITORY / ".engine"
EUGUARD = REPOSITORY / ".venv" / "bin" / "euguard"
MODELS = {"echo": "demo-echo", "smollm2": "demo-smollm2"}
READY_SECONDS = 60
ENGINE_SECONDS = 300


class DemoError(Exception):
    """Something did not happen that the demo promises."""


class Clock:
    """Says what happens now, and remembers how long it took."""

    def __init__(self, console: Console) -> None:
        """Take the console to write to."""
        self._console = console
        self.steps: list[tuple[str, float]] = []

    @contextlib.contextmanager
    def step(self, title: str) -> Iterator[None]:
        """Time one step."""
        self._console.print(f"[bold]▶ {title}[/bold]")
        began = time.monotonic()
        yield
        self.steps.append((title, time.monotonic() - began))


def main() -> int:
    """Run the demo; 0 if everything happened as promised."""
    parser = argparse.ArgumentParser(description="euguard's whole journey on real vLLM")
    parser.add_argument("--model", choices=sorted(MODELS), default="echo")
    parser.add_argument("--keep", action="store_true", help="leave everything running")
    parser.add_argument("--state", type=Path, default=REPOSITORY / ".euguard" / "demo")
    arguments = parser.parse_args()
    console = Console(highlight=False, width=None if sys.stdout.isatty() else 140)
    try:
        Demo(console, arguments).run()
    except (DemoError, EuguardError) as error:
        console.print(f"[bold red]the demo failed:[/] {error}")
        return 1
    except KeyboardInterrupt:
        console.print("interrupted; `make demo` goes on from here")
        return 130
    return 0


class Demo:
    """One run."""

    def __init__(self, console: Console, arguments: argparse.Namespace) -> None:
        """Take the console and the arguments."""
        self._console = console
        self._model = MODELS[arguments.model]
        self._weights: str = arguments.model
        self._keep = arguments.keep
        self._state: Path = arguments.state
        self._clock = Clock(console)

    def run(self) -> None:
        """Do everything in order."""
        self._state.mkdir(parents=True, exist_ok=True)
        with contextlib.ExitStack() as stack:
            with self._clock.step("start the model: real vLLM on the CPU (about a minute)"):
                door = self._start_engine(stack)
            tap = stack.enter_context(Wiretap(engine_socket=door))
            with self._clock.step("set up euguard and start the gateway"):
                key = self._set_up(tap)
                port = stack.enter_context(self._gateway(tap))
            with self._clock.step(f"{len(SCENES)} exchanges with the openai client"):
                self._converse(port, key, tap)
            with self._clock.step("verify the log with audit/verify.py, then break a copy"):
                export = self._verify()
            with self._clock.step("write the papers"):
                self._papers()
            self._close(export, port, key)
            if self._keep:
                self._wait()

    # ------------------------------------------------------------------ starting

    def _start_engine(self, stack: contextlib.ExitStack) -> Path:
        """Start vLLM with the command line that euguard prints; return its socket."""
        made = self._euguard(
            "model", "command", self._model,
            "--weights", str(self._weights_folder()),
            "--executable", str(ENGINE / "venv" / "bin" / "vllm"),
            "--socket", str(self._state / "engine" / "vllm.sock"),
            "--cache", str(ENGINE / "cache"),
        )  # fmt: skip
        door = UnixSocket(self._state / "engine" / "vllm.sock")
        files = Files(log=self._state / "engine.log", cache=ENGINE / "cache")
        command = Command(tuple(made["argv"]), made["environment"])
        engine = stack.enter_context(Engine(command, door, files))

        def tell(seconds: float) -> None:
            if int(seconds) % 10 == 0:
                self._console.print(f"  {seconds:.0f} s …")

        took = engine.wait_until_ready(seconds=ENGINE_SECONDS, progress=tell)
        said = self._euguard("model", "accept", self._model, "--socket", str(door.path))
        self._console.print(f"  it answers after {took:.0f} s\n  {said['statement']}")
        return door.path

    def _weights_folder(self) -> Path:
        """Return the model's folder; SmolLM2 is converted at its first use."""
        folder = ENGINE / "models" / self._weights
        if not folder.is_dir():
            self._console.print("  converting the weights of the model, once (about a minute)")
            builder = f"deploy.demo.engine.{self._weights}_model"
            python = ENGINE / "venv" / "bin" / "python"
            made = subprocess.run([python, "-m", builder, folder], check=False, cwd=REPOSITORY)
            if made.returncode != 0:
                msg = f"{builder} did not make {folder}"
                raise DemoError(msg)
        return folder

    def _set_up(self, tap: Wiretap) -> str:
        config = self._state / "euguard.toml"
        config.unlink(missing_ok=True)  # the tap's port differs from run to run
        made = self._euguard(
            "init", "--state", str(self._state / "state"), "--config", str(config),
            "--origin", "demo.invalid/euguard", "--upstream", f"http://127.0.0.1:{tap.port}",
            "--port", str(_free_port(8080)),
        )  # fmt: skip
        (self._state / "log.vkey").write_text(made["log_key"] + "\n")
        created = self._euguard(
            "keys", "create", "--label", "demo", "--purpose", LETTERS, "--purpose", SCREENING,
            "--config", str(config),
        )  # fmt: skip
        return str(created["key"])

    @contextlib.contextmanager
    def _gateway(self, tap: Wiretap) -> Iterator[int]:
        del tap
        log = (self._state / "gateway.log").open("wb")
        process = subprocess.Popen(
            [EUGUARD, "serve", "--config", self._state / "euguard.toml"],
            stdout=log,
            stderr=log,
            start_new_session=True,  # Ctrl-C is for the demo, which then stops the gateway
        )
        try:
            yield self._await_gateway(process)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)
            log.close()

    def _await_gateway(self, process: "subprocess.Popen[bytes]") -> int:
        port = _port(self._state / "euguard.toml")
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline:
            if process.poll() is not None:
                break
            if _ready(port):
                return port
            time.sleep(0.2)
        tail = (self._state / "gateway.log").read_text().splitlines()[-5:]
        msg = "the gateway is not ready; its log ends with\n  " + "\n  ".join(tail)
        raise DemoError(msg)

    # ------------------------------------------------------------------ the journey

    def _converse(self, port: int, key: str, tap: Wiretap) -> None:
        client = OpenAI(base_url=f"http://127.0.0.1:{port}/v1", api_key=key, max_retries=0)
        rows: list[Row] = []
        history: list[dict[str, Any]] = []
        for scene in SCENES:
            history = [*(history if scene.follows else []), *scene.messages]
            before = len(tap.bodies())
            answer = self._ask(client, scene, history)
            seen = tap.bodies()[before:]
            history.append({"role": "assistant", "content": answer})
            self._check(scene, answer, seen)
            rows.append(Row(scene.title, _said(scene.messages), _said_to_model(seen), answer))
        self._console.print(columns(rows))

    def _ask(self, client: OpenAI, scene: Scene, messages: list[Any]) -> str:
        create: Any = client.chat.completions.create
        request = {
            "model": self._model,
            "messages": messages,
            "max_tokens": 120,
            "stream": scene.stream,
            "extra_headers": {"X-Euguard-Purpose": scene.purpose},
            "extra_body": {k: v for k, v in scene.extra if k != "tools"},
            **{k: v for k, v in scene.extra if k == "tools"},
        }
        try:
            reply = create(**request)
            if scene.stream:
                return "".join(c.choices[0].delta.content or "" for c in reply)
            message = reply.choices[0].message
        except APIStatusError as error:
            return f"{error.status_code} {error.code}: {error.body['message']}"  # type: ignore[index]  # an object in OpenAI's shape
        if message.tool_calls:
            call = message.tool_calls[0].function
            return f"[tool call] {call.name}({call.arguments})"
        return str(message.content)

    def _check(self, scene: Scene, answer: str, seen: list[dict[str, Any]]) -> None:
        if scene.refused is not None:
            if scene.refused not in answer or seen:
                msg = f"“{scene.title}” should have been refused, and nothing sent"
                raise DemoError(msg)
            return
        if len(seen) != 1:
            msg = f"“{scene.title}” did not reach the model: {answer}"
            raise DemoError(msg)
        raw = orjson.dumps(seen).decode()
        leaked = [value for value in scene.secrets if value in raw]
        lost = [v for v in scene.secrets if self._weights == "echo" and v not in answer]
        if leaked or lost:
            msg = f"“{scene.title}”: {len(leaked)} values leaked, {len(lost)} were not restored"
            raise DemoError(msg)

    def _verify(self) -> Path:
        export = self._state / "export.zip"
        for old in (export, export.with_name("export.zip.note")):
            old.unlink(missing_ok=True)
        self._euguard("audit", "export", str(export), "--config", str(self._state / "euguard.toml"))
        sound = self._independent(export)
        self._console.print(_indented(sound.stdout))
        if sound.returncode != 0:
            msg = "audit/verify.py does not accept the export"
            raise DemoError(msg)
        broken = self._break(export)
        caught = self._independent(broken)
        self._console.print("  one bit of a copy flipped, and verified again:")
        self._console.print(_indented(caught.stdout))
        if caught.returncode != 5:  # noqa: PLR2004 - the exit code that audit/SPEC.md gives
            msg = "the flipped bit was not caught"
            raise DemoError(msg)
        return export

    def _break(self, export: Path) -> Path:
        broken = self._state / "broken.zip"
        shutil.copyfile(export.with_name("export.zip.note"), self._state / "broken.zip.note")
        data = bytearray(export.read_bytes())
        data[data.index(b'"outcome":"completed"') + 11] ^= 1  # one letter of a record
        broken.write_bytes(data)
        return broken

    def _independent(self, export: Path) -> "subprocess.CompletedProcess[str]":
        verifier = REPOSITORY / "audit" / "verify.py"
        key = (self._state / "log.vkey").read_text().strip()
        return subprocess.run(
            [sys.executable, "-I", verifier, export, "--key", key],
            capture_output=True, text=True, check=False,
        )  # fmt: skip

    def _papers(self) -> None:
        config = str(self._state / "euguard.toml")
        papers = self._state / "papers"
        self._euguard("documents", "build", str(papers), "--config", config)
        gaps = self._euguard("documents", "gaps", "--config", config)["gaps"]
        self._console.print(f"  {len(gaps)} gaps that only a person can fill, for example:")
        for gap in gaps[:3]:
            self._console.print(f"    {gap['article']}: {gap['what']} (owner: {gap['owner']})")

    def _close(self, export: Path, port: int, key: str) -> None:
        self._console.print("\n[bold]where everything is[/bold]")
        for what, path in (
            ("papers", self._state / "papers" / "index.html"),
            ("export", export),
            ("its signature", export.with_name("export.zip.note")),
            ("the log's public key", self._state / "log.vkey"),
            ("gateway log", self._state / "gateway.log"),
            ("engine log", self._state / "engine.log"),
        ):
            self._console.print(f"  {what:<22} {os.path.relpath(path)}")
        self._console.print("\n[bold]how long it took[/bold]")
        for title, seconds in self._clock.steps:
            self._console.print(f"  {seconds:6.1f} s  {title}")
        if self._keep:
            self._console.print(f"\n[bold]try it[/bold]\n{_curl(port, key, self._model)}")

    def _wait(self) -> None:
        self._console.print("\nrunning until Ctrl-C")
        with contextlib.suppress(KeyboardInterrupt):
            signal.pause()

    def _euguard(self, *arguments: str) -> dict[str, Any]:
        done = subprocess.run(
            [EUGUARD, *arguments, "--json"], capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            msg = f"euguard {' '.join(arguments[:2])}: {done.stdout.strip()} {done.stderr.strip()}"
            raise DemoError(msg)
        value: dict[str, Any] = orjson.loads(done.stdout)
        return value


def _said(messages: tuple[dict[str, Any], ...]) -> str:
    parts = []
    for message in messages:
        content = message["content"]
        pieces = (
            [content] if isinstance(content, str) else [p.get("text", "[image]") for p in content]
        )
        parts.extend(pieces)
    return "\n".join(parts)


def _said_to_model(seen: list[dict[str, Any]]) -> str:
    if not seen:
        return "— nothing was sent —"
    return _said(tuple(m for m in seen[0]["messages"] if m["role"] == "user" and m["content"])[-1:])


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.rstrip().splitlines())


def _curl(port: int, key: str, model: str) -> str:
    body = f'{{"model":"{model}","messages":[{{"role":"user","content":"Dear Anna Kowalska"}}]}}'
    return (
        f"curl -s http://127.0.0.1:{port}/v1/chat/completions -H 'Authorization: Bearer {key}' "
        f"-H 'X-Euguard-Purpose: {LETTERS}' -H 'Content-Type: application/json' -d '{body}'"
    )


def _free_port(wanted: int) -> int:
    for port in (wanted, 0):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return int(probe.getsockname()[1])
    msg = "no free port"
    raise DemoError(msg)


def _port(config: Path) -> int:
    line = next(x for x in config.read_text().splitlines() if x.startswith("port"))
    return int(line.partition("=")[2])


def _ready(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1) as probe:
        probe.sendall(b"GET /readyz HTTP/1.1\r\nHost: demo\r\nConnection: close\r\n\r\n")
        return probe.recv(64).startswith(b"HTTP/1.1 200")
    return False


if __name__ == "__main__":
    sys.exit(main())
