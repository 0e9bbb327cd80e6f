"""A newcomer finds the tests of a source file: under the same name, or where this says."""

from pathlib import Path

import euguard

SOURCE = Path(euguard.__file__).parent
TESTS = Path(__file__).parent
ELSEWHERE = {
    "adapters/sql/api_keys.py": "contracts/test_key_store.py",
    "adapters/sql/log_store.py": "contracts/test_log_store.py",
    "adapters/sql/tables.py": "adapters/sql/test_schema.py",
    "adapters/bundle/build.py": "cli/test_bundle.py",
    "audit/reader.py": "contracts/test_log_store.py",
    "audit/store.py": "contracts/test_log_store.py",
    **{
        f"bootstrap/{part}.py": "cli/test_commands.py"
        for part in (
            *("audit", "engine", "gateway", "installation", "keys", "needing", "papers", "shared"),
        )
    },
    "bootstrap/bundle.py": "cli/test_bundle.py",
    "bootstrap/serving.py": "cli/test_serving.py",
    "bootstrap/weights.py": "cli/test_serving.py",
    "bootstrap/detection.py": "cli/test_pii.py",
    "bootstrap/doctor.py": "cli/test_doctor.py",
    "bootstrap/training.py": "cli/test_pii.py",
    **{
        f"pii/recognise/{part}.py": "pii/recognise/test_identifier.py"
        for part in ("business", "countries", "device", "documents", "european", "plate")
    },
    **{
        f"pii/recognise/national/{country}.py": "pii/recognise/test_identifier.py"
        for country in (
            *("at", "be", "bg", "cy", "cz", "de", "dk", "ee", "es", "fi", "fr", "gr", "hr", "hu"),
            *("ie", "is_"),
        )
    },
    **{
        f"pii/recognise/{part}.py": "pii/recognise/test_address.py"
        for part in ("address_words", "house", "letters", "postal", "street_words")
    },
    "adapters/ner/training/corpora.py": "adapters/ner/training/test_network.py",
    "adapters/ner/training/train.py": "adapters/ner/training/test_network.py",
    "pii/names/model.py": "adapters/ner/test_compact.py",
    "pii/recognise/birth_words.py": "pii/recognise/test_birth.py",
    "pii/recognise/calendar.py": "pii/recognise/test_birth.py",
    "pii/recognise/title_words.py": "pii/recognise/test_title.py",
    "cli/keys.py": "cli/test_commands.py",
    "cli/output.py": "cli/test_commands.py",
    "cli/policy.py": "cli/test_commands.py",
    "cli/profiles.py": "cli/test_model.py",
    "exchange/ports.py": "contracts/test_model.py",
    "exchange/reply.py": "exchange/test_run.py",
    "exchange/stages.py": "exchange/test_seals.py",
    "exchange/steps.py": "exchange/test_run.py",
    "identity/principal.py": "identity/test_authenticate.py",
    "pii/span.py": "pii/test_detect.py",
    "pii/special/category.py": "pii/special/test_signals.py",
    "terms.py": "policy/test_schema.py",
}
"""Ports, values and the parts of one path, which are tested as what they are part of."""


def test_every_source_file_has_its_tests_where_one_looks() -> None:
    missing = {
        str(path.relative_to(SOURCE))
        for path in SOURCE.rglob("*.py")
        if path.name != "__init__.py" and "migrations" not in path.parts
        if not (TESTS / path.relative_to(SOURCE)).with_name(f"test_{path.name}").exists()
    }

    assert missing == set(ELSEWHERE)
    assert [place for place in ELSEWHERE.values() if not (TESTS / place).exists()] == []
