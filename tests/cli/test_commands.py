"""The command line as a new user meets it."""

import subprocess
import sys
from pathlib import Path

import orjson
import pytest

from commands import as_json, run

ROOT = Path(__file__).parents[2]
GOOD = ROOT / "audit" / "vectors" / "good"

COMMANDS = [
    ("init",),
    ("serve",),
    ("keys", "create"),
    ("keys", "list"),
    ("keys", "revoke"),
    ("audit", "adopt"),
    ("audit", "export"),
    ("audit", "verify"),
    ("audit", "key"),
    ("audit", "status"),
    ("policy", "check"),
    ("policy", "test"),
    ("documents", "build"),
    ("documents", "gaps"),
    ("model", "list"),
    ("model", "plan"),
    ("model", "command"),
    ("model", "accept"),
]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_has_help_and_json(command: tuple[str, ...]) -> None:
    done = run(*command, "--help")

    assert done.returncode == 0
    assert "--json" in done.stdout


def test_help_lists_every_group(home: Path) -> None:
    text = run("--help", cwd=home).stdout

    assert [name for name in ("init", "serve", "keys", "audit", "policy") if name not in text] == []


def test_a_key_is_shown_once_and_revoked_once(home: Path) -> None:
    made = as_json("keys", "create", "--purpose", "drafting-letters", "--label", "a", cwd=home)
    listed = as_json("keys", "list", cwd=home)["keys"]
    first = as_json("keys", "revoke", made["id"], cwd=home)
    second = as_json("keys", "revoke", made["id"], cwd=home)

    assert made["key"].startswith("eg_")
    assert made["key"] not in orjson.dumps(listed).decode()
    assert first["revoked"] is True
    assert second["exit"] == 3


def test_a_key_for_an_unknown_purpose_is_refused_with_the_known_ones(home: Path) -> None:
    done = run("keys", "create", "--purpose", "drafting", "--label", "a", cwd=home)

    assert done.returncode == 3
    assert "drafting-letters" in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize(
    "arguments, code",
    [
        (("keys", "list"), 3),
        (("serve",), 3),
        (("audit", "status"), 3),
        (("documents", "gaps"), 3),
        (("audit", "verify", "nothing.zip"), 2),
        (("audit", "verify", "x", "--key", "nonsense"), 2),
        (("policy", "check", "nowhere"), 3),
        (("model", "plan", "gpt-5"), 3),
        (("no-such-command",), 2),
        (("keys", "create"), 2),
        (("audit", "verify"), 2),
    ],
)
def test_a_mistake_ends_with_its_exit_code_and_no_traceback(
    tmp_path: Path, arguments: tuple[str, ...], code: int
) -> None:
    done = run(*arguments, cwd=tmp_path)

    assert done.returncode == code
    assert "Traceback" not in done.stderr
    assert done.stderr
    assert done.stdout == ""


def test_an_error_in_json_is_one_object_on_stdout(tmp_path: Path) -> None:
    done = run("keys", "list", "--json", cwd=tmp_path)

    assert orjson.loads(done.stdout)["error"]["code"] == "configuration_invalid"
    assert done.stderr == ""


@pytest.mark.parametrize(
    "text, expected",
    [
        ("state = \norigin = 'o'", "line 1"),
        ("state = 'x'", "origin"),
        ("state = 'x'\norigin = 'o'\nport = 'http'", "port"),
        ("state = 'x'\norigin = 'o'\nprot = 1", "prot"),
        ("state = 'x'\norigin = 'Not An Origin'", "origin"),
    ],
)
def test_a_wrong_settings_file_says_which_setting(tmp_path: Path, text: str, expected: str) -> None:
    (tmp_path / "euguard.toml").write_text(text)

    done = run("keys", "list", cwd=tmp_path)

    assert done.returncode == 3
    assert expected in done.stderr


def test_a_password_in_a_database_url_is_never_printed(tmp_path: Path) -> None:
    secret = "correct-horse"
    url = f"mysql://euguard:{secret}@localhost/x"
    (tmp_path / "euguard.toml").write_text(
        f"state = '{tmp_path}/s'\norigin = 'o.example/log'\ndatabase = '{url}'\n"
    )

    done = run("init", "--state", "s", cwd=tmp_path)

    assert done.returncode == 3
    assert secret not in done.stdout + done.stderr


def test_an_environment_variable_wins_over_the_file(home: Path) -> None:
    done = run("serve", "--check", cwd=home, EUGUARD_POLICIES="/nowhere")

    assert done.returncode == 3
    assert "/nowhere" in done.stderr


def test_serve_check_starts_nothing(home: Path) -> None:
    assert as_json("serve", "--check", cwd=home)["settings"] == "valid"


def test_the_24b_model_has_a_plan_and_a_command(home: Path) -> None:
    plan = as_json("model", "plan", "mistral-small-3.2", cwd=home)
    made = as_json(
        "model",
        "command",
        "mistral-small-3.2",
        "--weights",
        "w",
        "--socket",
        "s/vllm.sock",
        cwd=home,
    )

    assert plan["contexts"]["32768"] >= 4
    assert made["argv"][1] == "serve"
    assert made["environment"]["VLLM_HOST_IP"] == "127.0.0.1"
    assert made["environment"]["VLLM_NO_USAGE_STATS"] == "1"


BASE_ONLY = """
import sys
missing = set("aiohttp alembic fastapi httptools jinja2 phonenumbers presidio_analyzer psycopg "
              "prometheus_client py3langid spacy sqlalchemy sqlmodel uvicorn uvloop".split())
class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in missing:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, Missing())
from euguard.cli import main
sys.argv = ["euguard", *sys.argv[1:]]
main()
"""


def base_only(*arguments: str, cwd: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-c", BASE_ONLY, *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=cwd,
    )


def test_the_base_install_verifies_an_export(tmp_path: Path) -> None:
    vector = next(path for path in sorted(GOOD.iterdir()) if path.is_dir())

    done = base_only("audit", "verify", str(vector / "export.zip"), cwd=tmp_path)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "VERIFIED" in done.stdout


def test_the_base_install_checks_policies_and_says_what_else_needs(tmp_path: Path) -> None:
    checked = base_only("policy", "test", cwd=tmp_path)
    more = base_only("init", cwd=tmp_path)

    assert checked.returncode == 0, checked.stderr
    assert more.returncode == 3
    assert "pip install 'euguard[gateway]'" in more.stderr
