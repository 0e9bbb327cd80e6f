"""The models of the demo."""

import shutil
from pathlib import Path

from deploy.demo.models import permit

from euguard.policy import shipped
from euguard.policy.schema import load


def test_a_permitted_model_comes_beside_the_one_that_was(tmp_path: Path) -> None:
    rules = Path(shutil.copytree(shipped.folder(), tmp_path / "policies"))

    permit("demo-echo", rules)

    used = {purpose.models for purpose in load(rules).purposes.values()}
    assert used == {("demo-echo", "mistral-small-3.2")}
