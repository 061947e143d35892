"""The store: Parquet shards, and a log of small commit records that alone say which are live.

A record is created put-if-absent under the next number, after its shards are durable: it becomes
visible whole or not at all, and two writers can never both be number n. The writer that comes
second reads what came first and drops the rows whose key is already there, so a key is live once,
whatever runs at the same time. Readers take shards only from records. `schemas/STORE.md` is the
format on one page.
"""

import hashlib
import io
import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import compute

from factory.errors import StoreError
from factory.files import Files
from schemas.arrow import conform, key
from schemas.rows import TABLES

FORMAT = 1

pc: Any = compute  # its functions are made at import; type checkers do not see them


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


def _record_path(seq: int) -> str:
    return f"log/{seq:012d}.json"


class Store:
    """One store. Raises StoreError where it cannot be used."""

    def __init__(self, root: Path, create: bool = False) -> None:
        self.root = root
        if create and not (root / "store.json").exists():
            self._found(root)
        if not (root / "store.json").exists():
            raise StoreError(
                f"no store in {root}; `just generate` or `just ingest` makes one, "
                "store=PATH names another"
            )
        self.files = Files(root)
        self._check_format(self.files.read("store.json"), "store.json")
        self._known = Snapshot()

    @staticmethod
    def _found(root: Path) -> None:
        try:
            root.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(f"cannot make a store in {root}: {error.strerror}") from error
        Files(root).put_new("store.json", canonical({"format": FORMAT}).encode())

    @staticmethod
    def _check_format(content: bytes, name: str) -> dict[str, Any]:
        try:
            found = json.loads(content)
            number = int(found["format"])
        except (ValueError, KeyError, TypeError) as error:
            raise StoreError(f"{name} is not a store's: {content[:60]!r}") from error
        if number > FORMAT:
            raise StoreError(
                f"{name} has format {number}, this version reads up to {FORMAT}: upgrade it"
            )
        return found

    def snapshot(self) -> Snapshot:
        """What is live now; reads only the records it has not read before."""
        sizes = self.files.sizes("log/")
        numbers = sorted(int(Path(path).stem) for path in sizes if Path(path).stem.isdigit())
        # A listing is no snapshot of a folder: it may lack a record that is there. So every number
        # up to the last one listed is read, and only a read says that a record is missing.
        for number in range(self._known.seq + 1, max(numbers, default=0) + 1):
            self._known = self._apply(self._known, number)
        return self._known

    def _apply(self, known: Snapshot, number: int) -> Snapshot:
        try:
            record = self._record(number)
        except _Torn as error:
            found = (number, f"log record {number} is {error}")
            return replace(known, seq=number, damage=(*known.damage, found))
        added = tuple(Shard(**shard) for shard in record["add"])
        removed = set(record["remove"])
        kept = tuple(shard for shard in known.shards if shard.path not in removed)
        runs = (*known.runs, {**record["run"], "seq": number})
        damage = tuple(d for d in known.damage if d[0] not in record["accept"])
        return Snapshot(number, kept + added, runs, damage)

    def _record(self, number: int) -> dict[str, Any]:
        path = _record_path(number)
        if not self.files.exists(path):
            raise _Torn("missing")
        content = self.files.read(path)
        try:
            record = json.loads(content)
            checksum = record.pop("checksum")
        except (ValueError, KeyError, AttributeError, TypeError) as error:
            raise _Torn(f"torn ({len(content)} bytes)") from error
        self._check_format(content, path)
        if digest(canonical(record)) != checksum:
            raise _Torn("changed: its checksum does not fit")
        return record

    def commit(
        self,
        run: Run,
        tables: Mapping[str, pa.Table] | None = None,
        seen: Snapshot | None = None,
        remove: Sequence[str] = (),
        accept: Sequence[int] = (),
    ) -> dict[str, int]:
        """Make rows visible in one step: all of `tables`, or nothing.

        Rows whose key is live already are dropped. A caller that computed its rows from a
        snapshot passes it as `seen`: then only what arrived since is compared. Returns the rows
        written by table. `remove` takes shards out; `accept` names damaged records whose rows are
        given up. Raises SchemaError, StoreError.
        """
        seen = seen or Snapshot()
        checked = {t: conform(t, rows) for t, rows in (tables or {}).items()}
        while True:
            now = self.snapshot()
            checked = {t: self._new_rows(t, rows, seen, now) for t, rows in checked.items()}
            shards = [self._write(run, t, rows) for t, rows in checked.items() if rows.num_rows]
            if self._publish(now.seq + 1, run, shards, remove, accept):
                return {t: rows.num_rows for t, rows in checked.items()}
            seen = now
            for shard in shards:
                self.files.remove(shard.path)

    def _new_rows(self, table: str, rows: pa.Table, seen: Snapshot, now: Snapshot) -> pa.Table:
        names = list(key(table))
        if not TABLES[table].REPLACES:
            rows = _first_of_key(rows, names)
            old = {shard.path for shard in seen.shards}
            for shard in (s for s in now.of(table) if s.path not in old):
                there = self.read(shard, names)
                rows = _without(rows, there, names)
        return rows

    def read(self, shard: Shard, columns: list[str] | None = None) -> pa.Table:
        """The rows of one shard. Raises StoreError where it does not fit its record."""
        content = self.files.read(shard.path)
        if len(content) != shard.bytes:
            raise StoreError(misfit(shard, len(content)))
        return pq.read_table(io.BytesIO(content), columns=columns)

    def _write(self, run: Run, table: str, rows: pa.Table) -> Shard:
        few = [n for n in rows.column_names if pc.count_distinct(rows[n]).as_py() * 10 <= len(rows)]
        sink = io.BytesIO()
        pq.write_table(
            rows, sink, compression="zstd", compression_level=3, use_dictionary=cast(Any, few)
        )
        content = sink.getvalue()
        path = f"shards/{table}/{run.run_id}-{uuid.uuid4().hex[:8]}.parquet"
        self.files.put(path, content)
        return Shard(table, path, rows.num_rows, len(content), digest(content))

    def _publish(
        self,
        seq: int,
        run: Run,
        shards: list[Shard],
        remove: Sequence[str],
        accept: Sequence[int],
    ) -> bool:
        record = {
            "format": FORMAT,
            "seq": seq,
            "committed": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "run": asdict(run),
            "add": [asdict(shard) for shard in shards],
            "remove": sorted(remove),
            "accept": sorted(accept),
        }
        sealed = canonical({**record, "checksum": digest(canonical(record))})
        return self.files.put_new(_record_path(seq), sealed.encode("utf-8", "surrogatepass"))

    def pin(self, snapshot: Snapshot) -> str:
        """Write down the explicit shard list of a snapshot, for good. Returns its id."""
        shards = [asdict(shard) for shard in snapshot.shards]
        content = canonical({"format": FORMAT, "seq": snapshot.seq, "shards": shards})
        self.files.put_new(f"snapshots/{snapshot.snapshot_id}.json", content.encode())
        return snapshot.snapshot_id

    def misfits(self, snapshot: Snapshot) -> list[str]:
        """Live shards that are missing or have another size, in words."""
        sizes = self.files.sizes("shards/")
        return [
            misfit(s, sizes.get(s.path)) for s in snapshot.shards if sizes.get(s.path) != s.bytes
        ]


class _Torn(Exception):
    """A commit record that cannot be believed."""


def misfit(shard: Shard, size: int | None) -> str:
    """One line on a shard that is not the file its record describes."""
    found = "is missing" if size is None else f"has {size} bytes"
    return f"shard {shard.path} {found}; its record says {shard.bytes} bytes, {shard.rows} rows"


def _numbered(rows: pa.Table, names: list[str]) -> pa.Table:
    return rows.select(names).append_column("_row", pa.array(range(rows.num_rows), pa.int64()))


def _first_of_key(rows: pa.Table, names: list[str]) -> pa.Table:
    """Each key once: the first row that has it."""
    first = _numbered(rows, names).group_by(names).aggregate([("_row", "min")])["_row_min"]
    return rows if len(first) == rows.num_rows else rows.take(first.sort())


def _without(rows: pa.Table, there: pa.Table, names: list[str]) -> pa.Table:
    """The rows whose key is not in `there`; null counts as a value."""
    taken = set(zip(*(there[name].to_pylist() for name in names), strict=True))
    mine = zip(*(rows[name].to_pylist() for name in names), strict=True)
    return rows.filter(pa.array([k not in taken for k in mine], pa.bool_()))
