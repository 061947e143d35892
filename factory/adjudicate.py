"""Verdicts the rules cannot give: a teacher decides what they call incorrect or leave open.

What they call correct is never asked about, and never overturned: the view `corpus` prefers the
rules there, and the judge elsewhere. A pair of answers to a problem is asked about once, however
many rollouts give it.
"""

import asyncio
import time
from collections.abc import Callable
from typing import Any

from factory import catalog, engine
from factory.llm_judge import Judge, JudgeTeacher, Opinion, Pair
from factory.progress import Progress
from factory.recipe import shown
from factory.store import Run, Store
from factory.verifiers import maths
from schemas.arrow import from_rows
from schemas.exchange import Refused

NAME = "judge"  # what the view `corpus` knows it by
VERSION = "1"
COMMIT_ROWS, COMMIT_S = 200, 2.0
OUTCOMES = {"same": "correct", "different": "incorrect", "unsure": "ambiguous"}

OWED = f"""
    with open as (
        select v.*, r.problem_id, p.statement, coalesce(v.canonical, v.extracted) as form
        from verdicts v join rollouts r using (rollout_id)
        join problems p on p.problem_id = r.problem_id and p.answer = v.answer
        where v.verifier = '{maths.NAME}' and v.version = '{maths.VERSION}'
            and v.policy = '{maths.POLICY}' and v.extracted is not null
            and v.outcome in ('incorrect', 'ambiguous', 'timeout', 'unparseable_answer', 'error')
    ),
    told as (
        select v.rollout_id, r.problem_id, v.answer, v.outcome, v.reason,
            coalesce(v.canonical, v.extracted) as form
        from verdicts v join raw.rollouts r using (rollout_id)
        where v.verifier = '{NAME}' and v.version = '{VERSION}' and v.policy = $policy
    ),
    known as (
        select problem_id, answer, form, any_value(outcome) as known, any_value(reason) as reason
        from told group by all
    )
    select problem_id, any_value(statement) as statement, answer, min(extracted) as extracted,
        min(canonical) as canonical, min(answer_canonical) as answer_canonical,
        list(rollout_id) as rollout_ids, any_value(known) as known, any_value(k.reason) as reason
    from (from open anti join told using (rollout_id, answer)) o
    left join known k using (problem_id, answer, form)
    group by problem_id, answer, form
    order by problem_id, extracted
"""


def run(store: Store, recipe: JudgeTeacher, progress: Progress) -> Run:
    """Ask about what is owed; what was told is kept within COMMIT_S. Raises UserError."""
    with engine.run(store, "adjudicate", shown(recipe)) as record:
        judge, held, since = Judge(recipe), list[dict[str, Any]](), time.monotonic()
        with catalog.connect(store) as con:
            found = con.sql(OWED, params={"policy": judge.policy_id}).to_arrow_table().to_pylist()

        def keep(row: dict[str, Any], outcome: str, reason: str, seconds: float) -> None:
            count = record.counts.get(outcome, 0)
            record.counts[outcome] = count + len(row["rollout_ids"])
            verdict = {"outcome": outcome, "reason": reason, "ms": seconds * 1000}
            held.extend(_verdicts(row, verdict, judge.policy_id, record.run_id))
            record.cost_usd = judge.budget.spent
            nonlocal since
            if len(held) >= COMMIT_ROWS or time.monotonic() - since >= COMMIT_S:
                _commit(store, record, held)
                since = time.monotonic()

        try:
            for row in found:
                if row["known"]:  # of an earlier rollout that gives the same answer
                    keep(row, row["known"], row["reason"], 0.0)
            unknown = [row for row in found if not row["known"]][: recipe.limit]
            _ask(judge, unknown, keep, record, progress)
        finally:
            record.cost_usd = judge.budget.spent
            _commit(store, record, held)
    return record


def _ask(
    judge: Judge,
    rows: list[dict[str, Any]],
    keep: Callable[[dict[str, Any], str, str, float], None],
    record: Run,
    progress: Progress,
) -> None:
    left = {str(at): row for at, row in enumerate(rows)}
    pairs = [Pair(k, r["statement"], r["answer"], r["extracted"]) for k, r in left.items()]
    with progress.task(f"ask {judge.recipe.teacher.name}", len(rows)) as advance:

        def told(pair: Pair, opinion: Opinion | Refused) -> None:
            advance()
            row = left.pop(pair.key)
            if isinstance(opinion, Refused):
                name = f"pairs failed: {str(opinion)[:100]}"
                record.counts[name] = record.counts.get(name, 0) + 1
            else:
                model = judge.recipe.teacher.model
                reason = f"{model} asked twice, sides swapped: {', '.join(opinion.said)}"
                keep(row, OUTCOMES[opinion.relation], reason, opinion.seconds)

        asyncio.run(judge.run(pairs, told))
    if left:
        record.counts["pairs left"] = len(left)


def _commit(store: Store, record: Run, held: list[dict[str, Any]]) -> None:
    if held:
        store.commit(record, {"verdicts": from_rows("verdicts", held)}, store.snapshot())
        held.clear()


def _verdicts(
    row: dict[str, Any], verdict: dict[str, Any], policy: str, run_id: str
) -> list[dict[str, Any]]:
    """The verdict for every rollout that gives this answer."""
    same = ("answer", "extracted", "canonical", "answer_canonical")
    named = {"verifier": NAME, "version": VERSION, "policy": policy, "tier": NAME}
    return [
        {"rollout_id": rollout_id, "run_id": run_id, **named, **verdict}
        | {name: row[name] for name in same}
        for rollout_id in row["rollout_ids"]
    ]
