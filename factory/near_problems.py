"""Problem texts that might be one -> comparisons, and the clusters that follow from them.

Part of `just dedup`. Only pairs with a text that came since the last finished run are compared, in
units that are committed one by one. A comparison is kept where the two look alike at all.
"""

from collections.abc import Iterable, Iterator
from functools import partial
from itertools import islice
from typing import Any

import numpy as np
import pyarrow as pa

from factory import clusters, engine, fingerprint
from factory.likeness import COMPARED, compare, facts, neighbours, sketch
from factory.progress import Advance, Progress
from factory.store import Run, Store
from schemas.arrow import from_rows

BAND_LIKENESS = 0.5  # Jaccard similarity from which two texts likely share a band
# A pair is not worth a look where fewer places than AGREE of the first GLANCE of the signatures
# agree: of pairs as alike as the rule wants at least (0.35) it loses 1 in 300.
GLANCE, AGREE = 32, 4
KEPT = 14_000  # facts of texts that a process keeps, 15 KB each
SLICE = 500_000  # pairs whose texts are looked up together
UNIT_PAIRS = 4_096  # for a core
COMMIT_UNITS = 8
READ_ROWS = 65_536

# One row a canonical text, in the order of its key: 8 bytes a key are enough to make buckets.
TEXTS = f"""
    select canonical_key, min(maths_key) as maths, min(numerals_key) as numerals,
        min(run_id) > '{{last}}' as fresh, min(subject_id) as example,
        any_value(signature) as signature
    from fingerprints f semi join raw.problems p on p.problem_id = f.subject_id
    where subject = 'problem' and version = '{fingerprint.VERSION}'
    group by canonical_key order by canonical_key
"""
UNKNOWN = f"""
    select c.one_key, c.other_key, a.statement as one, b.statement as other
    from candidates c
    anti join comparisons k on k.one_key = c.one_key and k.other_key = c.other_key
        and k.version = '{COMPARED}'
    join raw.problems a on a.problem_id = c.one_id join raw.problems b on b.problem_id = c.other_id
    order by c.one_key, c.other_key
"""
JUDGED = f"""
    select one_key, other_key, score, reason, same, apart from comparisons
    where version = '{COMPARED}'
        and one_key in (from live) and other_key in (from live)
"""


def run(store: Store, record: Run, last: str, progress: Progress) -> None:
    """Compare what is new with what may be the same. `last`: up to that run all is compared."""
    with fingerprint.connected(store) as con:
        texts, glances = _texts(con, last)
        pairs = _pairs(texts, glances)
        with progress.task("compare problems", len(pairs)) as advance:
            for at in range(0, len(pairs), SLICE):
                some = pairs[at : at + SLICE]
                con.register("candidates", _named(texts, some))
                unknown = con.sql(UNKNOWN).to_arrow_reader(UNIT_PAIRS)
                advance(len(some) - _judge(store, record, unknown, advance))


def _judge(store: Store, record: Run, pairs: Iterable[pa.RecordBatch], advance: Advance) -> int:
    """Compare, commit what looks alike, and count."""
    total = 0
    done = engine.spread(partial(judged, record.run_id), map(_table, pairs))
    while rows := list(islice(done, COMMIT_UNITS)):
        found = pa.concat_tables(table for table, _ in rows)
        if found.num_rows:
            store.commit(record, {"comparisons": found}, store.snapshot())
        compared = sum(count for _, count in rows)
        record.counts["pairs compared"] = record.counts.get("pairs compared", 0) + compared
        total += compared
        advance(compared)
    return total


def _table(batch: pa.RecordBatch) -> pa.Table:
    return pa.Table.from_batches([batch])


