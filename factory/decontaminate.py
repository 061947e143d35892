"""Problems and rollouts -> where they overlap with evaluation sets. Nothing is removed.

Owed are the shards without a check against the newest items of a set by the present rule. Hits and
checks are committed together, a shard's whole or not at all, so a killed run goes on where it was.
One reading of a text serves all sets.
"""

import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from factory import benchmark, catalog, clean, engine, reasoning
from factory.benchmark import DecontaminateRecipe
from factory.catalog import quoted
from factory.clean import Unchecked
from factory.contamination import Piece, Searched, searched
from factory.likeness import OVERLAPS, kernel, overlap
from factory.progress import Advance, Progress
from factory.recipe import shown
from factory.store import Run, Store
from schemas.arrow import from_rows

UNIT_BYTES = 16_000_000  # of text, for a core
READ_ROWS = 2_048
COMMIT_S = 2.0
TEXTS = {
    "problems": ("problem", "problem_id as subject_id, statement as text"),
    "rollouts": ("rollout", f"rollout_id as subject_id, {reasoning.TOLD} as text"),
}


def run(store: Store, recipe: DecontaminateRecipe, progress: Progress) -> Run:
    """Take the items in and check what is owed. Raises UserError."""
    with engine.run(store, "decontaminate", shown(recipe)) as record:
        names = benchmark.take(store, record, recipe)
        with catalog.connect(store) as con:
            left = clean.unchecked(con, names)
            items = con.sql("select * exclude (run_id) from benchmark_items").to_arrow_table()
        if left and kernel.cold(overlap.search):
            progress.say("decontaminate: its reader of texts is compiled once, in about 30 s")
        shards = {each.sha256: each for each in left}
        with progress.task("decontaminate", sum(s.rows for s in shards.values())) as advance:
            for sets, group in _grouped(left).items():
                _check(store, record, group, _of(items, sets), advance)
    return record


def _grouped(left: list[Unchecked]) -> dict[tuple[str, ...], list[Unchecked]]:
    """The shards that owe a check against the same sets, by these."""
    by_shard: dict[str, list[Unchecked]] = defaultdict(list)
    for each in left:
        by_shard[each.sha256].append(each)
    groups: dict[tuple[str, ...], list[Unchecked]] = defaultdict(list)
    for mine in by_shard.values():
        groups[tuple(each.benchmark for each in mine)].append(mine[0])
    return groups


def _of(items: pa.Table, sets: tuple[str, ...]) -> pa.Table:
    """The items of some sets."""
    return pa.Table.from_pylist([row for row in items.to_pylist() if row["benchmark"] in sets])


def _check(
    store: Store, record: Run, shards: list[Unchecked], items: pa.Table, advance: Advance
) -> None:
    """Check shards against items, on all cores; commit every COMMIT_S what is whole."""
    held, since = _Held(store, record, items, shards), time.monotonic()
    with tempfile.TemporaryDirectory() as folder, catalog.connect(store) as con:
        path = Path(folder) / "items.parquet"
        pq.write_table(items, path)
        units = engine.units(_pieces(con, store, shards), UNIT_BYTES, _bytes)
        try:
            for done in engine.spread(partial(searched, str(path)), units):
                for each in done:
                    held.take(each)
                    advance(each.texts)
                if time.monotonic() - since >= COMMIT_S:
                    held.commit()
                    since = time.monotonic()
        finally:
            held.commit()


def _pieces(con: Any, store: Store, shards: list[Unchecked]) -> Iterator[Piece]:
    """The texts of shards, in the order of their rows."""
    for shard in shards:
        subject, columns = TEXTS[shard.table]
        sql = f"select {columns} from read_parquet({quoted(store.files.url(shard.path))})"
        for batch in con.sql(sql).to_arrow_reader(READ_ROWS):
            for part in _parts(batch):
                yield Piece(shard.sha256, subject, pa.Table.from_batches([part]))


def _bytes(piece: Piece) -> int:
    return piece.texts.nbytes


def _parts(batch: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
    """A batch of long texts, halved until it is no larger than a unit."""
    if batch.nbytes <= UNIT_BYTES or batch.num_rows == 1:
        yield batch
        return
    half = batch.num_rows // 2
    yield from _parts(batch.slice(0, half))
    yield from _parts(batch.slice(half))


class _Held:
    """What was found and is not committed yet, by shard."""

    def __init__(self, store: Store, record: Run, items: pa.Table, shards: list[Unchecked]) -> None:
        self.store, self.record = store, record
        self.sets = {row["benchmark"]: row["digest"] for row in items.to_pylist()}
        self.rows = {shard.sha256: shard.rows for shard in shards}
        self.seen: Counter[str] = Counter()
        self.found: dict[str, list[dict[str, Any]]] = defaultdict(list)

    def take(self, done: Searched) -> None:
        """The hits of a part of a shard."""
        self.seen[done.shard] += done.texts
        self.found[done.shard] += done.found

    def commit(self) -> None:
        """Hits and checks of the shards that are whole."""
        whole = [shard for shard, seen in self.seen.items() if seen == self.rows[shard]]
        if not whole:
            return
        found, checks = list[dict[str, Any]](), list[dict[str, Any]]()
        for shard in whole:
            mine = self.found.pop(shard, [])
            hits = Counter(row["benchmark"] for row in mine)
            told = {"version": OVERLAPS, "shard": shard, "rows": self.seen.pop(shard)}
            checks += [
                {"benchmark": name, "digest": digest, "hits": hits[name], **told}
                for name, digest in self.sets.items()
            ]
            found += mine
        self._count(found, checks)
        tables = {"checks": checks, "contaminations": found}
        rows = {
            name: from_rows(name, [{**row, "run_id": self.record.run_id} for row in rows])
            for name, rows in tables.items()
        }
        self.store.commit(self.record, rows, self.store.snapshot())

    def _count(self, found: list[dict[str, Any]], checks: list[dict[str, Any]]) -> None:
        counts = Counter(self.record.counts)
        counts["texts checked"] += sum({each["shard"]: each["rows"] for each in checks}.values())
        counts.update(f"{row['benchmark']}: {row['kind']}" for row in found)
        self.record.counts = dict(counts)
