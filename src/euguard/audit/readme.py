"""README.txt of an export: for a reader who has never heard of euguard."""

from collections.abc import Sequence

from euguard.audit.selection import All, Selection
from euguard.tlog.checkpoint import Checkpoint


def write(checkpoint: Checkpoint, selection: Selection, keys: Sequence[str]) -> str:
    """Return the text; `keys` are the names of the key members."""
    whole = isinstance(selection, All)
    return _TEXT.format(
        origin=checkpoint.origin,
        size=checkpoint.size,
        scope=_WHOLE if whole else _PART,
        proof=_WHOLE_PROOF if whole else _PART_PROOF,
        keys="\n".join(f"    {key}" for key in keys),
        key=keys[0],
    )


_TEXT = """\
AN EXPORT OF AN AUDIT LOG
=========================

Log:      {origin}
Records:  {size} in the log when its checkpoint was signed
Holds:    {scope}

Each line of entries.jsonl is one record, byte for byte as it was logged. Records hold no text
that anybody wrote to the model or got from it, and no names.


HOW TO CHECK IT
---------------

You need nothing from those who gave you this file except the public key of the log, and that
you should have from another source (letterhead, contract, a telephone call). Beside the ZIP
file lies a second one whose name ends in ".note"; it signs the ZIP file.

1. With the verifier, one Python file that needs no packages:

    python3 verify.py EXPORT.zip --key KEY

   KEY is the line in one of these files, compared with your other source:

{keys}

   Without --key the key inside the export is used. Then you learn that the export fits
   together, and not who made it.

2. With what every Unix has. In the folder where the ZIP file and its note lie:

    sha256sum EXPORT.zip                   # equals the 4th line of EXPORT.zip.note
    wc -c EXPORT.zip                       # equals the 3rd line of EXPORT.zip.note
    mkdir checked && cd checked && unzip ../EXPORT.zip

   and for the signature of the checkpoint:

    head -n 3 checkpoint > text
    sed -n '5s/.* //p' checkpoint | base64 -d | tail -c 64 > signature
    printf '\\060\\052\\060\\005\\006\\003\\053\\145\\160\\003\\041\\000' > key.der
    cut -d + -f 3- '{key}' | base64 -d | tail -c 32 >> key.der
    openssl pkeyutl -verify -pubin -keyform DER -inkey key.der -rawin -in text -sigfile signature

   If the log has several keys, take the one whose name stands in the 5th line of `checkpoint`.

3. With any program for C2SP transparency logs (c2sp.org): `checkpoint` is a tlog-checkpoint,
   the files in proofs/, if there are any, are tlog-proofs.


WHAT IT PROVES
--------------

- {proof}
- Not a bit of them was changed after the checkpoint was signed.

WHAT IT DOES NOT PROVE
----------------------

- That everything that happened was logged. The log shows what the gateway recorded.
- What the prompts and answers said. They are not in the log.
- That the times are right. They are the clock of the machine; the order is the index.
- Who the people were. A record names the API key, not the person who used it.
- That a key belongs to an organisation, unless you have it from another source.
- That nobody was shown another log. Keep the file `checkpoint`, and ask next time for an
  export with a proof since then.
"""

_WHOLE = "all of them"
_PART = "a part of them, see `selection` in manifest.json"
_WHOLE_PROOF = (
    "These are all records that the log held when the checkpoint was signed, in its order.\n"
    "- Each writer's records follow one another, each naming the hash of the one before."
)
_PART_PROOF = (
    "These records are in the log whose checkpoint was signed. That no other record fits the\n"
    "  selection, only an export of the whole log can show."
)
