"""Problems -> rollouts. Buys exactly what is owed: the rollouts wanted less those there are.

What is owed follows from identity alone, so resuming, appending and shuffling need no flag: the
recipe names a teacher, a sampling and n, and the store says what of it exists.
"""

import asyncio
from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any, Literal

from pydantic import Field, field_validator

from factory import catalog, engine, identity
from factory.errors import QueryError, RecipeError, StoreError
from factory.progress import Progress
from factory.recipe import HOME, Recipe, load, parse, shown, validate
from factory.sampler import Budget, Sampler, recover
from factory.store import Run, Store
from factory.teacher import Sampling, Teacher, render, template, values
from schemas.exchange import Backend, Request

Step = Literal["sample", "verify", "dedup", "tag"]


class Adaptive(Recipe):
    """The rules of `n=adaptive` (`factory.adaptive`)."""

    first: int = Field(ge=1)
    cap: int = Field(ge=1)
    width: float = Field(gt=0, lt=1)


class GenerateRecipe(Recipe):
    """What to ask, of whom, how often."""

    teacher: Teacher
    sampling: Sampling
    n: int | Literal["adaptive"]
    adaptive: Adaptive
    concurrency: int = Field(ge=1)
    seed: int | None
    steps: list[Step]
    where: str | None
    limit: int | None = Field(ge=1)
    problems: int = Field(ge=1)
    max_cost: float | None = Field(gt=0)
    max_requests: int | None = Field(ge=1)
    max_tokens: int | None = Field(ge=1)
    retry_failed: bool
    retry_truncated: bool
    any_model: bool
    plan: bool

    @field_validator("n", mode="before")
    @classmethod
    def _counted(cls, value: Any) -> Any:
        if value != "adaptive" and not (str(value).isdigit() and int(value) >= 1):
            raise ValueError("Should be a number from 1 on, or adaptive")
        return value if value == "adaptive" else int(value)

    @field_validator("steps", mode="before")
    @classmethod
    def _listed(cls, value: Any) -> Any:
        return value.split(",") if isinstance(value, str) else value


def resolve(overrides: list[str]) -> GenerateRecipe:
    """The recipe of `just generate key=value ...`."""
    given = parse(overrides)
    recipe = {**load(HOME / "recipes" / "generate.yaml")}
    recipe |= {k: v for k, v in given.items() if not k.startswith(("teacher.", "sampling."))}
    recipe["teacher"], recipe["sampling"] = values(str(recipe["teacher"]), given)
    for name in ("seed", "max_tokens"):
        if name in given and f"sampling.{name}" in given:
            raise RecipeError(f"{name} and sampling.{name} are one; give only {name}")
        if recipe[name] is not None:
            recipe["sampling"][name] = recipe[name]
    return validate(GenerateRecipe, recipe)


def policy(recipe: GenerateRecipe) -> str:
    """The id of this teacher, prompt and sampling."""
    teacher = recipe.teacher
    messages = template(teacher.prompt)
    if teacher.prefill:
        messages = [*messages, {"role": "assistant", "content": teacher.prefill}]
    sampling = recipe.sampling.sent()
    return identity.policy_id(teacher.model, teacher.revision, teacher.backend, messages, sampling)


def owed(
    store: Store, recipe: GenerateRecipe, of: Mapping[str, int] | None = None
) -> list[Request]:
    """The requests that no rollout and, unless retried, no permanent failure answers yet."""
    answered = "select rollout_id from {} where {}"
    with catalog.connect(store) as con:
        settled = _ids(con, answered.format("rollouts", "policy_id = ?"), policy(recipe))
        if not recipe.retry_failed:
            failed = answered.format("failures", "permanent and model = ?")
            settled |= _ids(con, failed, recipe.teacher.model)
        cut = _cut(con, recipe) if recipe.retry_truncated else None
    return [
        request
        for request in wanted(store, recipe, of)
        if request.rollout_id not in settled
        and (cut is None or (request.problem_id, request.sample_index) in cut)
    ]


