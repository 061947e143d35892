"""Verdicts -> the majority answer of every problem: its rollouts vote, however they spell it.

Answers are joined where the verifier takes each for the other, not where their text is the same.
The view `problems` shows a strong majority as the answer of a problem that no source answers;
`suspect_answers` shows those that contradict a source's. The source's answer is never changed.
"""

import json
import time
from functools import partial
from typing import Any

import pyarrow as pa

from factory import catalog, engine, reasoning
from factory.progress import Progress
from factory.store import Run, Store
from factory.verifiers import maths
from schemas.arrow import from_rows

UNIT_PROBLEMS = 1_000
COMMIT_ROWS = 20_000
MOST = 64  # distinct answers of a problem that are compared; rarer ones cast no vote

# Owed are the problems of whose rollouts another number has a verdict than voted last time.
OWED = f"""
    with each as (
        select r.problem_id, v.rollout_id, v.extracted, coalesce(v.canonical, v.extracted) as form,
            case when r.source is not null
                 then concat_ws(' ', r.model, r.teacher, r.source_row, r.sample_index) end as place
        from verdicts v join rollouts r using (rollout_id)
        where v.verifier = '{maths.NAME}' and v.version = '{maths.VERSION}'
            and v.policy = '{maths.POLICY}'
        qualify row_number() over (
            partition by v.rollout_id order by v.run_id desc, v.answer nulls first) = 1
    ),
    twice as (
        select problem_id, place from each where place is not null group by all having count(*) > 1
    ),
    texts as (  -- a rollout that was imported under two names has one vote: few are looked at
        select rollout_id, md5({reasoning.TOLD}) as text
        from rollouts semi join (from each semi join twice using (problem_id, place))
            using (rollout_id)
    ),
    latest as (
        select each.* from each left join texts using (rollout_id)
        qualify row_number() over (
            partition by problem_id, coalesce(place || ' ' || text, rollout_id)
            order by rollout_id) = 1
    ),
    owed as (  -- also those that lost their voters
        select problem_id, count(l.problem_id) as rollouts
        from (select problem_id from latest union select problem_id from votes where rollouts > 0)
        left join latest l using (problem_id) group by problem_id
        having count(l.problem_id) > 1 or problem_id in (select problem_id from votes)
    ),
    changed as (
        from owed o anti join votes v on v.problem_id = o.problem_id
            and v.rollouts = o.rollouts and v.version = '{maths.VERSION}'
    ),
    spelled as (
        select problem_id, min(extracted) as answer, count(*) as votes, min(rollout_id) as example
        from latest semi join changed using (problem_id)
        group by problem_id, form
    )
    select o.problem_id, any_value(o.rollouts) as rollouts, any_value(p.statement) as statement,
        list({{answer: s.answer, votes: s.votes, example: s.example}}
             order by s.votes desc, s.answer) filter (s.answer is not null) as answers
    from changed o left join spelled s using (problem_id)
    join raw.problems p on p.problem_id = o.problem_id
    group by o.problem_id
"""


def owed(con: Any) -> int:
    """How many problems are to be counted."""
    return con.sql(f"select count(*) from ({OWED})").fetchall()[0][0]


def run(store: Store, record: Run, deadline_s: float, progress: Progress) -> bool:
    """Count the votes that changed, as part of a run; whether there were any."""
    with catalog.connect(store) as con:
        owed = con.sql(OWED).to_arrow_table()
    if not owed.num_rows:
        return False
    units = (owed.slice(at, UNIT_PROBLEMS) for at in range(0, owed.num_rows, UNIT_PROBLEMS))
    with progress.task("vote", owed.num_rows) as advance:
        held: list[pa.Table] = []
        for rows in engine.spread(partial(counted, deadline_s, record.run_id), units):
            held.append(rows)
            advance(rows.num_rows)
            if sum(map(len, held)) >= COMMIT_ROWS:
                store.commit(record, {"votes": pa.concat_tables(held)}, store.snapshot())
                held = []
        if held:
            store.commit(record, {"votes": pa.concat_tables(held)}, store.snapshot())
    return True


def counted(deadline_s: float, run_id: str, problems: pa.Table) -> pa.Table:
    """Vote rows for problem rows."""
    return from_rows("votes", [_vote(row, deadline_s, run_id) for row in problems.to_pylist()])


def _vote(problem: dict[str, Any], deadline_s: float, run_id: str) -> dict[str, Any]:
    tally = _joined(problem["answers"] or [], problem["statement"], deadline_s)
    votes = [group["votes"] for group in tally] + [0, 0]
    return {
        "problem_id": problem["problem_id"],
        "rollouts": problem["rollouts"],
        "votes": votes[0],
        "runner_up": votes[1],
        "verifier": maths.NAME,
        "version": maths.VERSION,
        "run_id": run_id,
        "answer": tally[0]["answer"] if tally else None,
        "tally": json.dumps(tally, ensure_ascii=False),
    }


def _joined(
    answers: list[dict[str, Any]], statement: str, deadline_s: float
) -> list[dict[str, Any]]:
    """The answers with equal ones as one, most votes first; spelled as most of them spell it."""
    ends = time.monotonic() + deadline_s  # for the whole problem
    groups: list[dict[str, Any]] = []
    for one in answers[:MOST]:
        for group in groups:
            left = max(ends - time.monotonic(), 0.0)
            known = group["answer"]
            if maths.equivalent(known, one["answer"], question=statement, deadline_s=left):
                group["votes"] += one["votes"]
                break
        else:
            groups.append(dict(one))
    return sorted(groups, key=lambda group: -group["votes"])
