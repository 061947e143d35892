"""Problems -> rollouts. Buys exactly what is owed: the rollouts wanted less those there are.

Every reply is journalled before its slot is freed; sealing turns a journal into shards in one
commit. A request that fails is a row in `failures`, never a crash; a permanent one is not owed
again.
"""

import asyncio
import time
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from importlib import import_module
from typing import Any, Literal

from pydantic import Field, field_validator

from factory import catalog, engine, identity, journal, reasoning
from factory.errors import UserError
from factory.journal import Journal
from factory.progress import Progress
from factory.recipe import HOME, Recipe, load, parse, shown, validate
from factory.store import Run, Store, canonical
from factory.teacher import Sampling, Teacher, render, template, values
from schemas.arrow import from_rows
from schemas.exchange import Backend, Refused, Reply, Request

SEAL_ROWS = 5_000
Step = Literal["sample", "verify", "dedup", "tag"]


class GenerateRecipe(Recipe):
    """What to ask, of whom, how often."""

    teacher: Teacher
    sampling: Sampling
    n: int = Field(ge=1)
    concurrency: int = Field(ge=1)
    seed: int | None
    steps: list[Step]
    where: str | None
    limit: int | None = Field(ge=1)
    problems: int = Field(ge=1)

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
    if recipe["seed"] is not None:
        recipe["sampling"]["seed"] = recipe["seed"]
    return validate(GenerateRecipe, recipe)


def policy(recipe: GenerateRecipe) -> str:
    """The id of this teacher, prompt and sampling."""
    teacher = recipe.teacher
    messages = template(teacher.prompt)
    sampling = recipe.sampling.sent()
    return identity.policy_id(teacher.model, teacher.revision, teacher.backend, messages, sampling)


def owed(store: Store, recipe: GenerateRecipe) -> list[Request]:
    """The requests that no rollout and no permanent failure answers yet."""
    answered = "select rollout_id from {} where {}"
    with catalog.connect(store) as con:
        done = _ids(con, answered.format("rollouts", "policy_id = ?"), policy(recipe))
        gone = _ids(
            con, answered.format("failures", "permanent and model = ?"), recipe.teacher.model
        )
    settled = done | gone
    return [r for r in wanted(store, recipe) if r.rollout_id not in settled]


def _ids(con: Any, sql: str, value: str) -> set[str]:
    return {row[0] for row in con.execute(sql, [value]).fetchall()}


def wanted(store: Store, recipe: GenerateRecipe) -> Iterator[Request]:
    """Every request of the recipe, problem by problem, in the order of their ids."""
    messages = template(recipe.teacher.prompt)
    sampling = recipe.sampling.sent()
    its_policy = policy(recipe)
    for problem_id, statement in _problems(store, recipe):
        asked = render(messages, statement)
        for index in range(recipe.n):
            rollout_id = identity.rollout_id(its_policy, asked, index)
            yield Request(rollout_id, problem_id, index, asked, sampling)


def _problems(store: Store, recipe: GenerateRecipe) -> list[tuple[str, str]]:
    where = f"where ({recipe.where}\n)" if recipe.where else ""
    limit = f"limit {recipe.limit}" if recipe.limit else ""
    sql = f"select problem_id, statement from problems {where} order by problem_id {limit}"
    with catalog.locked(store) as con:
        return catalog.fetch(con, sql)


def run(store: Store, recipe: GenerateRecipe, progress: Progress) -> Run:
    """Buy what is owed. Raises UserError when the teacher stops the run."""
    with engine.run(store, "generate", shown(recipe)) as record:
        recover(store, record, progress)
        requests = owed(store, recipe)
        if requests:
            backend = _backend(recipe.teacher)
            asyncio.run(_Sampler(store, recipe, record, progress).buy(requests, backend))
    return record


def _backend(teacher: Teacher) -> Backend:
    key = teacher.key()
    return import_module(f"factory.backends.{teacher.backend}").connect(teacher, key)


def recover(store: Store, record: Run, progress: Progress) -> None:
    """Seal what a killed run left in its journals, under that run's own name."""
    for path in journal.left(store.root):
        rows = list(journal.lines(path))
        arrived = sum(table == "rollouts" for table, _ in rows)
        header = next((row for table, row in rows if table == "run"), asdict(record))
        counts = header["counts"]
        counts["rollouts"] = counts.get("rollouts", 0) + arrived
        written = seal(store, Run(**{**header, "status": "killed", "counts": counts}), rows)
        progress.say(f"recovered {written:,} rollouts of a killed run from {path.name}")
        path.unlink()


