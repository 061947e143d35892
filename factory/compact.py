"""`just compact`: many small shards -> few large ones; readers notice nothing.

Each group of small shards is read, checked against its hashes and written as one; a single commit
puts the new shard in their place, or nothing happens: where another compactor was first, or one of
them was taken out, its group is left alone. Rows written meanwhile are shards of their own. The old
files stay for readers that opened them; `just gc` removes them later.
"""

import io
from collections import Counter
from collections.abc import Iterator
from operator import attrgetter
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import Field

from factory import catalog, engine
from factory.errors import StoreError
from factory.progress import Progress
from factory.recipe import Recipe, shown
from factory.store import Run, Shard, Store, digest
from schemas.arrow import from_rows, schema
from schemas.rows import TABLES

ROOM = 1.25  # many rows compress better than few: what is merged may shrink below the target
ROW_GROUP_BYTES = 64 << 20  # of a row group, so that memory stays bounded

# What was checked against evaluation sets stays checked under another name: whole shards only.
CHECKED = """
    select benchmark, digest, version, sum(rows)::bigint as rows, sum(hits)::bigint as hits,
        max(run_id) as run_id  -- of who checked: what was checked last is the set that counts
    from checks where shard in (select unnest($shards)) group by all
    having count(*) = len($shards)
"""


class CompactRecipe(Recipe):
    """How large shards shall be."""

    target_mb: int = Field(ge=1)


def run(store: Store, recipe: CompactRecipe, progress: Progress) -> Run:
    """Merge every group of small shards. Raises StoreError where one of them is damaged."""
    target = recipe.target_mb * 1_000_000
    with engine.run(store, "compact", shown(recipe)) as record:
        snapshot = store.snapshot()
        found = [group for table in TABLES for group in groups(snapshot.of(table), target)]
        counts = Counter[str]()
        with progress.task("compact", sum(map(len, found))) as advance:
            for group in found:
                counts += _merge(store, record, group)
                record.counts = dict(counts)
                advance(len(group))
        if counts:
            now = len(store.snapshot().shards)
            record.counts |= {"shards before": len(snapshot.shards), "shards now": now}
    return record


def groups(shards: list[Shard], target: int) -> Iterator[list[Shard]]:
    """Runs of small shards of one table, oldest first, each about `target` bytes when merged."""
    group, size = list[Shard](), 0
    for shard in (each for each in shards if each.bytes < target):
        group.append(shard)
        size += shard.bytes
        if size >= target * ROOM:
            yield group
            group, size = [], 0
    if len(group) > 1:
        yield group


def _merge(store: Store, record: Run, group: list[Shard]) -> Counter[str]:
    """What was done with one group."""
    table = group[0].table
    parts = (_rows(store, shard) for shard in group)
    bounded = map(pa.concat_tables, engine.units(parts, ROW_GROUP_BYTES, attrgetter("nbytes")))
    merged = store.write(record, table, bounded)
    new = [merged]
    if checks := _checks(store, group, merged):
        new.append(store.write(record, "checks", [from_rows("checks", checks)]))
    if store.swap(record, group, new):
        return Counter({"shards merged": len(group), "rows": merged.rows})
    return Counter({"groups left: they changed meanwhile": 1})


def _rows(store: Store, shard: Shard) -> pa.Table:
    """The rows of a shard that is what its record says; a column it lacks is null."""
    content = store.files.read(shard.path)
    if digest(content) != shard.sha256:
        raise StoreError(f"shard {shard.path} changed; `just doctor` checks, nothing was merged")
    rows, wanted = pq.read_table(io.BytesIO(content)), schema(shard.table)
    if unknown := set(rows.column_names) - set(wanted.names):
        raise StoreError(
            f"shard {shard.path} has a column {min(unknown)!r}, of a later version: upgrade"
        )
    for field in wanted:
        if field.name not in rows.column_names:
            rows = rows.append_column(field.name, pa.nulls(rows.num_rows, field.type))
    return rows.select(wanted.names).cast(wanted)


def _checks(store: Store, group: list[Shard], merged: Shard) -> list[dict[str, Any]]:
    if merged.table not in ("problems", "rollouts"):
        return []
    with catalog.connect(store) as con:
        params = {"shards": [shard.sha256 for shard in group]}
        found = con.sql(CHECKED, params=params).to_arrow_table().to_pylist()
    return [{**row, "shard": merged.sha256} for row in found]
