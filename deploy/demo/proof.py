"""The export, verified by a program that shares no code with euguard; and a broken copy of it."""

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from deploy.demo.kit import REPOSITORY, euguard
from deploy.demo.show import Page

VERIFIER = REPOSITORY / "audit" / "verify.py"
FAILED = 5
"""The exit code that audit/SPEC.md gives to an export that does not verify."""


class Proof:
    """An export of the log, and what the verifier says of it."""

    def __init__(self, state: Path, config: Path) -> None:
        """Take the demo's folder and the gateway's settings file."""
        self.export = state / "export.zip"
        self.broken = state / "broken.zip"
        self.key = state / "log.vkey"
        self._config = config

    def show(self, page: Page) -> Iterator[str]:
        """Verify the export, then a copy with one bit flipped; yield what is not as promised."""
        self._write()
        code, said = self._verify(self.export)
        page.say(said)
        if code != 0:
            yield "audit/verify.py does not accept the export"
        self._break()
        code, said = self._verify(self.broken)
        page.heading("one bit of a copy flipped, and verified again")
        page.say(said)
        if code != FAILED:
            yield "audit/verify.py did not find the flipped bit"

    def command(self) -> str:
        """Return the verification as a command to paste."""
        verifier, export, key = (
            shlex.quote(os.path.relpath(path)) for path in (VERIFIER, self.export, self.key)
        )
        return f'python3 {verifier} {export} --key "$(cat {key})"'

    def _write(self) -> None:
        for old in (self.export, _note(self.export)):
            old.unlink(missing_ok=True)
        euguard("audit", "export", self.export, "--config", self._config)

    def _break(self) -> None:
        shutil.copyfile(_note(self.export), _note(self.broken))
        data = bytearray(self.export.read_bytes())
        data[data.index(b'"outcome":"completed"') + 11] ^= 1  # one letter of a record
        self.broken.write_bytes(data)

    def _verify(self, export: Path) -> tuple[int, str]:
        key = self.key.read_text(encoding="ascii").strip()
        done = subprocess.run(
            [sys.executable, "-I", VERIFIER, export, "--key", key],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        return done.returncode, done.stdout


def _note(export: Path) -> Path:
    return export.with_name(f"{export.name}.note")
