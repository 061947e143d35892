"""Rollouts -> verdicts. A rollout that breaks the verifier is a verdict of `error`, never a crash.

Owed are the rollouts without a verdict of this verifier, version and policy against the answer the
problem has now: a new version or a corrected answer judges again, and buys nothing.
"""

from functools import partial
from typing import Any

import pyarrow as pa
from pydantic import Field

from factory import catalog, engine, reasoning, vote
from factory.progress import Progress
from factory.recipe import Recipe, shown
from factory.store import Run, Store
from factory.verifiers import maths
from schemas.arrow import from_rows

UNIT_ROWS = 1_000  # for a core to judge
COMMIT_ROWS, COMMIT_S = 20_000, 10  # whichever comes first: a shard each

NAMED = {"verifier": maths.NAME, "version": maths.VERSION, "policy": maths.POLICY}
UNJUDGED = f"""
    anti join verdicts v on v.rollout_id = r.rollout_id and v.answer is not distinct from p.answer
        and v.verifier = '{maths.NAME}' and v.version = '{maths.VERSION}'
        and v.policy = '{maths.POLICY}'
"""
OWED = f"""
    from rollouts r join problems p using (problem_id)
    {UNJUDGED}
"""
COLUMNS = "r.rollout_id, p.answer, p.statement, r.finish_reason, r.trace, r.solution"


class VerifyRecipe(Recipe):
    """How to judge."""

    deadline_s: float = Field(gt=0)


def owed(con: Any) -> int:
    """How many rollouts are to be judged."""
    return con.sql(f"select count(*) {OWED}").fetchall()[0][0]


def run(store: Store, recipe: VerifyRecipe, progress: Progress) -> Run:
    """Judge what is owed, on all cores, and count the votes on what was judged."""
    with engine.run(store, "verify", shown(recipe)) as record:
        judge(store, recipe.deadline_s, record, progress)
        if vote.run(store, record, recipe.deadline_s, progress):
            before = sum(record.counts.values())
            # Against the majority, where that is new.
            judge(store, recipe.deadline_s, record, progress)
            again = sum(record.counts.values()) - before
            record.counts["judged by a majority"] = again
            record.counts["no_gold"] = record.counts.get("no_gold", 0) - again
            record.counts = {name: count for name, count in record.counts.items() if count > 0}
    return record


def judge(
    store: Store, deadline_s: float, record: Run, progress: Progress, owed: str = OWED
) -> None:
    """Judge what is owed; `owed`: from rollouts `r` and problems `p`, without a verdict."""
    with catalog.connect(store) as con:
        count = con.sql(f"select count(*) {owed}").fetchall()[0][0]
        with progress.task("verify", count) as advance:
            batches = con.sql(f"select {COLUMNS} {owed}").to_arrow_reader(UNIT_ROWS)
            # Not fewer rows at a time: DuckDB's batches end where a shard does.
            units = map(pa.Table.from_batches, engine.units(batches, UNIT_ROWS, len))
            work = partial(judged, deadline_s, record.run_id)
            verdicts = engine.spread(work, units)
            for done in engine.units(verdicts, COMMIT_ROWS, len, COMMIT_S):
                rows = pa.concat_tables(done)
                for outcome in rows["outcome"].value_counts().to_pylist():
                    name = outcome["values"]
                    record.counts[name] = record.counts.get(name, 0) + outcome["counts"]
                store.commit(record, {"verdicts": rows}, store.snapshot())
                advance(rows.num_rows)


def judged(deadline_s: float, run_id: str, rollouts: pa.Table) -> pa.Table:
    """Verdict rows for rollout rows, in their order."""
    rows = rollouts.to_pylist()
    claims = [
        maths.Claim(
            completion=reasoning.join(row["trace"], row["solution"]),
            answer=row["answer"],
            question=row["statement"],
            finish_reason=row["finish_reason"],
        )
        for row in rows
    ]
    verdicts = maths.verify_many(claims, workers=1, deadline_s=deadline_s)
    return from_rows(
        "verdicts",
        [
            {
                **NAMED,
                "rollout_id": row["rollout_id"],
                "answer": row["answer"],
                "outcome": verdict.outcome,
                "tier": verdict.tier,
                "ms": verdict.ms,
                "run_id": run_id,
                "reason": verdict.reason,
                "flags": ", ".join(verdict.flags) or None,
                "extracted": verdict.extracted,
                "canonical": verdict.canonical,
                "answer_canonical": verdict.answer_canonical,
            }
            for row, verdict in zip(rows, verdicts, strict=True)
        ],
    )
