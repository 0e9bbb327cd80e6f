"""Steps 5 to 8 of the verification: one walk over the records, each read once.

Source: audit/SPEC.md §8.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice, zip_longest

from euguard.audit.chain import Chains, Exchanges
from euguard.audit.container import Container
from euguard.audit.manifest import Manifest
from euguard.audit.record import MAX_LEAF, Entry, parse
from euguard.audit.selection import All, Period, selector
from euguard.audit.verdict import Report
from euguard.errors import ExportInvalidError, MalformedRecordError
from euguard.tlog import merkle, spelling
from euguard.tlog.checkpoint import Checkpoint
from euguard.tlog.merkle import Frontier
from euguard.tlog.proof import Proof

MAX_DIGITS = 19
"""Of an index: 2**63-1 has so many."""


class Walk:
    """Reads every record once, and remembers what it adds up to."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._lines = 0
        self._first: int | None = None
        self._last = -1
        self._ended = False
        self.counts: Counter[str] = Counter()
        """Kind of record → how many."""
        self.still_open: tuple[str, ...] = ()
        self.root_at_since: bytes | None = None
        """Root of the first records, as many as the reader's checkpoint has; if all are here."""

    @property
    def records(self) -> int:
        """How many records were read."""
        return self._lines

    def run(
        self,
        container: Container,
        manifest: Manifest | None,
        checkpoint: Checkpoint | None,
        since: Checkpoint | None,
    ) -> None:
        """Carry out steps 5 to 8; `manifest` and `checkpoint` are None if their steps failed."""
        whole = "indices.txt" not in container.members
        self._chains, self._exchanges = Chains(whole=whole), Exchanges(whole=whole)
        self._selector = None if manifest is None else selector(manifest.selection)
        with self._report.step(5, "entries.jsonl"):
            if whole:
                self._whole(container, checkpoint, since)
            else:
                self._part(container, checkpoint)
            if manifest is not None and whole != isinstance(manifest.selection, All):
                msg = "there are indices and proofs if, and only if, the selection is not `all`"
                raise ExportInvalidError(5, "indices.txt", msg)
        if checkpoint is None:
            self._report.withdraw(5)
        if self._ended:  # else the records behind a broken line were never read
            self._sum_up(manifest)
        else:
            self._report.withdraw(6, 7, 8)

    def _whole(
        self, container: Container, checkpoint: Checkpoint | None, since: Checkpoint | None
    ) -> None:
        """Step 5 for a whole log: its leaves give the root."""
        if any(name.startswith("proofs/") for name in container.members):
            self._report.fail(5, "proofs/", "the whole log has no proofs: its leaves give the root")
        leaves = enumerate(container.lines("entries.jsonl", MAX_LEAF))
        hashes = (leaf_hash for _, leaf_hash in self._read(leaves))
        kept = 0 if since is None else since.size
        beginning = Frontier.empty().extend(islice(hashes, kept))
        if beginning.size == kept:  # known whatever comes of the records behind
            self.root_at_since = beginning.root()
        tree = beginning.extend(hashes)
        if checkpoint is None:
            return
        if tree.size != checkpoint.size:
            msg = f"{tree.size} records, and the checkpoint is on {checkpoint.size}"
            raise ExportInvalidError(5, "entries.jsonl", msg)
        if tree.root() != checkpoint.root:
            msg = "the records do not give the checkpoint's root"
            raise ExportInvalidError(5, "entries.jsonl", msg)

    def _part(self, container: Container, checkpoint: Checkpoint | None) -> None:
        """Step 5 for a part: each record has an index, and a proof that leads to the root."""
        for index, leaf_hash in self._read(_paired(container)):
            if checkpoint is not None:
                with self._report.step(5, f"proofs/{index}.tlog-proof"):
                    _follow_proof(container, checkpoint, index, leaf_hash)
        proofs = sum(name.startswith("proofs/") for name in container.members)
        if proofs != self._lines:
            msg = f"{proofs} proofs for {self._lines} records"
            raise ExportInvalidError(5, "proofs/", msg)

    def _read(self, leaves: Iterable[tuple[int, bytes]]) -> Iterator[tuple[int, bytes]]:
        """Yield index and hash of each record, and take it through the steps 6 to 8."""
        for index, leaf in leaves:
            hashed = merkle.leaf_hash(leaf)
            self._lines += 1
            self._first = index if self._first is None else self._first
            self._last = index
            try:
                entry = parse(leaf)
            except MalformedRecordError as error:
                place = f"entries.jsonl line {self._lines} (index {index})"
                self._report.fail(6, place, error.message)
            else:
                self.counts[entry.record.kind] += 1
                self._follow(index, hashed, entry)
            yield index, hashed
        self._ended = True

    def _follow(self, index: int, hashed: bytes, entry: Entry) -> None:
        if not self._report.failed(7):
            with self._report.step(7, f"index {index}"):
                self._chains.add(index, hashed, entry)
        if not self._report.failed(8):
            with self._report.step(8, f"index {index}"):
                self._exchanges.add(index, entry)
                self._check_selected(index, entry)

    def _check_selected(self, index: int, entry: Entry) -> None:
        if self._selector is not None and not self._selector.selects(entry):
            msg = "a record that the export's selection does not select"
            raise ExportInvalidError(8, f"index {index}", msg)

    def _sum_up(self, manifest: Manifest | None) -> None:
        """End the steps 6 to 8 after the last record."""
        self._report.checked |= {6, 7, 8}
        if manifest is not None:
            with self._report.step(6, "manifest.json"):
                self._compare(manifest)
        if self._report.failed(6):
            # Without every record the chains and the exchanges have gaps of our own making.
            self._report.withdraw(7, 8)
            return
        still_open = self._exchanges.still_open()
        self.still_open = tuple(exchange for exchange, _, _ in still_open)
        for exchange, index in self._exchanges.late:
            msg = f"{exchange} was closed only after its writer had started anew and served again"
            self._report.find(8, f"index {index}", msg)
        if self._chains.gap and manifest is not None and isinstance(manifest.selection, Period):
            before, after = self._chains.gap
            msg = f"its writer has records after index {before} that the period does not hold"
            self._report.find(7, f"index {after}", msg)
        for exchange, index, unexplained in still_open:
            if unexplained:
                msg = f"{exchange} was opened; its writer started anew and never closed it"
                self._report.find(8, f"index {index}", msg)

    def _compare(self, manifest: Manifest) -> None:
        stated = (manifest.records, dict(manifest.counts), manifest.indices)
        ends = None if self._first is None else (self._first, self._last)
        if stated != (self._lines, dict(self.counts), ends):
            msg = "it states other numbers of records, or other indices"
            raise ExportInvalidError(6, "manifest.json", msg)


