"""`just eval`: questions and a teacher -> judged rollouts, none of which enters the corpus.

Who is asked what is the evaluation: asked again it owes only what is missing, and with more samples
only those. Rollouts go through the journal and the flow control of `just generate`, under its lock,
as a journal has one buyer at a time. The figures are the view `scores`.
"""

import asyncio
from datetime import UTC, datetime
from random import Random
from typing import Any

from pydantic import Field

from factory import benchmark, catalog, engine, identity, verify
from factory.benchmark import HELDOUT, Definition, SetRecipe
from factory.errors import QueryError, RecipeError, UserError
from factory.generate import budget_of, buy
from factory.order import Asker, AskRecipe, policy, resolved
from factory.progress import Progress
from factory.recipe import parse, shown
from factory.sealing import recover
from factory.sources._fields import boxed
from factory.store import Run, Store, canonical, digest
from factory.verifiers import maths
from schemas.arrow import from_rows
from schemas.exchange import Request

OWN = "problems"  # what a set of the store's own problems is called
LETTERS = "ABCDEFGHIJ"
PROBLEMS = """
    select problem_id, problem_id as item_id, level, domain, d.difficulty, answer, statement
    from problems left join (select problem_id, difficulty from difficulty) d using (problem_id)
    where answer_source = 'gold' and ({where}
    ) order by problem_id
"""
ASKED = """
    select problem_id, sample_index from raw.evaluation_rollouts where evaluation_id = $id
"""
UNJUDGED = f"""
    from raw.evaluation_rollouts r join evaluations e using (evaluation_id)
    join evaluation_items p on p.digest = e.digest and p.problem_id = r.problem_id
    {verify.UNJUDGED}
"""


class EvalRecipe(AskRecipe, SetRecipe):
    """Who is asked what, and how often."""

    samples: int = Field(ge=1, le=10_000)
    answer: str | None
    level: str | None
    domain: str | None
    problems: str


def resolve(overrides: list[str]) -> EvalRecipe:
    """The recipe of `just eval key=value ...`. Raises RecipeError."""
    recipe = resolved(EvalRecipe, "eval", overrides)
    if len(recipe.names()) > 1:
        raise RecipeError(f"benchmark={recipe.benchmark!r} names several; evaluate one at a time")
    if recipe.benchmark and "problems" in parse(overrides):
        raise RecipeError("benchmark= and problems= are two sets of questions; give one of them")
    if recipe.teacher.backend == "batch":
        raise RecipeError("batch files cannot be evaluated by; ask with another teacher.backend")
    return recipe


def run(store: Store, recipe: EvalRecipe, progress: Progress) -> tuple[str, Run]:
    """Ask and judge what is owed; the evaluation's id. Raises UserError."""
    with (
        engine.locked(store.root, "generate"),
        engine.run(store, "eval", shown(recipe)) as record,
    ):
        recover(store, record, progress)
        items = questions(store, recipe)
        evaluation_id = _begin(store, recipe, record, items)
        try:
            requests = _owed(store, recipe, evaluation_id, items)
            if requests:
                budget, count = budget_of(recipe), len(requests)
                bought = buy(
                    store, recipe, record, budget, requests, count, progress, evaluation_id
                )
                asyncio.run(bought)
        finally:
            verify.judge(store, maths.DEADLINE_S, record, progress, UNJUDGED)
    return evaluation_id, record


def questions(store: Store, recipe: EvalRecipe) -> list[dict[str, Any]]:
    """The questions as rows of `evaluation_items`, without digest and run. Raises UserError."""
    if recipe.benchmark and (recipe.benchmark != HELDOUT or recipe.given()):
        with catalog.connect(store) as con:
            there = benchmark.held(con)
        found = _of_set(benchmark.definition(recipe.benchmark, recipe, there), recipe.benchmark)
    else:
        sql = PROBLEMS.format(where=recipe.problems)
        with catalog.locked(store) as con, catalog.told():
            found = catalog.query(con, sql).to_arrow_table().to_pylist()
        if not found:
            raise QueryError(
                f'no problem with an answer fits problems={recipe.problems!r}; `just sql "select '
                'source, split, count(*) from problems group by all"` shows what there is'
            )
    once = {row["problem_id"]: row for row in found}
    return [once[name] for name in sorted(once)][: recipe.limit]


