"""Texts -> fingerprints: what each says and what it is like. Read once per version, kept for good.

Part of `just dedup`. A unit of texts is a commit, so a killed run goes on where it was.
"""

from functools import partial
from itertools import islice
from operator import attrgetter
from typing import Any

import pyarrow as pa

from factory import catalog, engine, reasoning
from factory.likeness import READER
from factory.progress import Progress
from factory.store import Run, Snapshot, Store

VERSION = READER
WIDTH = {"problem": 1, "rollout": 3}  # tokens of a shingle: rollouts are long, problems reworded

TEXTS = {
    "problem": "select problem_id as subject_id, statement as text from raw.problems",
    "rollout": f"select rollout_id as subject_id, {reasoning.TOLD} as text from raw.rollouts",
}
OWED = f"""
    from ({{texts}}) t anti join fingerprints f
    on f.subject = '{{subject}}' and f.subject_id = t.subject_id and f.version = '{VERSION}'
"""

UNIT_BYTES = 16_000_000  # of text, for a core
READ_ROWS = 2_048
MEMORY = "4GB"  # of DuckDB, before it writes to disk
COMMIT_UNITS = 4


def connected(store: Store, snapshot: Snapshot | None = None) -> Any:
    """The catalog, as all of dedup reads it: within MEMORY."""
    con = catalog.connect(store, snapshot)
    con.execute(f"set memory_limit = '{MEMORY}'")
    return con


def owed(con: Any, subject: str) -> int:
    """How many texts are to be read."""
    return con.sql(f"select count(*) {_owed(subject)}").fetchall()[0][0]


def _owed(subject: str) -> str:
    return OWED.format(texts=TEXTS[subject], subject=subject)


def run(store: Store, record: Run, progress: Progress) -> None:
    """Read every text that has no fingerprint, as part of a run."""
    for subject in TEXTS:
        with connected(store) as con:
            if count := owed(con, subject):
                _read(store, record, con, subject, count, progress)


def _read(
    store: Store, record: Run, con: Any, subject: str, count: int, progress: Progress
) -> None:
    from factory.likeness import kernel, sketch  # they load numba

    if kernel.cold(sketch.sketch_all):
        progress.say("dedup: its reader of texts is compiled once, in about 20 s")
    with progress.task(f"read {subject}s", count) as advance:
        select = f"select t.subject_id, t.text {_owed(subject)}"
        batches = con.sql(select).to_arrow_reader(READ_ROWS)
        units = engine.units(batches, UNIT_BYTES, attrgetter("nbytes"))
        work = partial(fingerprinted, subject, record.run_id)
        done = engine.spread(work, map(pa.Table.from_batches, units))
        while rows := list(islice(done, COMMIT_UNITS)):
            table = pa.concat_tables(rows)
            store.commit(record, {"fingerprints": table}, store.snapshot())
            name = f"{subject}s read"
            record.counts[name] = record.counts.get(name, 0) + table.num_rows
            advance(table.num_rows)


def fingerprinted(subject: str, run_id: str, texts: pa.Table) -> pa.Table:
    """Fingerprint rows for (subject_id, text) rows, in their order."""
    from factory.likeness import sketch

    found = sketch.sketches(texts["text"], WIDTH[subject])
    n = texts.num_rows
    signatures = pa.FixedSizeBinaryArray.from_buffers(
        pa.binary(4 * sketch.PERMUTATIONS), n, [None, pa.py_buffer(found.signatures.tobytes())]
    )
    return pa.table(
        {
            "subject": pa.repeat(subject, n),
            "subject_id": texts["subject_id"],
            "version": pa.repeat(VERSION, n),
            "canonical_key": sketch.hex_keys(found.keys[:, :2]),
            "maths_key": sketch.hex_keys(found.keys[:, 2]),
            "numerals_key": sketch.hex_keys(found.keys[:, 3]),
            "template_key": sketch.hex_keys(found.keys[:, 4]),
            "tokens": pa.array(found.counts, pa.int64()),
            "run_id": pa.repeat(run_id, n),
            "signature": signatures.cast(pa.binary()),
        }
    )
