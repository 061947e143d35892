"""What the rule of contamination leaves open: a teacher says whether two texts state one problem.

It is asked about a pair once, in both orders; what it says is a row of `contaminations` in place of
the rule's: `near` where it calls them the same, else `different`. Where it is unsure, or fails, the
pair stays a suspect.
"""

import asyncio
import time
from collections.abc import Sequence
from typing import Any

from factory import catalog, engine
from factory.catalog import quoted
from factory.likeness import OVERLAPS
from factory.llm_judge import Judge, JudgeTeacher, Opinion, Pair
from factory.progress import Progress
from factory.recipe import shown
from factory.store import Run, Store
from schemas.arrow import from_rows
from schemas.exchange import Refused

PROMPT = "same-problem"
KINDS = {"same": "near", "different": "different"}
COMMIT_ROWS, COMMIT_S = 200, 2.0
OPEN = f"""
    select c.*, p.statement, i.statement as item
    from contaminations c join problems p on p.problem_id = c.subject_id
    join benchmark_items i using (benchmark, digest, item_id)
    where c.subject = 'problem' and c.kind = 'suspect' and c.version = '{OVERLAPS}'
        and benchmark in ({{names}})
    order by c.subject_id, benchmark, item_id
"""


def run(store: Store, names: Sequence[str], recipe: JudgeTeacher, progress: Progress) -> Run:
    """Ask about suspects of the sets; what was told is kept within COMMIT_S. Raises UserError."""
    with engine.run(store, "decontaminate", shown(recipe)) as record:
        with catalog.connect(store) as con:
            sql = OPEN.format(names=", ".join(map(quoted, names)))
            rows = con.sql(sql).to_arrow_table().to_pylist()[: recipe.limit]
        _Asked(store, record, Judge(recipe), rows).run(progress)
    return record


class _Asked:
    """Suspects, and what was told of them and is not committed yet."""

    def __init__(self, store: Store, record: Run, judge: Judge, rows: list[dict[str, Any]]) -> None:
        self.store, self.record, self.judge = store, record, judge
        self.left = {str(at): row for at, row in enumerate(rows)}
        self.held: list[dict[str, Any]] = []
        self.since = time.monotonic()

    def run(self, progress: Progress) -> None:
        """Ask about all of them."""
        pairs = [Pair(k, "", row["item"], row["statement"]) for k, row in self.left.items()]
        teacher = self.judge.recipe.teacher
        try:
            with progress.task(f"ask {teacher.name}", len(pairs)) as advance:

                def told(pair: Pair, opinion: Opinion | Refused) -> None:
                    advance()
                    self._take(self.left.pop(pair.key), opinion)

                asyncio.run(self.judge.run(pairs, told))
        finally:
            self._commit()
        if self.left:
            self.record.counts["suspects left"] = len(self.left)

    def _take(self, row: dict[str, Any], opinion: Opinion | Refused) -> None:
        refused = isinstance(opinion, Refused)
        name = (
            f"suspects failed: {str(opinion)[:100]}" if refused else f"suspects {opinion.relation}"
        )
        self.record.counts[name] = self.record.counts.get(name, 0) + 1
        if not refused and opinion.relation in KINDS:
            model = self.judge.recipe.teacher.model
            reason = f"asked twice, sides swapped: {', '.join(opinion.said)}"
            kept = {k: v for k, v in row.items() if k not in ("statement", "item")}
            told = {"kind": KINDS[opinion.relation], "judge": model, "reason": reason}
            self.held.append({**kept, **told, "run_id": self.record.run_id})
        if len(self.held) >= COMMIT_ROWS or time.monotonic() - self.since >= COMMIT_S:
            self._commit()

    def _commit(self) -> None:
        self.record.cost_usd, self.since = self.judge.budget.spent, time.monotonic()
        if self.held:
            rows = from_rows("contaminations", self.held)
            self.store.commit(self.record, {"contaminations": rows}, self.store.snapshot())
            self.held = []