def _of_set(definition: Definition, name: str) -> list[dict[str, Any]]:
    """The items of an evaluation set that have a statement. Raises UserError."""
    if definition.answer is None:
        raise RecipeError(f"benchmark {name!r} does not say where answers are: give answer=FIELD")
    found = []
    for where, item, row in benchmark.rows(name, definition):
        if not item.statement:
            continue
        answer = _final(str(benchmark.field(where, row, definition.answer, "answer")))
        if not answer:
            raise UserError(f"{where}: {definition.answer!r} is empty; give answer=FIELD")
        statement = item.statement
        if definition.choices:
            wrong = [str(benchmark.field(where, row, f, "choices")) for f in definition.choices]
            statement, answer = _chosen(statement, answer, wrong)
        more = {
            key: None if field is None else str(benchmark.field(where, row, field, key))
            for key, field in (("level", definition.level), ("domain", definition.domain))
        }
        told = {"problem_id": identity.problem_id(statement), "item_id": item.item_id, **more}
        found.append({**told, "answer": answer, "statement": statement})
    if not found:
        raise UserError(f"benchmark {name!r} has no items in {definition.path}")
    return found


def _final(answer: str) -> str:
    """What follows GSM8K's mark, or stands in the last box of a solution; else all of it."""
    told = answer.rpartition("####")[2].strip()
    return boxed(told) or told


def _chosen(statement: str, answer: str, wrong: list[str]) -> tuple[str, str]:
    """The question with its choices, in an order that its text decides, and the right letter."""
    choices = [answer, *(text.strip() for text in wrong)]
    Random(statement).shuffle(choices)
    lines = [f"({letter}) {text}" for letter, text in zip(LETTERS, choices, strict=False)]
    asked = "\n".join([statement, "", *lines, "", "Answer with the letter of the right choice."])
    return asked, LETTERS[choices.index(answer)]


def _begin(store: Store, recipe: EvalRecipe, record: Run, items: list[dict[str, Any]]) -> str:
    """Commit what is asked, of whom; the evaluation's id."""
    teacher, its_policy = recipe.teacher, policy(recipe)
    found = digest(canonical([[row["problem_id"], row["answer"]] for row in items]))[:32]
    evaluation_id = digest(canonical(["evaluation", its_policy, found]))[:32]
    row = {
        "evaluation_id": evaluation_id,
        "benchmark": recipe.benchmark or OWN,
        "digest": found,
        "questions": len(items),
        "samples": recipe.samples,
        "teacher": teacher.name,
        **{key: getattr(teacher, key) for key in ("model", "revision", "backend", "prompt")},
        "policy_id": its_policy,
        "sampling": canonical(recipe.sampling.sent()),
        "selection": None if recipe.benchmark else recipe.problems,
        "run_id": record.run_id,
        "created_at": datetime.fromisoformat(record.started).astimezone(UTC).replace(tzinfo=None),
    }
    told = [{**item, "digest": found, "run_id": record.run_id} for item in items]
    with catalog.connect(store) as con:
        same = "select count(*) from evaluations where evaluation_id = $id and samples = $samples"
        params = {"id": evaluation_id, "samples": recipe.samples}
        known = con.sql(same, params=params).fetchall() == [(1,)]
    if not known:
        record.counts["questions"] = len(items)
        tables = {"evaluations": [row], "evaluation_items": told}
        store.commit(record, {name: from_rows(name, rows) for name, rows in tables.items()})
    return evaluation_id


def _owed(
    store: Store, recipe: EvalRecipe, evaluation_id: str, items: list[dict[str, Any]]
) -> list[Request]:
    """What was not answered yet, nor refused for good: the first sample of every question first."""
    with catalog.connect(store) as con:
        there = set(con.sql(ASKED, params={"id": evaluation_id}).fetchall())
        sql = "select rollout_id from raw.failures where permanent"
        refused = {name for (name,) in con.sql(sql).fetchall()}
    asker = Asker(recipe, evaluation_id)
    wanted = (
        request
        for index in range(recipe.samples)
        for item in items
        if (item["problem_id"], index) not in there
        for request in asker.requests(item["problem_id"], item["statement"], [index])
    )
    return [request for request in wanted if request.rollout_id not in refused]
