"""audit/verify.py: the program as an auditor runs it, and the arithmetic it brings along."""

import ast
import json
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from euguard.audit.verify import verify_export
from euguard.tlog.merkle import Tree, leaf_hash
from euguard.tlog.note import VerifierKey, key_id
from forge import exported
from judges import PROGRAM, alone, alones
from logbook import LOG_KEY, ordinary_log

VECTORS = PROGRAM.parent / "vectors"
KEY = str(LOG_KEY.verifier)


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    # -I and -S: nothing but the standard library can be imported.
    command = [sys.executable, "-I", "-S", str(PROGRAM), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_it_imports_the_standard_library_alone() -> None:
    imported = set()
    for node in ast.walk(ast.parse(PROGRAM.read_text())):
        if isinstance(node, ast.Import):
            imported |= {alias.name.partition(".")[0] for alias in node.names}
        if isinstance(node, ast.ImportFrom):
            imported.add(str(node.module).partition(".")[0])

    assert imported <= sys.stdlib_module_names


def test_it_is_written_in_the_python_of_2020() -> None:
    ast.parse(PROGRAM.read_text(), feature_version=(3, 9))


@pytest.mark.parametrize(
    "name, exit_code, word",
    [
        ("good/whole", 0, "VERIFIED. Not a bit"),
        ("bad/never-closed", 4, "FINDING  step 8"),
        ("bad/changed-entry", 5, "FAILED  step 5"),
        ("bad/flipped-bit-in-entry", 5, "step 2, entries.jsonl line 4 (byte "),
    ],
)
def test_it_says_what_it_found(name: str, exit_code: int, word: str) -> None:
    done = run(VECTORS / name / "export.zip", "--key", VECTORS / name / "key.vkey")

    assert (done.returncode, done.stderr) == (exit_code, "")
    assert word in done.stdout
    assert "self" not in done.stdout


def test_it_says_that_a_key_from_inside_vouches_for_nothing() -> None:
    done = run(VECTORS / "good/whole/export.zip")

    assert done.returncode == 0
    assert "The key came from the export itself" in done.stdout


def test_it_says_the_same_as_euguard_to_people() -> None:
    for name in ("good/whole", "good/a-period", "good/one-exchange", "good/since", "bad/truncated"):
        path = VECTORS / name / "export.zip"
        for keys in ([], [LOG_KEY.verifier]):
            ours = verify_export(path, trusted=keys).describe().split("\n\n")

            told = run(path, *(word for key in keys for word in ("--key", str(key))))

            assert told.stdout.split("\n\n")[:-1] == ours[:-1]


def test_json_is_one_object_and_nothing_else() -> None:
    vector = VECTORS / "good/since"

    done = run(
        *(vector / "export.zip", "--json", "--key", KEY),
        *("--since", vector / "kept-checkpoint", "--note", vector / "export.zip.note"),
    )

    assert done.stderr == ""
    verdict = json.loads(done.stdout)
    kept = (vector / "kept-checkpoint").read_bytes()
    assert verdict == alones(vector / "export.zip", KEY, kept)
    assert verdict["since"] == 6


@pytest.mark.parametrize(
    "arguments, message",
    [
        (["no-such.zip"], "cannot read no-such.zip: No such file"),
        ([], "the following arguments are required: export"),
        ([str(VECTORS / "good/whole/export.zip"), "--key", "no-such-key"], "no key, and no file"),
        ([str(VECTORS / "good/whole/export.zip"), "--key", "."], "no key, and no file"),
        ([str(VECTORS / "good/whole/export.zip"), "--since", "no-such"], "cannot read no-such"),
        ([str(VECTORS / "good/whole/export.zip"), "--note", "no-such"], "cannot read no-such"),
        ([str(VECTORS)], "cannot read"),
    ],
)
def test_what_cannot_be_read_ends_with_2(arguments: list[str], message: str) -> None:
    done = run(*arguments)

    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_a_file_that_is_no_export_fails_without_a_traceback(tmp_path: Path) -> None:
    path = tmp_path / "export.zip"
    for content in (b"", b"PK", b"PK\3\4" + bytes(26), b"PK\5\6" + bytes(18), bytes(100_000)):
        path.write_bytes(content)

        done = run(path)

        assert (done.returncode, done.stderr) == (5, "")
        assert "FAILED  step 2" in done.stdout
        assert "No key was given" in done.stdout
        assert "from the export itself" not in done.stdout


# ------------------------------------------------------------------ Ed25519

RFC_8032 = [
    (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        (
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
            "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
        ),
    ),
    (
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        (
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
            "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
        ),
    ),
]
"""RFC 8032 §7.1, the tests 1 and 2: private key, public key, message, signature."""


def library_accepts(public: bytes, text: bytes, signature: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, text)
    except (InvalidSignature, ValueError):
        return False
    return True


@pytest.mark.parametrize("_private, public, text, signature", RFC_8032)
def test_the_signatures_of_rfc_8032_are_valid(
    _private: str, public: str, text: str, signature: str
) -> None:
    key, message, signed = map(bytes.fromhex, (public, text, signature))

    assert alone.signature_is_valid(key, message, signed)
    assert not alone.signature_is_valid(key, message + b"!", signed)


def test_it_takes_the_signatures_that_openssl_takes() -> None:
    random = Random(8032)
    for _ in range(40):
        private = Ed25519PrivateKey.from_private_bytes(random.randbytes(32))
        public, text = private.public_key().public_bytes_raw(), random.randbytes(50)
        signature = private.sign(text)
        flipped = bytearray(signature)
        flipped[random.randrange(64)] ^= 1 << random.randrange(8)

        assert alone.signature_is_valid(public, text, signature)
        assert not alone.signature_is_valid(public, text, bytes(flipped))
        assert not library_accepts(public, text, bytes(flipped))


def test_a_number_s_beyond_the_order_is_a_second_spelling() -> None:
    private = Ed25519PrivateKey.from_private_bytes(bytes(32))
    public, signature = private.public_key().public_bytes_raw(), private.sign(b"text")
    s = int.from_bytes(signature[32:], "little") + alone.ORDER
    second = signature[:32] + s.to_bytes(32, "little")

    assert not alone.signature_is_valid(public, b"text", second)
    assert not library_accepts(public, b"text", second)


def test_a_signature_of_another_length_is_none() -> None:
    private = Ed25519PrivateKey.from_private_bytes(bytes(32))
    public, signature = private.public_key().public_bytes_raw(), private.sign(b"text")

    assert not alone.signature_is_valid(public, b"text", signature[:-1])
    assert not alone.signature_is_valid(public, b"text", signature + b"\0")


def small_order_points() -> list[bytes]:
    """Return the encodings of the eight points whose order divides 8."""
    number = 2
    while True:
        point = alone.decode_point(number.to_bytes(32, "little"))
        number += 1
        if point is None:
            continue
        torsion = alone.multiply(alone.ORDER, point)
        if not alone.same_point(alone.multiply(4, torsion), alone.NEUTRAL):
            return [alone.encode_point(alone.multiply(i, torsion)) for i in range(8)]


def test_points_of_small_order_are_no_keys_for_either_verifier() -> None:
    points = small_order_points()
    assert len(set(points)) == 8

    for public in points:
        assert not alone.key_is_sound(public)
        identifier = key_id("easy.example", public)
        with pytest.raises(Exception, match="not an Ed25519 point"):
            VerifierKey("easy.example", identifier, public)


def test_both_judge_the_soundness_of_keys_alike() -> None:
    random = Random(1)
    p = alone.P
    numbers = [0, 1, 2, 3, p - 2, p - 1, p, p + 1, p + 2, 2**255 - 1]
    numbers += [number | 1 << 255 for number in numbers]
    candidates = [number.to_bytes(32, "little") for number in numbers]
    candidates += [random.randbytes(32) for _ in range(60)]

    for public in candidates:
        try:
            VerifierKey("a", key_id("a", public), public)
        except Exception:  # noqa: BLE001  whatever the refusal
            sound = False
        else:
            sound = True
        assert alone.key_is_sound(public) is sound


def test_keys_with_a_part_of_small_order_are_judged_without_the_cofactor() -> None:
    """Where libraries differ most: such a key must get one verdict from both verifiers."""
    secret = 7 * 8 + 12345
    torsion = alone.decode_point(small_order_points()[1])
    mixed = alone.add(alone.multiply(secret, alone.BASE), torsion)
    public = alone.encode_point(mixed)
    VerifierKey("mixed", key_id("mixed", public), public)
    assert alone.key_is_sound(public)

    verdicts = []
    for number in range(48):
        text, nonce = str(number).encode(), 99 + number
        r = alone.encode_point(alone.multiply(nonce, alone.BASE))
        k = int.from_bytes(alone.hashlib.sha512(r + public + text).digest(), "little")
        s = (nonce + k * secret) % alone.ORDER
        signature = r + s.to_bytes(32, "little")
        verdicts.append(alone.signature_is_valid(public, text, signature))
        assert verdicts[-1] is library_accepts(public, text, signature)

    assert set(verdicts) == {True, False}  # true where k * torsion vanishes: one in eight


# ------------------------------------------------------------------ trees


def test_its_trees_are_those_of_euguard() -> None:
    leaves = [leaf_hash(bytes([number])) for number in range(40)]
    tree = Tree(leaves)
    for size in range(41):
        own = alone.Tree()
        for leaf in leaves[:size]:
            own.append(leaf)
        new = alone.Checkpoint("o", size, tree.root(size), [])
        assert own.root() == tree.root(size)
        for index in range(size):
            proof = list(tree.prove_inclusion(index, size))
            assert alone.included(leaves[index], index, proof, size, tree.root(size))
            assert not alone.included(leaves[index], index + 1, proof, size, tree.root(size))
            assert not alone.included(leaves[index], index, [*proof, leaves[0]], size, new.root)
            assert not proof or not alone.included(leaves[index], index, proof[:-1], size, new.root)
        for old_size in range(size + 1):
            old = alone.Checkpoint("o", old_size, tree.root(old_size), [])
            proof = list(tree.prove_consistency(old_size, size))
            assert alone.consistent(old, new, proof)
            assert not alone.consistent(old, new, [*proof, leaves[0]])
            assert not proof or not alone.consistent(old, new, proof[:-1])
            assert old_size in {0, size} or not alone.consistent(
                old._replace(root=leaves[39]), new, proof
            )


def test_a_larger_tree_is_no_beginning() -> None:
    small = alone.Checkpoint("o", 1, bytes(32), [])
    large = alone.Checkpoint("o", 2, bytes(32), [])

    assert not alone.consistent(large, small, [])


def test_openssl_accepts_the_checkpoint_as_the_readme_says(tmp_path: Path) -> None:
    """The commands of README.txt, run by a shell: nothing of ours is between."""
    path = exported(ordinary_log(), tmp_path)
    subprocess.run(["unzip", "-q", path.name, "-d", "checked"], cwd=tmp_path, check=True)
    readme = (tmp_path / "checked" / "README.txt").read_text()
    first = readme.index("    head -n 3 checkpoint")
    last = readme.index("\n\n", first)
    commands = readme[first:last]
    assert commands.count("\n") == 4

    def shell() -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["sh", "-ec", commands],
            cwd=tmp_path / "checked",
            capture_output=True,
            text=True,
            check=False,
        )

    good = shell()
    checkpoint = tmp_path / "checked" / "checkpoint"
    checkpoint.write_bytes(checkpoint.read_bytes().replace(b"\n10\n", b"\n11\n"))
    bad = shell()

    assert "Signature Verified Successfully" in good.stdout
    assert good.returncode == 0
    assert "Signature Verified Successfully" not in bad.stdout
    assert bad.returncode != 0


def test_the_note_is_checked_with_sha256sum_as_the_readme_says(tmp_path: Path) -> None:
    path = exported(ordinary_log(), tmp_path)
    digest = subprocess.run(["sha256sum", path], capture_output=True, text=True, check=True)
    lines = (tmp_path / "export.zip.note").read_text().split("\n")

    assert digest.stdout.split()[0] == lines[3]
    assert str(path.stat().st_size) == lines[2]
