"""The store: Parquet shards, and a log of small commit records that alone say which are live.

A record is created put-if-absent under the next number, after its shards are durable: it becomes
visible whole or not at all, and two writers can never both be number n. The writer that comes
second reads what came first and drops the rows whose key is already there, so a key is live once,
whatever runs at the same time. Readers take shards only from records. `schemas/STORE.md` is the
format on one page.
"""

import io
import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, cast

import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import compute

from factory.errors import StoreError, unknown
from factory.files import Files
from factory.log import FORMAT, Log, Run, Shard, Snapshot, canonical, check_format, digest
from schemas.arrow import conform, key
from schemas.rows import TABLES

__all__ = ["Run", "Shard", "Snapshot", "Store", "canonical", "digest", "exists", "misfit"]

pc: Any = compute  # its functions are made at import; type checkers do not see them


def exists(root: str | Path) -> bool:
    """Whether there is a store."""
    return Files(root).exists("store.json")


class Store:
    """One store: a folder, or s3://BUCKET/PREFIX. Raises StoreError where it cannot be used.

    `where` is its name; `root` a folder of this machine: the store's own, or, where that is a
    bucket, one for what cannot be in it: journals, locks, rejects, checkpoints.
    """

    def __init__(self, root: str | Path, create: bool = False) -> None:
        self.files = Files(root)
        self.where, self.root = self.files.where, self.files.local
        if self.files.remote:
            self.files.make()
        if create and not self.files.exists("store.json"):
            self._found()
        if not self.files.exists("store.json"):
            self.files.reach()
            raise StoreError(
                f"no store in {self.where}; `just generate` or `just ingest` makes one, "
                "store=PATH names another"
            )
        check_format(_parsed(self.files.read("store.json")), "store.json")
        self.log = Log(self.files)
        self._guarded = False

    def _found(self) -> None:
        self.files.make()
        self.files.put_new("store.json", canonical({"format": FORMAT}).encode())

    def snapshot(self) -> Snapshot:
        """What is live now; reads only the records it has not read before."""
        return self.log.snapshot()

    @property
    def known(self) -> Snapshot:
        """What was live when this process last read the log or wrote to it; asks nothing."""
        return self.log.known

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
        self._check_bucket()
        seen = seen or Snapshot()
        checked = {t: conform(t, rows) for t, rows in (tables or {}).items()}
        while True:
            now = self.snapshot()
            checked = {t: self._new_rows(t, rows, seen, now) for t, rows in checked.items()}
            shards = [self.write(run, t, [rows]) for t, rows in checked.items() if rows.num_rows]
            if self._publish(now.seq + 1, run, shards, remove, accept):
                return {t: rows.num_rows for t, rows in checked.items()}
            seen = now
            for shard in shards:
                self.files.remove(shard.path)

    def _check_bucket(self) -> None:
        """Two writers are kept apart by the bucket: one that cannot is not written to."""
        if self._guarded or not self.files.remote:
            return
        if not self.files.keeps("store.json"):
            raise StoreError(
                f"the server of {self.where} puts a file also where one is, so that two writers "
                "would overwrite each other; use one that knows If-None-Match"
            )
        self._guarded = True

    def _new_rows(self, table: str, rows: pa.Table, seen: Snapshot, now: Snapshot) -> pa.Table:
        names = list(key(table))
        if not TABLES[table].REPLACES:
            rows = _first_of_key(rows, names)
            old = {shard.path for shard in seen.shards}
            for shard in (s for s in now.of(table) if s.path not in old):
                there = self.read(shard, names)
                rows = _without(rows, there, names)
        return rows

    def swap(self, run: Run, old: Sequence[Shard], new: Sequence[Shard]) -> bool:
        """Put `new` in the place of `old` in one step; False where it cannot be done any more.

        That is where one of `old` is no longer live, or one of `new` was cleared away: then
        nothing is changed, and the files of `new` are removed.
        """
        self._check_bucket()
        leaving = [shard.path for shard in old]
        while True:
            now = self.snapshot()
            lost = set(leaving) - {shard.path for shard in now.shards}
            if lost or any(shard.path in self.log.removed for shard in new):
                for shard in new:
                    self.files.remove(shard.path)
                return False
            if self._publish(now.seq + 1, run, new, leaving):
                return True

    def add(
        self, run: Run, shards: Sequence[Shard], tables: Mapping[str, pa.Table], seen: Snapshot
    ) -> bool:
        """Make shards written before visible together with `tables`; False: a key is taken.

        Then nothing is changed, and the files of `shards` are removed. `seen` as of `commit`.
        """
        self._check_bucket()
        while True:
            now = self.snapshot()
            fresh = {t: self._new_rows(t, rows, seen, now) for t, rows in tables.items()}
            if any(fresh[t].num_rows < rows.num_rows for t, rows in tables.items()):
                for shard in shards:
                    self.files.remove(shard.path)
                return False
            small = [self.write(run, t, [rows]) for t, rows in fresh.items()]
            if self._publish(now.seq + 1, run, [*shards, *small]):
                return True
            for shard in small:
                self.files.remove(shard.path)

    def repair(self, run: Run, remove: Sequence[str], accept: Sequence[int]) -> None:
        """Take damaged shards out and give damaged records up, but for what a state knows of them.

        A state was written when they were whole: what they added is added anew, and what they
        removed removed.
        """
        self._check_bucket()
        while True:
            now = self.snapshot()
            told = self.log.replay(now.seq)
            live, there = ({shard.path for shard in each.shards} for each in (now, told))
            add = [s for s in now.shards if s.path not in there and s.path not in remove]
            gone = [*remove, *(there - live)]
            if self._publish(now.seq + 1, run, add, gone, accept):
                return

    def bury(self, run: Run, seq: int, paths: Sequence[str]) -> bool:
        """Name files that are used no more right after record `seq`; False: it is not the last.

        Only then may they be removed: a writer that has put one of them down and not committed it
        yet finds its number taken.
        """
        return self._publish(seq + 1, run, [], paths)

    def read(self, shard: Shard, columns: list[str] | None = None) -> pa.Table:
        """The rows of one shard. Raises StoreError where it does not fit its record."""
        content = self.files.read(shard.path)
        if len(content) != shard.bytes:
            raise StoreError(misfit(shard, len(content)))
        return pq.read_table(io.BytesIO(content), columns=columns)

    def write(self, run: Run, table: str, parts: Iterable[pa.Table]) -> Shard:
        """A shard of these rows, in a file that no record names yet. At least one row."""
        sink, rows = io.BytesIO(), 0
        writer: pq.ParquetWriter | None = None
        for part in parts:
            if writer is None:
                few = [n for n in part.column_names if _repeats(part[n])]
                writer = pq.ParquetWriter(
                    sink,
                    part.schema,
                    compression="zstd",
                    compression_level=3,
                    use_dictionary=cast(Any, few),
                )
            writer.write_table(part)
            rows += part.num_rows
        assert writer, "a shard has rows"
        writer.close()
        content = sink.getvalue()
        path = f"shards/{table}/{run.run_id}-{uuid.uuid4().hex[:8]}.parquet"
        self.files.put(path, content)
        return Shard(table, path, rows, len(content), digest(content))

    def _publish(
        self,
        seq: int,
        run: Run,
        add: Sequence[Shard],
        remove: Sequence[str] = (),
        accept: Sequence[int] = (),
    ) -> bool:
        # Files can vanish behind our back: by a bucket's lifecycle rule, by hand.
        for shard in add:
            if not self.files.exists(shard.path):
                raise StoreError(
                    f"{shard.path} was removed before it could be committed; run again"
                )
        return self.log.publish(seq, run, add, remove, accept)

    def pin(self, snapshot: Snapshot) -> str:
        """Write down the explicit shard list of a snapshot, for good. Returns its id."""
        shards = [asdict(shard) for shard in snapshot.shards]
        content = canonical({"format": FORMAT, "seq": snapshot.seq, "shards": shards})
        self.files.put_new(f"snapshots/{snapshot.snapshot_id}.json", content.encode())
        return snapshot.snapshot_id

    def pinned(self, snapshot_id: str) -> Snapshot:
        """A snapshot that a mixture pinned. Raises StoreError where there is none of that id."""
        content = self.files.find(f"snapshots/{snapshot_id}.json")
        if content is None:
            known = [Path(path).stem for path in self.files.sizes("snapshots/")]
            raise unknown("snapshot", snapshot_id, known, "; `just sql` shows those of `mixtures`")
        body = _parsed(content)
        check_format(body, f"snapshot {snapshot_id}")
        return Snapshot(body["seq"], tuple(Shard(**shard) for shard in body["shards"]))

    def misfits(self, snapshot: Snapshot) -> list[str]:
        """Live shards that are missing or have another size, in words."""
        sizes = self.files.sizes("shards/")
        return [
            misfit(s, sizes.get(s.path)) for s in snapshot.shards if sizes.get(s.path) != s.bytes
        ]


def _parsed(content: bytes) -> Any:
    try:
        return json.loads(content)
    except ValueError:
        return content


def _repeats(column: pa.ChunkedArray) -> bool:
    """Whether a dictionary pays: few values, each many times."""
    return pc.count_distinct(column).as_py() * 10 <= len(column)


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
