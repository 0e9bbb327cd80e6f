"""YAML with the place of every key and value."""

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from euguard.errors import PolicyFileError
from euguard.policy.places import MAX_BYTES, MAX_DEPTH, MAX_VALUES, Place, parse, read

HERE = Path("purposes/letters.yaml")


def test_every_key_and_value_knows_where_it_stands() -> None:
    placed = parse(HERE, b"id: letters\nmodels: [one, two]\nrisk:\n  class: minimal\n")

    assert placed.value == {"id": "letters", "models": ["one", "two"], "risk": {"class": "minimal"}}
    assert placed.key(("id",)) == Place(1, 1)
    assert placed.at(("id",)) == Place(1, 5)
    assert placed.at(("models", 1)) == Place(2, 15)
    assert placed.at(("risk", "class")) == Place(4, 10)
    assert placed.key(("models", 1)) == Place(2, 15)
    assert placed.at(("risk", "nowhere", "at", "all")) == Place(4, 3)


@pytest.mark.parametrize(
    "text, value",
    [
        ("no", "no"),
        ("on", "on"),
        ("NO", "NO"),
        ("2026-11-25", "2026-11-25"),
        ("12:30", "12:30"),
        ("010", "010"),
        ("1e3", "1e3"),
        ("'5'", "5"),
        ("5", 5),
        ("-5", -5),
        ("0.15", 0.15),
        ("true", True),
        ("null", None),
        ("~", None),
        ("", None),
        ("<<", "<<"),
    ],
)
def test_a_scalar_is_what_it_looks_like(text: str, value: object) -> None:
    assert parse(HERE, f"key: {text}\n".encode()).value == {"key": value}


@pytest.mark.parametrize(
    "data, line, column, reason",
    [
        (b"id: a\nid: b\n", 2, 1, "duplicate key 'id'; it stands already in line 1"),
        (b"b: *x\n", 1, 4, "found undefined alias 'x'"),
        (b"a: &x [*x]\n", 1, 4, f"nested deeper than {MAX_DEPTH}"),
        (b"a: &x {k: *x}\n", 1, 4, f"nested deeper than {MAX_DEPTH}"),
        (b"a: &x 1\nb: &x 2\n", 2, 4, "second occurrence"),
        (b"a: !!python/object:os.system x\n", 1, 4, "tags are not used here"),
        (b"a: !!str 5\n", 1, 4, "tags are not used here"),
        (b"a: ! 5\n", 1, 4, "tags are not used here"),
        (b"a:\n\tb: 1\n", 2, 1, "a tab"),
        (b"a: b\tc\n", 1, 5, "a tab"),
        (b"a: 1\n---\nb: 2\n", 2, 1, "but found another document"),
        (b"? [a, b]\n: 1\n", 1, 3, "a key is a list or a mapping"),
        (b"a: [1, 2\n", 2, 1, "expected ',' or ']', but got '<stream end>'"),
        (b"", 1, 1, "the file is empty"),
        (b"# only a comment\n", 1, 1, "the file is empty"),
        (b"null\n", 1, 1, "the file is empty"),
        ("a: 1\nb: Bär\n".encode("latin-1"), 2, 5, "byte 9 is not UTF-8"),
        ("a: 1".encode("utf-16"), 1, 1, "byte 0 is not UTF-8"),
        (b"\xef\xbb\xbfa: 1\n", 1, 1, "the file begins with a byte order mark"),
        (b"a: 1\nb: \x07\n", 2, 4, "a character that YAML does not allow (U+0007)"),
        (b"a: " + b"[" * 30, 1, 3 + MAX_DEPTH, f"nested deeper than {MAX_DEPTH}"),
    ],
)
def test_what_is_dangerous_or_surprising_is_refused_at_its_place(
    data: bytes, line: int, column: int, reason: str
) -> None:
    with pytest.raises(PolicyFileError) as caught:
        parse(HERE, data)

    assert (caught.value.line, caught.value.column) == (line, column)
    assert caught.value.reason == reason
    assert str(caught.value) == f"{HERE}:{line}:{column}: {reason}"


def test_a_value_may_be_repeated_by_its_alias() -> None:
    placed = parse(HERE, b"a: &x {title: T}\nb: *x\n")

    assert placed.value == {"a": {"title": "T"}, "b": {"title": "T"}}
    assert placed.at(("b", "title")) == Place(1, 15)


def test_a_billion_laughs_end_early() -> None:
    lines = ["a0: &a0 [ha, ha, ha, ha, ha, ha, ha, ha, ha, ha]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]

    with pytest.raises(PolicyFileError) as caught:
        parse(HERE, "\n".join(lines).encode())

    assert caught.value.reason == f"more than {MAX_VALUES} values"


def test_a_hundred_thousand_brackets_do_not_exhaust_the_stack() -> None:
    with pytest.raises(PolicyFileError, match="nested deeper"):
        parse(HERE, b"[" * 100_000)


_SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**15), 10**15),
    st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=12),
)
_TREES = st.recursive(
    _SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.from_regex(r"[a-z]{1,6}", fullmatch=True), inner, max_size=4),
    ),
    max_leaves=12,
)


@settings(max_examples=150)
@given(tree=st.dictionaries(st.from_regex(r"[a-z]{1,6}", fullmatch=True), _TREES, min_size=1))
def test_json_written_as_yaml_comes_back_whole(tree: dict[str, object]) -> None:
    import orjson

    assert parse(HERE, orjson.dumps(tree)).value == tree


@settings(max_examples=200)
@given(data=st.binary(max_size=200))
def test_any_bytes_are_a_value_or_a_place(data: bytes) -> None:
    place = Place(1, 1)
    try:
        place = parse(HERE, data).at(())
    except PolicyFileError as error:
        place = Place(error.line, error.column)

    assert place.line >= 1
    assert place.column >= 1


def test_a_file_is_read_where_it_lies(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes(b"a: 1\n")

    assert read(tmp_path / "a.yaml", tmp_path) == b"a: 1\n"


def test_a_link_within_the_folder_is_followed(tmp_path: Path) -> None:
    (tmp_path / "..data").mkdir()
    (tmp_path / "..data" / "a.yaml").write_bytes(b"a: 1\n")
    (tmp_path / "a.yaml").symlink_to("..data/a.yaml")

    assert read(tmp_path / "a.yaml", tmp_path) == b"a: 1\n"


def test_a_link_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    inside = tmp_path / "policies"
    inside.mkdir()
    (tmp_path / "other.yaml").write_bytes(b"a: 1\n")
    (inside / "a.yaml").symlink_to("../other.yaml")

    with pytest.raises(PolicyFileError, match="leads out of the policies folder"):
        read(inside / "a.yaml", inside)


def test_a_link_in_a_circle_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").symlink_to("a.yaml")

    with pytest.raises(PolicyFileError):
        read(tmp_path / "a.yaml", tmp_path)


def test_a_pipe_does_not_hang_the_start(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.yaml")

    with pytest.raises(PolicyFileError, match="not a plain file"):
        read(tmp_path / "a.yaml", tmp_path)


def test_a_huge_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes(b"#" * (MAX_BYTES + 1))

    with pytest.raises(PolicyFileError, match=f"more than {MAX_BYTES} bytes"):
        read(tmp_path / "a.yaml", tmp_path)


def test_a_missing_file_says_so(tmp_path: Path) -> None:
    with pytest.raises(PolicyFileError, match="No such file"):
        read(tmp_path / "a.yaml", tmp_path)
