"""Level and domain of problems of which no source states both, by a teacher with a fixed rubric.

The rubric is the prompt `level`; what the teacher says are tags of the tagger `rubric`, under its
name. A reply that cannot be read is asked for once more; one that cannot be read then is counted,
and owed again. Another model, prompt or sampling asks anew.
"""

import asyncio
import json
import re
import time
from collections.abc import Iterator
from typing import Any

from factory import catalog, engine, identity, reasoning
from factory.errors import UserError
from factory.flow import HOPELESS, Flow
from factory.llm_judge import Judge, JudgeTeacher
from factory.progress import Progress
from factory.recipe import shown
from factory.store import Run, Store
from factory.teacher import connect, render
from schemas.arrow import from_rows
from schemas.exchange import Refused, Reply, Request

PROMPT = "level"
TAGGER = "rubric"  # what the view `graded` knows it by
LEVELS = ("elementary", "middle", "high_school", "college", "graduate")
DOMAINS = (
    "algebra", "arithmetic", "calculus", "calendar", "combinatorics", "geometry", "linear_algebra",
    "logic", "measurement", "number_theory", "precalculus", "probability", "other",
)  # fmt: skip
COMMIT_PROBLEMS, COMMIT_S = 200, 2.0
_GRADE = re.compile(rf"Level: ({'|'.join(LEVELS)})\nDomain: ({'|'.join(DOMAINS)})", re.IGNORECASE)

OWED = f"""
    select problem_id, statement from problems
    where (level_source is null or domain_source is null or level_source like 'rubric:%'
            or domain_source like 'rubric:%')
        and problem_id not in (
            select subject_id from tags where subject = 'problem' and tagger = '{TAGGER}'
                and scope = $teacher and version = $policy)
    order by problem_id
"""


def run(store: Store, recipe: JudgeTeacher, progress: Progress) -> Run:
    """Ask about what is owed; what was told is kept within COMMIT_S. Raises UserError."""
    with engine.run(store, "tag", shown(recipe)) as record:
        judge = Judge(recipe)
        params = {"teacher": recipe.teacher.name, "policy": judge.policy_id}
        with catalog.connect(store) as con:
            owed = con.sql(OWED, params=params).fetchall()[: recipe.limit]
        _Grading(store, record, judge).run(owed, progress)
    return record


class _Grading:
    """What was told so far, and what of it is not committed yet."""

    def __init__(self, store: Store, record: Run, judge: Judge) -> None:
        self.store, self.record, self.judge = store, record, judge
        self.held: list[dict[str, Any]] = []
        self.since = time.monotonic()
        self.unreadable: list[str] = []

    def run(self, owed: list[tuple[str, str]], progress: Progress) -> None:
        """Ask about all of them, and about those whose reply could not be read once more."""
        counts = self.record.counts
        try:
            with progress.task(f"ask {self.judge.recipe.teacher.name}", len(owed)) as advance:
                asyncio.run(self._ask(owed, 0, advance))
                again, self.unreadable = set(self.unreadable), []
                asyncio.run(self._ask([row for row in owed if row[0] in again], 1, advance))
        finally:
            self._commit()
        if self.unreadable:
            counts["problems unreadable"] = len(self.unreadable)
        if left := len(owed) - sum(n for name, n in counts.items() if name.startswith("problems")):
            counts["problems left"] = left

    async def _ask(self, rows: list[tuple[str, str]], time_asked: int, advance: Any) -> None:
        def settle(request: Request, end: Reply | Refused, _: float | None) -> None:
            self.judge.take(end)
            if self._settle(request.problem_id, end) or time_asked:
                advance()

        backend = connect(self.judge.recipe.teacher)
        try:
            flow = Flow(backend.sample, self.judge.recipe.concurrency)
            await flow.run(self._requests(rows, time_asked), settle)
        finally:
            await backend.close()

    def _requests(self, rows: list[tuple[str, str]], time_asked: int) -> Iterator[Request]:
        for problem_id, statement in rows:
            if not self.judge.budget.left():
                return
            told = json.dumps(statement, ensure_ascii=False)
            messages = render(self.judge.messages, statement=told)
            name = identity.rollout_id(self.judge.policy_id, messages, time_asked)
            yield Request(name, problem_id, time_asked, messages, self.judge.sampling)

    def _settle(self, problem_id: str, end: Reply | Refused) -> bool:
        """Keep what came of one request; whether it is settled."""
        counts = self.record.counts
        if isinstance(end, Refused):
            name = f"problems failed: {str(end)[:100]}"
        elif grade := _read(end):
            name = "problems graded"
            self.held += self._tags(problem_id, *grade)
        else:
            self.unreadable.append(problem_id)
            if len(self.unreadable) == HOPELESS and "problems graded" not in counts:
                words = f"the first {HOPELESS} replies end without a level and a domain"
                raise UserError(f"{words}; the last: {end.text[-100:]!r}")
            return False
        counts[name] = counts.get(name, 0) + 1
        if len(self.held) >= 2 * COMMIT_PROBLEMS or time.monotonic() - self.since >= COMMIT_S:
            self._commit()
        return True

    def _tags(self, problem_id: str, level: str, domain: str) -> Iterator[dict[str, Any]]:
        for name, label in (("level", level), ("domain", domain)):
            yield {
                "subject": "problem",
                "subject_id": problem_id,
                "scope": self.judge.recipe.teacher.name,
                "tagger": TAGGER,
                "version": self.judge.policy_id,
                "name": name,
                "label": label,
                "run_id": self.record.run_id,
            }

    def _commit(self) -> None:
        self.record.cost_usd, self.since = self.judge.budget.spent, time.monotonic()
        if self.held:
            tags = from_rows("tags", self.held)
            self.store.commit(self.record, {"tags": tags}, self.store.snapshot())
            self.held = []


def _read(reply: Reply) -> tuple[str, str] | None:
    """Level and domain, where they are the last two lines; markup around them is none of it."""
    _, solution = reasoning.split(reply.text, reply.reasoning)
    lines = [line for raw in solution.splitlines() if (line := raw.replace("*", "").strip("` ."))]
    found = _GRADE.fullmatch("\n".join(lines[-2:]))
    return (found[1].lower(), found[2].lower()) if found else None
