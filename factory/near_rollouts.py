"""Rollouts of one problem cluster that say the same in nearly the same words.

Part of `just dedup`. Two rollouts are near where all their numerals, signs and variables agree and
their signatures say that `LIKENESS` of their 3-token shingles do: eight copies of a chain do not
count as eight. Work goes problem cluster by problem cluster: memory does not grow with the store.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa

from factory import fingerprint
from factory.likeness import neighbours, sketch

LIKENESS = 0.5
READ_ROWS = 65_536
SCHEMA = pa.schema(
    {
        "block": pa.string(),
        "key": pa.string(),
        "cluster": pa.string(),
        "score": pa.float64(),
        "reason": pa.string(),
    }
)

# Problem clusters whose rollouts may be grouped anew: they, or the cluster, changed since.
TOUCHED = f"""
    create or replace temp table touched_rollouts as
    with home as (
        select subject_id as problem_id, cluster_id from duplicates where subject = 'problem'
    ),
    placed as (
        select f.subject_id, f.canonical_key, f.maths_key, f.run_id, r.problem_id,
            coalesce(h.cluster_id, r.problem_id) as block
        from fingerprints f join raw.rollouts r on r.rollout_id = f.subject_id
        left join home h on h.problem_id = r.problem_id
        where f.subject = 'rollout' and f.version = '{fingerprint.VERSION}'
    ),
    moved as (
        select cluster_id as block, subject_id as problem_id from raw.duplicates
        where subject = 'problem' and subject_id in (
            select subject_id from raw.duplicates where subject = 'problem' and run_id > '{{last}}')
    ),
    touched as (
        select block from placed where run_id > '{{last}}'
        union select block from moved where block is not null
        union select problem_id from moved
    )
    select subject_id, canonical_key, maths_key, block from placed semi join touched using (block)
"""
SIGNED = f"""
    with texts as (
        select t.block, t.maths_key, t.canonical_key, min(t.subject_id) as subject_id
        from touched_rollouts t group by t.block, t.maths_key, t.canonical_key
        qualify count(*) over (partition by t.block, t.maths_key) > 1
    )
    select t.block, t.maths_key, t.canonical_key, f.signature
    from texts t join fingerprints f on f.subject_id = t.subject_id
        and f.subject = 'rollout' and f.version = '{fingerprint.VERSION}'
    order by t.block, t.maths_key, t.canonical_key
"""


def near(con: Any, last: str) -> pa.Table:
    """(block, key, cluster, score, reason) of the rollout texts that are near another of theirs.

    Makes the table `touched_rollouts`. `last`: the run up to which all is grouped.
    """
    con.execute(TOUCHED.format(last=last))
    found = [_joined(group) for group in _groups(con.sql(SIGNED).to_arrow_reader(READ_ROWS))]
    return pa.concat_tables(found) if found else SCHEMA.empty_table()


def _groups(batches: Any) -> Iterator[pa.Table]:
    """Whole groups, many at a time: the last one of a batch may go on in the next."""
    rest: pa.Table | None = None
    for batch in batches:
        rows = pa.Table.from_batches([batch])
        rows = pa.concat_tables([rest, rows]) if rest is not None else rows
        block, maths = rows["block"].to_pylist(), rows["maths_key"].to_pylist()
        end = rows.num_rows
        while end and (block[end - 1], maths[end - 1]) == (block[-1], maths[-1]):
            end -= 1
        if end:
            yield rows.slice(0, end)
        rest = rows.slice(end)
    if rest is not None and rest.num_rows:
        yield rest


def _joined(rows: pa.Table) -> pa.Table:
    """The near ones among whole groups."""
    names = list(zip(rows["block"].to_pylist(), rows["maths_key"].to_pylist(), strict=True))
    changes = np.array([i == 0 or names[i] != names[i - 1] for i in range(len(names))])
    data = b"".join(rows["signature"].to_pylist())
    signatures = np.frombuffer(data, np.uint32).reshape(-1, sketch.PERMUTATIONS)
    sets = np.empty((len(names), 2), np.int64)
    least = round(LIKENESS * sketch.PERMUTATIONS)
    neighbours.alike(np.cumsum(changes), signatures, least, sets)
    near = np.flatnonzero(sets[:, 1] > 0)
    keys = rows["canonical_key"].to_pylist()
    scores = sets[near, 1] / sketch.PERMUTATIONS
    return pa.table(
        {
            "block": [names[i][0] for i in near],
            "key": [keys[i] for i in near],
            "cluster": [keys[i] for i in sets[near, 0]],
            "score": scores,
            "reason": [f"the same mathematics, {score:.0%} of the wording" for score in scores],
        },
        schema=SCHEMA,
    )
