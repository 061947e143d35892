"""The log of a store: numbered commit records, which alone say what shards are live.

A record is created put-if-absent under the next number and never changed. Every `STATE_EVERY`
records whoever commits also writes down what they amount to, so that opening a store reads a few
files however long its log is; a state is derived, and never written over a damaged record.
`schemas/STORE.md` is the format on one page.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from factory.errors import StoreError
from factory.files import Files

FORMAT = 1
STATE_EVERY = 100
READERS = 16  # records read at once: of a bucket each is a round trip


@dataclass(frozen=True, slots=True)
class Shard:
    """One immutable Parquet file, as its commit record describes it."""

    table: str
    path: str
    rows: int
    bytes: int
    sha256: str


@dataclass(slots=True)
class Run:
    """One execution of a recipe. `status`: running, finished, interrupted or failed."""

    run_id: str
    kind: str
    recipe: dict[str, Any]
    started: str
    status: str = "running"
    seconds: float = 0.0
    cost_usd: float = 0.0
    counts: dict[str, int] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What is live after record `seq`: never changes, however the store grows."""

    seq: int = 0
    shards: tuple[Shard, ...] = ()
    runs: tuple[dict[str, Any], ...] = ()
    """The last record of each run, as the runs ended."""
    damage: tuple[tuple[int, str], ...] = ()

    def of(self, table: str) -> list[Shard]:
        """The live shards of one table, oldest first."""
        return [shard for shard in self.shards if shard.table == table]

    @property
    def snapshot_id(self) -> str:
        """Hash of the live shards."""
        return digest("\n".join(sorted(shard.sha256 for shard in self.shards)))[:32]


def digest(content: str | bytes) -> str:
    """sha256 in hex; text as UTF-8, lone surrogates kept apart from one another."""
    if isinstance(content, str):
        content = content.encode("utf-8", "surrogatepass")
    return hashlib.sha256(content).hexdigest()


def canonical(value: Any) -> str:
    """JSON with one spelling: sorted keys, no spaces."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def sealed(body: dict[str, Any]) -> bytes:
    """A body with its checksum, as it is written."""
    whole = canonical({**body, "checksum": digest(canonical(body))})
    return whole.encode("utf-8", "surrogatepass")


def opened(content: bytes | None, name: str) -> dict[str, Any]:
    """The body of what `sealed` made. Raises Torn where it cannot be believed, StoreError."""
    if content is None:
        raise Torn("missing")
    try:
        body = json.loads(content)
        checksum = body.pop("checksum")
    except (ValueError, KeyError, AttributeError, TypeError) as error:
        raise Torn(f"torn ({len(content)} bytes)") from error
    check_format(body, name)
    if digest(canonical(body)) != checksum:
        raise Torn("changed: its checksum does not fit")
    return body


def check_format(body: Any, name: str) -> None:
    """Raises StoreError where a newer version wrote it, or nobody of ours."""
    try:
        number = int(body["format"])
    except (ValueError, KeyError, TypeError) as error:
        raise StoreError(f"{name} is not a store's: {str(body)[:60]!r}") from error
    if number > FORMAT:
        raise StoreError(
            f"{name} has format {number}, this version reads up to {FORMAT}: upgrade it"
        )


class Torn(Exception):
    """A commit record that cannot be believed."""


class Log:
    """The records below `log/`.

    `known`: what was live when the log was last read here or written to. `removed`: what was taken
    out, by which of these records.
    """

    def __init__(self, files: Files) -> None:
        self.files = files
        self.removed: dict[str, int] = {}
        self.known = Snapshot()
        self._misled = False

    def snapshot(self) -> Snapshot:
        """What is live now; reads only the records it has not read before."""
        names = [Path(path).stem for path in self.files.sizes("log/")]
        last = max((int(name) for name in names if name.isdigit()), default=0)
        states = (name.partition(".") for name in names)
        states = sorted(int(n) for n, _, kind in states if kind == "state" and n.isdigit())
        if states and not self.known.seq:  # who has begun reads on: what was removed counts
            self.known = self._state(states[-1]) or self.known
        self.known = self._read(self.known, last)
        if self._misled:
            self.known, self._misled = self._read(Snapshot(), last), False
        return self.known

    def replay(self, last: int) -> Snapshot:
        """What is live by every record up to `last`: states are passed over."""
        found, self._misled = self._read(Snapshot(), last), False
        return found

    def publish(
        self, seq: int, run: Run, add: Sequence[Shard], remove: Sequence[str], accept: Sequence[int]
    ) -> bool:
        """Make record `seq`; False where somebody else has made it."""
        record = {
            "format": FORMAT,
            "seq": seq,
            "committed": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "run": asdict(run),
            "add": [asdict(shard) for shard in add],
            "remove": sorted(remove),
            "accept": sorted(accept),
        }
        content = sealed(record)
        if not self.files.put_new(record_path(seq), content):
            return False
        if self.known.seq == seq - 1:  # what we wrote ourselves need not be read
            self.known = self._fold(self.known, [(seq, content)])
        if seq % STATE_EVERY == 0:
            self._write_state(seq)
        return True

    def _read(self, known: Snapshot, last: int) -> Snapshot:
        # A listing is no snapshot of a folder: it may lack a record that is there. So every number
        # up to the last one listed is read, and only a read says that a record is missing.
        numbers = range(known.seq + 1, last + 1)
        if len(numbers) < 2:
            return self._fold(known, ((n, self.files.find(record_path(n))) for n in numbers))
        with ThreadPoolExecutor(READERS) as pool:
            found = pool.map(self.files.find, map(record_path, numbers))
            return self._fold(known, zip(numbers, found, strict=True))

    def _fold(self, known: Snapshot, records: Iterable[tuple[int, bytes | None]]) -> Snapshot:
        """What a snapshot becomes by the records that follow it."""
        shards = {shard.path: shard for shard in known.shards}
        runs = {run["run_id"]: run for run in known.runs}
        damage, seq = dict(known.damage), known.seq
        for number, content in records:
            seq = number
            try:
                record = opened(content, record_path(number))
            except Torn as error:
                damage[number] = f"log record {number} is {error}"
                continue
            self.removed.update(dict.fromkeys(record["remove"], number))
            for path in record["remove"]:
                shards.pop(path, None)
            shards.update((shard["path"], Shard(**shard)) for shard in record["add"])
            run = record["run"]
            runs.pop(run["run_id"], None)
            runs[run["run_id"]] = {**run, "seq": number}
            # What is given up here was believed when a state, or this process, read it.
            self._misled |= bool(set(record["accept"]) - set(damage))
            damage = {n: words for n, words in damage.items() if n not in record["accept"]}
        return Snapshot(seq, tuple(shards.values()), tuple(runs.values()), tuple(damage.items()))

    def _state(self, number: int) -> Snapshot | None:
        """A state that was written down; None where it cannot be believed."""
        name = _state_path(number)
        try:
            body = opened(self.files.find(name), name)
        except Torn:
            return None
        return Snapshot(number, tuple(Shard(**s) for s in body["shards"]), tuple(body["runs"]))

    def _write_state(self, number: int) -> None:
        found = self.snapshot() if self._misled else self.known
        if found.seq == number and not found.damage:
            shards = [asdict(shard) for shard in found.shards]
            body = {"format": FORMAT, "seq": number, "shards": shards, "runs": found.runs}
            self.files.put_new(_state_path(number), sealed(body))


def record_path(seq: int) -> str:
    """The file of record `seq`."""
    return f"log/{seq:012d}.json"


def _state_path(seq: int) -> str:
    return f"log/{seq:012d}.state.json"
