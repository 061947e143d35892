"""Rollouts -> verdicts. A rollout that breaks the verifier is a verdict of `error`, never a crash.

Owed are the rollouts without a verdict of this verifier, version and policy against the answer the
problem has now: a new version or a corrected answer judges again, and buys nothing.
"""

from typing import Any

import pyarrow as pa
from pydantic import Field

from factory import catalog, engine, reasoning
from factory.progress import Advance, Progress
from factory.recipe import Recipe, shown
from factory.store import Run, Store
from factory.verifiers import maths
from schemas.arrow import from_rows

UNIT_ROWS = 2_000

OWED = """
    select r.rollout_id, p.answer, p.statement, r.finish_reason, r.trace, r.solution
    from rollouts r join problems p using (problem_id)
    anti join verdicts v on v.rollout_id = r.rollout_id and v.answer is not distinct from p.answer
        and v.verifier = $verifier and v.version = $version and v.policy = $policy
    order by r.problem_id, r.sample_index
"""


class VerifyRecipe(Recipe):
    """How to judge."""

    deadline_s: float = Field(gt=0)


def owed(con: Any) -> pa.Table:
    """The rollouts to judge, with the answer to judge against."""
    names = {"verifier": maths.NAME, "version": maths.VERSION, "policy": maths.POLICY}
    return con.sql(OWED, params=names).to_arrow_table()


def run(store: Store, recipe: VerifyRecipe, progress: Progress) -> Run:
    """Judge what is owed, a commit every UNIT_ROWS rows."""
    with engine.run(store, "verify", shown(recipe)) as record:
        with catalog.connect(store) as con:
            rollouts = owed(con)
        with progress.task("verify", rollouts.num_rows) as advance:
            for start in range(0, rollouts.num_rows, UNIT_ROWS):
                unit = rollouts.slice(start, UNIT_ROWS)
                seen = store.snapshot()
                verdicts = judge(unit, recipe, record.run_id, advance)
                for row in verdicts["outcome"].to_pylist():
                    record.counts[row] = record.counts.get(row, 0) + 1
                store.commit(record, {"verdicts": verdicts}, seen)
    return record


def judge(rollouts: pa.Table, recipe: VerifyRecipe, run_id: str, advance: Advance) -> pa.Table:
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
    judged = []
    for verdict in maths.verify_many(claims, deadline_s=recipe.deadline_s):
        judged.append(verdict)
        advance()
    named = {"verifier": maths.NAME, "version": maths.VERSION, "policy": maths.POLICY}
    return from_rows(
        "verdicts",
        [
            {
                **named,
                "rollout_id": row["rollout_id"],
                "answer": row["answer"],
                "outcome": verdict.outcome,
                "tier": verdict.tier,
                "ms": verdict.ms,
                "run_id": run_id,
                "reason": verdict.reason,
                "extracted": verdict.extracted,
                "canonical": verdict.canonical,
                "answer_canonical": verdict.answer_canonical,
            }
            for row, verdict in zip(rows, judged, strict=True)
        ],
    )