def _texts(con: Any, last: str) -> tuple[pa.Table, np.ndarray]:
    """The texts with the keys of their buckets, and the beginnings of their signatures."""
    parts, short = [], [np.empty((0, GLANCE), np.uint32)]
    for batch in con.sql(TEXTS.format(last=last)).to_arrow_reader(READ_ROWS):
        salts = _keys(batch["numerals"])
        data = b"".join(batch["signature"].to_pylist())
        signatures = np.frombuffer(data, np.uint32).reshape(-1, sketch.PERMUTATIONS)
        keys = neighbours.band_keys(signatures, salts, BAND_LIKENESS)
        columns = {f"key{i}": k for i, k in enumerate((_keys(batch["maths"]), salts, *keys))}
        kept = {name: batch[name] for name in ("canonical_key", "example", "fresh")}
        parts.append(pa.table({**kept, **columns}))
        short.append(signatures[:, :GLANCE].copy())
    texts = pa.concat_tables(parts) if parts else pa.table({"fresh": np.empty(0, bool)})
    return texts, np.concatenate(short)


def _keys(column: Any) -> np.ndarray:
    """16 hex digits -> uint64."""
    return np.array([int(key, 16) for key in column.to_pylist()], np.uint64)


def _pairs(texts: pa.Table, glances: np.ndarray) -> np.ndarray:
    """int64 [m, 2]: rows of `texts` to compare."""
    fresh = texts["fresh"].to_numpy()
    if not fresh.any():
        return np.empty((0, 2), np.int64)
    keys = [name for name in texts.column_names if name.startswith("key")]
    columns = np.stack([texts[name].to_numpy() for name in keys])
    found = neighbours.pairs(columns, 2, fresh)
    return found[neighbours.agree(found, glances, AGREE)]


def _named(texts: pa.Table, pairs: np.ndarray) -> pa.Table:
    """The canonical keys of pairs, and problems that state them."""
    one, other = texts.take(pa.array(pairs[:, 0])), texts.take(pa.array(pairs[:, 1]))
    return pa.table(
        {
            "one_key": one["canonical_key"],
            "other_key": other["canonical_key"],
            "one_id": one["example"],
            "other_id": other["example"],
        }
    )


def judged(run_id: str, pairs: pa.Table) -> tuple[pa.Table, int]:
    """Comparison rows for pairs of statements that look alike, and how many pairs there were."""
    rows = pairs.to_pylist()
    found = list(_alike(rows, _facts(rows), run_id))
    return from_rows("comparisons", found), len(rows)


def _facts(rows: list[dict[str, Any]]) -> dict[str, facts.Facts]:
    """The facts of all texts of the pairs; a process keeps those that may come again."""
    if len(_KNOWN) > KEPT:
        _KNOWN.clear()
    texts = {text for row in rows for text in (row["one"], row["other"])} - _KNOWN.keys()
    fresh = sorted(texts)
    _KNOWN.update(zip(fresh, map(facts.facts, facts.readings(fresh)), strict=True))
    return _KNOWN


_KNOWN: dict[str, facts.Facts] = {}


def _alike(
    rows: list[dict[str, Any]], known: dict[str, facts.Facts], run_id: str
) -> Iterator[dict[str, Any]]:
    for row in rows:
        one, other = known[row["one"]], known[row["other"]]
        if compare.likeness(one, other) < compare.LEAST:
            continue
        judgement = compare.judge(one, other)._asdict()
        keys = {name: row[name] for name in ("one_key", "other_key")}
        yield {**keys, **judgement, "version": COMPARED, "run_id": run_id}


def near(con: Any) -> pa.Table:
    """(key, cluster, score, reason) of the canonical texts that are near another one."""
    con.execute(
        "create or replace temp table live as select distinct canonical_key from fingerprints f "
        "semi join raw.problems p on p.problem_id = f.subject_id "
        f"where subject = 'problem' and version = '{fingerprint.VERSION}'"
    )
    rows = con.sql(JUDGED).fetchall()
    edges = [clusters.Edge(*row[:5]) for row in rows]
    members = clusters.joined(edges, (row[:2] for row in rows if row[-1]))
    names = clusters.Member._fields
    columns = list(zip(*members, strict=True)) or [[]] * len(names)
    kinds = (pa.string(), pa.string(), pa.float64(), pa.string())
    arrays = [pa.array(column, kind) for column, kind in zip(columns, kinds, strict=True)]
    return pa.table(arrays, names=list(names))