def _paired(container: Container) -> Iterator[tuple[int, bytes]]:
    """Yield each record of a part with the index that indices.txt gives it."""
    lines = container.lines("indices.txt", MAX_DIGITS)
    before = -1
    for leaf, line in zip_longest(container.lines("entries.jsonl", MAX_LEAF), lines):
        if leaf is None or line is None:
            msg = "not one index for each record"
            raise ExportInvalidError(5, "indices.txt", msg)
        index = spelling.from_decimal(line.decode("ascii", "replace"))
        if index is None or index <= before:
            msg = f"not a number that is larger than the one before it ({before})"
            raise ExportInvalidError(5, "indices.txt", msg)
        yield index, leaf
        before = index


def _follow_proof(
    container: Container, checkpoint: Checkpoint, index: int, leaf_hash: bytes
) -> None:
    data = container.read(f"proofs/{index}.tlog-proof")
    if data is None:
        raise ExportInvalidError(5, f"proofs/{index}.tlog-proof", "the member is missing")
    proof = Proof.parse(data)
    # The checkpoint has been opened once, in step 4; here only that very one will do.
    if (proof.index, proof.extra, proof.checkpoint) != (
        index,
        b"",
        container.read("checkpoint"),
    ):
        msg = "a proof of another index or to another checkpoint"
        raise ExportInvalidError(5, f"proofs/{index}.tlog-proof", msg)
    merkle.verify_inclusion(
        leaf_hash, index, proof.hashes, size=checkpoint.size, root=checkpoint.root
    )