def seal(store: Store, run: Run, rows: list[journal.Line]) -> int:
    """Commit journalled rows; those the store has already are dropped. Returns rollouts written."""
    tables = {}
    for table in ("rollouts", "failures"):
        mine = [_dated(row) for name, row in rows if name == table]
        if mine:
            tables[table] = from_rows(table, mine)
    if not tables:
        return 0
    seen = store.snapshot()
    with catalog.connect(store, seen) as con:
        fresh = {table: catalog.unseen(con, table, rows) for table, rows in tables.items()}
    return store.commit(run, fresh, seen).get("rollouts", 0)


def _dated(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "created_at": datetime.fromisoformat(row["created_at"])}


class _Sampler:
    """One run of requests: workers over one iterator, a journal, a seal every SEAL_ROWS rows."""

    def __init__(
        self, store: Store, recipe: GenerateRecipe, record: Run, progress: Progress
    ) -> None:
        self.store, self.recipe, self.record, self.progress = store, recipe, record, progress
        self.policy = policy(recipe)
        self.rows: list[journal.Line] = []
        self.segments = 0
        self.journal = self._open()

    async def buy(self, requests: list[Request], backend: Backend) -> None:
        """Ask for all of them; what arrived is sealed however this ends."""
        queue = iter(requests)
        label = f"sample {self.recipe.teacher.name}"
        try:
            with self.progress.task(label, len(requests)) as advance:
                async with asyncio.TaskGroup() as group:
                    for _ in range(min(self.recipe.concurrency, len(requests))):
                        group.create_task(self._work(queue, backend, advance))
        except* UserError as errors:
            raise errors.exceptions[0] from None
        finally:
            self._seal()
            self.journal.close()
            self.journal.path.unlink()
            await backend.close()

    async def _work(self, queue: Iterator[Request], backend: Backend, advance: Any) -> None:
        for request in queue:
            clock = time.monotonic()
            try:
                reply = await backend.sample(request)
                self._keep("rollouts", self._rollout(request, reply, time.monotonic() - clock))
            except Refused as refused:
                self._keep("failures", self._failure(request, refused))
                if refused.stop:
                    raise UserError(f"teacher {self.recipe.teacher.name!r}: {refused}") from None
            advance()
            await asyncio.sleep(0)

    def _keep(self, table: str, row: dict[str, Any]) -> None:
        self.journal.write(table, row)
        self.rows.append((table, row))
        self.record.counts[table] = self.record.counts.get(table, 0) + 1
        self.record.cost_usd += row.get("cost_usd") or 0.0
        if len(self.rows) >= SEAL_ROWS:
            self._seal()
            self.journal.close()
            self.journal.path.unlink()
            self.journal = self._open()

    def _open(self) -> Journal:
        self.segments += 1
        return Journal(self.store.root, self.segments, asdict(self.record))

    def _seal(self) -> None:
        seal(self.store, self.record, self.rows)
        self.rows = []

    def _rollout(self, request: Request, reply: Reply, seconds: float) -> dict[str, Any]:
        teacher = self.recipe.teacher
        trace, solution = reasoning.split(reply.text, reply.reasoning)
        return {
            **self._asked(request),
            "policy_id": self.policy,
            "revision": teacher.revision,
            "backend": teacher.backend,
            "prompt": teacher.prompt,
            "sampling": canonical(dict(request.sampling)),
            "finish_reason": reply.finish_reason,
            "prompt_tokens": reply.prompt_tokens,
            "completion_tokens": reply.completion_tokens,
            "cost_usd": teacher.cost(reply.prompt_tokens, reply.completion_tokens),
            "latency_s": round(seconds, 4),
            "served_model": reply.served_model,
            "fingerprint": reply.fingerprint,
            "license": teacher.license,
            "messages": canonical(request.messages),
            "trace": _storable(trace),
            "solution": _storable(solution),
        }

    def _failure(self, request: Request, refused: Refused) -> dict[str, Any]:
        row = {"kind": refused.kind, "permanent": refused.permanent, "message": refused.message}
        return {**self._asked(request), **row}

    def _asked(self, request: Request) -> dict[str, Any]:
        return {
            "rollout_id": request.rollout_id,
            "problem_id": request.problem_id,
            "teacher": self.recipe.teacher.name,
            "model": self.recipe.teacher.model,
            "sample_index": request.sample_index,
            "run_id": self.record.run_id,
            "created_at": datetime.now(UTC).replace(tzinfo=None).isoformat(),
        }


def _storable(text: str | None) -> str | None:
    """Lone surrogates cannot be stored as UTF-8: each becomes a question mark."""
    return None if text is None else text.encode("utf-8", "replace").decode()
