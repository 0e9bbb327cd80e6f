from hashlib import sha256
from pathlib import Path

import pytest
from deploy.demo.engine.model_folder import make, program

CONTENT = b"weights"
DIGESTS = {"w.bin": sha256(CONTENT).hexdigest()}


def write(folder: Path) -> None:
    (folder / "w.bin").write_bytes(CONTENT)


def test_a_folder_is_filled(tmp_path: Path) -> None:
    make(tmp_path / "models" / "m", DIGESTS, write)

    assert (tmp_path / "models" / "m" / "w.bin").read_bytes() == CONTENT
    assert [path.name for path in (tmp_path / "models").iterdir()] == ["m"]


def test_a_complete_folder_is_left_alone(tmp_path: Path) -> None:
    make(tmp_path / "m", DIGESTS, write)
    before = (tmp_path / "m").stat().st_ino

    make(tmp_path / "m", DIGESTS, lambda _folder: pytest.fail("it is complete"))

    assert (tmp_path / "m").stat().st_ino == before


def test_a_spoilt_folder_is_made_anew(tmp_path: Path) -> None:
    (tmp_path / "m").mkdir()
    (tmp_path / "m" / "w.bin").write_bytes(b"half")

    make(tmp_path / "m", DIGESTS, write)

    assert (tmp_path / "m" / "w.bin").read_bytes() == CONTENT


def test_another_model_is_refused_and_the_old_one_stays(tmp_path: Path) -> None:
    (tmp_path / "m").mkdir()
    (tmp_path / "m" / "w.bin").write_bytes(b"old")

    def other(folder: Path) -> None:
        (folder / "w.bin").write_bytes(b"other")

    with pytest.raises(SystemExit, match="not the model that the tests know"):
        make(tmp_path / "m", DIGESTS, other)

    assert (tmp_path / "m" / "w.bin").read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["m"]


def test_an_interrupted_build_leaves_nothing(tmp_path: Path) -> None:
    def interrupted(folder: Path) -> None:
        write(folder)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make(tmp_path / "m", DIGESTS, interrupted)

    assert list(tmp_path.iterdir()) == []


def test_an_interrupted_program_says_how_to_go_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(_folder: Path) -> None:
        raise KeyboardInterrupt

    with pytest.raises(SystemExit) as caught:
        program([str(tmp_path / "m")], DIGESTS, interrupted)

    assert caught.value.code == 130
    assert "the same command goes on from here" in capsys.readouterr().err


def test_a_program_without_a_folder_says_what_it_wants() -> None:
    with pytest.raises(SystemExit, match="usage: give the FOLDER"):
        program([], DIGESTS, write)
