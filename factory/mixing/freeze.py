"""What was taken -> rows in training order, and the shards that keep them.

The id of a mixture is a hash of its canonical spec and of the digests of its rows, in order. They
are made of the rows' own text, so that who reads a mixture can prove it.
"""

from collections.abc import Iterable, Iterator
from itertools import chain, islice
from operator import attrgetter
from typing import Any

import pyarrow as pa

from factory import catalog, engine, identity, reasoning
from factory.mixing.spec import MixRecipe
from factory.store import Run, Shard, Store
from schemas.arrow import conform

GROUP_BYTES, SHARD_GROUPS = 32 << 20, 8  # of rows in a row group, before they are compressed
MEMORY = "600MB"  # of DuckDB while it sorts text; what is more goes through the disk
READ_ROWS = 2_048

NONE = "null::varchar"
CHOSEN = "join raw.rollouts c on c.rollout_id = taken.subject_id"
# By stage: rollout_id, rejected_id, completion, rejected, answer; and where they come from.
COLUMNS = {
    "mid": (("subject_id", NONE, reasoning.joined("c"), NONE, NONE), CHOSEN),
    "sft": (("subject_id", NONE, reasoning.joined("c"), NONE, NONE), CHOSEN),
    "rft": (("subject_id", NONE, reasoning.joined("c"), NONE, NONE), CHOSEN),
    "dpo": (
        ("subject_id", "other_id", reasoning.joined("c"), reasoning.joined("r"), NONE),
        f"{CHOSEN} join raw.rollouts r on r.rollout_id = taken.other_id",
    ),
    "rl": ((NONE, NONE, NONE, NONE, "q.answer"), "join problems q using (problem_id)"),
}
EXAMPLES = """
    create temp view examples as
    select subject_id, copy, part, taken.problem_id, {} as rollout_id, {} as rejected_id,
        taken.tokens, p.statement || chr(10) || chr(10) as prompt,
        {} as completion, {} as rejected, {} as answer
    from taken join raw.problems p using (problem_id) {more}
"""
# Apart from their order, which would carry the text along.
DIGESTED = f"""
    create temp table digested as
    select subject_id, copy, {identity.ROW} as digest from examples
"""
PLACED = """
    create temp table placed as
    select *, row_number() over (
        order by md5_number($seed || ' ' || subject_id || ' ' || copy), subject_id, copy
        ) - 1 as position
    from digested
"""
ROWS = """
    select $mixture_id as mixture_id, placed.position, examples.* exclude (subject_id, copy)
    from examples join placed using (subject_id, copy) order by placed.position
"""
DROPS = "select $mixture_id as mixture_id, subject_id, rule from dropped"


def digests(con: Any, recipe: MixRecipe) -> Iterator[str]:
    """Put what was taken in order; the digest of every row."""
    columns, more = COLUMNS[recipe.stage]
    con.execute(EXAMPLES.format(*columns, more=more))
    con.execute(f"set memory_limit = '{MEMORY}'")
    con.execute(DIGESTED)
    con.execute(PLACED, {"seed": str(recipe.seed)})
    for batch in con.sql("select digest from placed order by position").to_arrow_reader(100_000):
        yield from batch.column(0).to_pylist()


def shards(con: Any, store: Store, record: Run, mixture_id: str, live: int) -> list[Shard]:
    """Write the rows and the drops of a mixture; `live`: so many of its rows are there already."""
    found = []
    for table, sql in (("mixture_rows", ROWS), ("mixture_drops", DROPS)):
        reader = con.sql(sql, params={"mixture_id": mixture_id}).to_arrow_reader(READ_ROWS)
        rows = (conform(table, pa.Table.from_batches([b])) for b in reader)
        if live:
            rows = (catalog.unseen(con, table, part) for part in list(rows))
        found += _written(store, record, table, (part for part in rows if part.num_rows))
    return found


def _written(store: Store, record: Run, table: str, rows: Iterable[pa.Table]) -> Iterator[Shard]:
    """Shards of so many row groups; each is made as it is read, so that memory stays bounded."""
    groups = map(pa.concat_tables, engine.units(rows, GROUP_BYTES, attrgetter("nbytes")))
    for first in groups:
        yield store.write(record, table, chain([first], islice(groups, SHARD_GROUPS - 1)))