def _cut(con: Any, recipe: GenerateRecipe) -> set[tuple[str, int]]:
    """(problem, sample) whose rollout by this teacher ran out of a smaller token limit."""
    sql = """
        select problem_id, sample_index from rollouts
        where teacher = ? and model = ? and finish_reason = 'length'
            and (sampling ->> 'max_tokens')::bigint < ?
    """
    limit = recipe.sampling.max_tokens
    if limit is None:
        raise RecipeError("retry_truncated=true needs max_tokens=N, above the limit that cut them")
    return set(con.execute(sql, [recipe.teacher.name, recipe.teacher.model, limit]).fetchall())


def _ids(con: Any, sql: str, value: str) -> set[str]:
    return {row[0] for row in con.execute(sql, [value]).fetchall()}


def wanted(
    store: Store, recipe: GenerateRecipe, of: Mapping[str, int] | None = None
) -> Iterator[Request]:
    """Every request of the recipe, problem by problem, in the order of their ids."""
    each = recipe.adaptive.first if recipe.n == "adaptive" else recipe.n
    messages = template(recipe.teacher.prompt)
    sampling = recipe.sampling.sent()
    its_policy = policy(recipe)
    for problem_id, statement in problems(store, recipe):
        asked = render(messages, statement)
        for index in range(each if of is None else of.get(problem_id, 0)):
            rollout_id = identity.rollout_id(its_policy, asked, index)
            yield Request(rollout_id, problem_id, index, asked, sampling)


def problems(store: Store, recipe: GenerateRecipe) -> list[tuple[str, str]]:
    """Problems to ask, in the order of their ids; not known duplicates, nor contaminated ones.

    Raises QueryError where none fits.
    """
    where = f"and ({recipe.where}\n)" if recipe.where else ""
    limit = f"limit {recipe.limit}" if recipe.limit else ""
    sql = f"""
        select problem_id, statement from problems
        where problem_id not in (
            select subject_id from duplicates where subject_id <> representative_id
            union select subject_id from contaminations)
        {where} order by problem_id {limit}
    """
    with catalog.locked(store) as con:
        if found := catalog.fetch(con, sql):
            return found
    raise QueryError(
        f'no problem fits where={recipe.where!r}; `just sql "select source, domain, split, '
        'count(*) from problems group by all"` shows what there is'
    )


def run(
    store: Store,
    recipe: GenerateRecipe,
    progress: Progress,
    pilot: int | None = None,
    of: Mapping[str, int] | None = None,
    budget: Budget | None = None,
) -> Run:
    """Buy what is owed. Raises UserError when stopped.

    `pilot`: only so many, spread over what is owed. `of`: only these problems, so many of each.
    `budget`: one that several runs share; default: the recipe's.
    """
    if damage := store.snapshot().damage:
        raise StoreError(
            f"{damage[0][1]}: what it held would be bought again; restore the file, or "
            "`just doctor repair=true` gives it up"
        )
    budget = budget or budget_of(recipe)
    with engine.run(store, "generate", shown(recipe)) as record:
        recover(store, record, progress)
        requests = owed(store, recipe, of)
        requests = requests[:: -(-len(requests) // pilot)] if pilot and requests else requests
        if requests:
            buyer = Sampler(store, recipe.teacher, policy(recipe), record, budget, recipe.any_model)
            most = recipe.concurrency
            asyncio.run(buyer.buy(requests, connect(recipe.teacher), most, progress))
            record.counts["left"] = len(requests) - buyer.asked
    return record


def budget_of(recipe: GenerateRecipe) -> Budget:
    """What the recipe may spend. Raises UserError."""
    return Budget(recipe.teacher, recipe.max_cost, recipe.max_requests)


def connect(teacher: Teacher) -> Backend:
    """The backend of a teacher, with its key. Raises UserError."""
    key = teacher.key()
    return import_module(f"factory.backends.{teacher.backend}").connect(teacher, key)
