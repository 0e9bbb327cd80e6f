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
    ("audit", "verifier"),
    ("audit", "verify"),
    ("audit", "key"),
    ("audit", "status"),
    ("policy", "check"),
    ("policy", "test"),
    ("documents", "build"),
    ("documents", "gaps"),
    ("model", "list"),
    ("serving", "plan"),
    ("serving", "manifest"),
    ("serving", "verify-weights"),
    ("serving", "smoke"),
    ("serving", "accept"),
    ("model", "command"),
    ("model", "accept"),
    ("bundle", "build"),
    ("bundle", "verify"),
    ("bundle", "unpack"),
    ("bundle", "inspect"),
    ("bundle", "key"),
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
    assert "was revoked already" in second["error"]["message"]


def test_a_key_that_is_not_there_is_not_said_to_be_revoked(home: Path) -> None:
    refused = as_json("keys", "revoke", "nothing", cwd=home)

    assert (refused["exit"], refused["error"]["message"]) == (3, "there is no key of this id")


@pytest.mark.parametrize("label", ["", "  "])
def test_a_key_without_a_label_is_refused(home: Path, label: str) -> None:
    refused = as_json("keys", "create", "--purpose", "drafting-letters", "--label", label, cwd=home)

    assert (refused["exit"], refused["error"]["code"]) == (2, "usage")


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
        (("serving", "plan", "--model", "gpt-5"), 3),
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
    "arguments, expected",
    [
        (("nonsense",), "nonsense"),
        (("keys", "create"), "--purpose"),
        (("audit", "verify"), "export"),
        (("audit", "verify", "x", "--no-such-option"), "--no-such-option"),
        (("init", "--port", "http"), "--port"),
        (("keys",), "--json"),
    ],
)
def test_a_misused_command_in_json_is_one_object_on_stdout(
    tmp_path: Path, arguments: tuple[str, ...], expected: str
) -> None:
    done = run(*arguments, "--json", cwd=tmp_path)

    error = orjson.loads(done.stdout)["error"]
    assert (done.returncode, error["code"], done.stderr) == (2, "usage", "")
    assert expected in error["message"]
    assert error["fix"].endswith("--help")


def test_every_parameter_says_what_it_is() -> None:
    page = (ROOT / "docs" / "reference" / "commands.md").read_text()

    assert [line for line in page.splitlines() if line.endswith("|  |")] == []


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


@pytest.mark.parametrize(
    "setting, code, finding",
    [
        ("UPSTREAM", 3, "$EUGUARD_UPSTREAM: a URL of plain HTTP is expected"),
        ("DATABASE", 3, "$EUGUARD_DATABASE: the URL is neither"),
        ("UPSTREAM_KEY_FILE", 3, "cannot read the key"),
    ],
)
def test_serve_check_looks_at_each_setting(
    home: Path, setting: str, code: int, finding: str
) -> None:
    done = run("serve", "--check", cwd=home, **{f"EUGUARD_{setting}": "nowhere"})

    assert (done.returncode, done.stdout) == (code, "")
    assert finding in done.stderr


def test_serve_check_asks_the_database(home: Path) -> None:
    url = f"postgresql+psycopg://euguard@/euguard?host={home}"

    done = run("serve", "--check", cwd=home, EUGUARD_DATABASE=url)

    assert done.returncode == 6
    assert "no server answers there" in done.stderr


def test_the_24b_model_has_a_plan_and_a_command(home: Path) -> None:
    plan = as_json("serving", "plan", "--profile", "bf16", cwd=home)
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


EXTRAS = (
    "aiohttp alembic fastapi httptools jinja2 phonenumbers presidio_analyzer psycopg "
    "prometheus_client py3langid spacy sqlalchemy sqlmodel uvicorn uvloop"
)

WITHOUT = """
import sys
missing = set(sys.argv.pop(1).split())
class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in missing:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, Missing())
from euguard.cli import main
sys.argv = ["euguard", *sys.argv[1:]]
main()
"""


def without(missing: str, *arguments: str, cwd: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-c", WITHOUT, missing, *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=cwd,
    )


def test_the_base_install_verifies_an_export(tmp_path: Path) -> None:
    vector = next(path for path in sorted(GOOD.iterdir()) if path.is_dir())

    done = without(EXTRAS, "audit", "verify", str(vector / "export.zip"), cwd=tmp_path)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "VERIFIED" in done.stdout


def test_the_base_install_checks_policies_and_says_what_else_needs(tmp_path: Path) -> None:
    checked = without(EXTRAS, "policy", "test", cwd=tmp_path)
    more = without(EXTRAS, "init", cwd=tmp_path)

    assert checked.returncode == 0, checked.stderr
    assert more.returncode == 3
    assert "pip install 'euguard[gateway]'" in more.stderr
    assert list(tmp_path.iterdir()) == []


def test_serve_check_says_which_part_is_not_installed(home: Path) -> None:
    done = without(EXTRAS, "serve", "--check", cwd=home)

    assert done.returncode == 3
    assert "pip install 'euguard[gateway]'" in done.stderr


def test_postgresql_without_its_driver_says_which_part_brings_it(tmp_path: Path) -> None:
    url = "postgresql+psycopg://euguard@/euguard"

    done = without("psycopg", "init", "--database", url, cwd=tmp_path)

    assert done.returncode == 3
    assert "pip install 'euguard[postgres]'" in done.stderr
    assert list(tmp_path.iterdir()) == []
