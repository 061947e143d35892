"""What is owed: the requests of an order that no rollout and no permanent failure answers.

It follows from identity alone. Requests wait on disk in the order of their problems' ids, so that
millions take no memory, and one that is stopped early has asked a random part of the problems.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

import duckdb
import pyarrow as pa

from factory import catalog
from factory.catalog import quoted
from factory.errors import QueryError, RecipeError, StoreError
from factory.order import Asker, GenerateRecipe, policy
from factory.store import Store
from schemas.exchange import Request

BATCH = 2_000  # problems on their way from the catalog to the disk

OWED = """
    with settled as (
        select problem_id, list(sample_index) as settled from raw.rollouts
        where policy_id = {policy} group by 1),
    failed as (
        select problem_id, list(rollout_id) as failed from raw.failures
        where permanent and model = {model} and not {retry_failed} group by 1),
    cut as (
        select problem_id, list(sample_index) as cut from raw.rollouts
        where teacher = {teacher} and model = {model} and finish_reason = 'length'
            and coalesce(sampling ->> 'max_completion_tokens', sampling ->> 'max_tokens')::bigint
                < {limit} group by 1)
    select p.problem_id, statement, failed, list_filter(
        range({n}), lambda i: not list_contains(coalesce(settled, []), i) and {again}) as indexes
    from raw.problems p join selected using (problem_id) {asked}
        left join settled using (problem_id) left join failed using (problem_id)
        left join cut using (problem_id)
    where len(indexes) > 0
"""


class Owed:
    """Requests on disk. `len` counts them; they can be gone through more than once."""

    def __init__(self, recipe: GenerateRecipe) -> None:
        self.asker = Asker(recipe)
        self._count = 0
        self._spool = sqlite3.connect("")  # a file without a name; gone when it is closed
        self._spool.execute("create table owed (problem_id text, statement text, indexes text)")

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Request]:
        sql = "select problem_id, statement, indexes from owed order by problem_id"
        for problem_id, statement, indexes in self._spool.execute(sql):
            yield from self.asker.requests(problem_id, statement, json.loads(indexes))

    def add(self, rows: Iterable[tuple[str, str, list[str] | None, list[int]]]) -> None:
        """(problem, statement, rollouts that failed for good, sample indexes) of some problems."""
        self._spool.executemany("insert into owed values (?, ?, ?)", map(self._counted, rows))

    def _counted(self, row: tuple[str, str, list[str] | None, list[int]]) -> tuple[str, str, str]:
        problem_id, statement, failed, indexes = row
        if failed:
            asked = self.asker.requests(problem_id, statement, indexes)
            indexes = [r.sample_index for r in asked if r.rollout_id not in set(failed)]
        self._count += len(indexes)
        return problem_id, statement, json.dumps(indexes)

    def close(self) -> None:
        """Give the disk back."""
        self._spool.close()


@contextmanager
def requests(
    store: Store, recipe: GenerateRecipe, of: Mapping[str, int] | None = None
) -> Iterator[Owed]:
    """What is owed now. `of`: only these problems, so many of each. Raises QueryError."""
    found = Owed(recipe)
    try:
        with catalog.locked(store) as con:
            select(con, recipe)
            if of is not None:
                names, counts = list(of), list(of.values())
                con.register("asked", pa.table({"problem_id": names, "n": counts}))
            with catalog.told():
                reader = catalog.query(con, _sql(recipe, of is not None)).to_arrow_reader(BATCH)
                for batch in reader:
                    found.add(zip(*(c.to_pylist() for c in batch.columns), strict=True))
        yield found
    except sqlite3.Error as error:
        raise StoreError(f"what is owed does not fit the temporary folder: {error}") from error
    finally:
        found.close()


def count(store: Store, recipe: GenerateRecipe) -> int:
    """How many requests are owed now. Raises QueryError."""
    with requests(store, recipe) as found:
        return len(found)


def select(con: duckdb.DuckDBPyConnection, recipe: GenerateRecipe) -> None:
    """Make the table `selected`: the ids of the order's problems, without known duplicates and
    contaminated ones. Raises QueryError where none fits.
    """
    # The view gathers the sources of every problem: not for an order that does not ask for that.
    view = "problems" if recipe.where else "raw.problems"
    where = f"and ({recipe.where}\n)" if recipe.where else ""
    limit = f"order by problem_id limit {recipe.limit}" if recipe.limit else ""
    sql = f"""
        select problem_id from {view} where problem_id not in (
            select subject_id from (
                select subject_id, first_value(subject_id) over (
                    partition by cluster_id order by subject_id <> representative_id, subject_id
                ) as kept
                from duplicates where subject = 'problem'
                    and subject_id not in (from retracted_problems))
            where subject_id <> kept
            union all from retracted_problems
            union all select subject_id from contaminations
            where subject = 'problem' and kind in ('copy', 'near'))
        {where} {limit}
    """
    with catalog.told():  # a table: a where with random() in it says one thing
        catalog.query(con, sql).create("selected")
    if not catalog.fetch(con, "select 1 from selected limit 1"):
        raise QueryError(
            f'no problem fits where={recipe.where!r}; `just sql "select source, domain, split, '
            'count(*) from problems group by all"` shows what there is'
        )


def problems(store: Store, recipe: GenerateRecipe) -> list[tuple[str, str]]:
    """(id, statement) of the order's problems, by id. Raises QueryError where none fits."""
    sql = "select problem_id, statement from raw.problems semi join selected using (problem_id)"
    with catalog.locked(store) as con:
        select(con, recipe)
        return catalog.fetch(con, f"{sql} order by problem_id")


def _sql(recipe: GenerateRecipe, of: bool) -> str:
    limit = recipe.sampling.limit()
    if recipe.retry_truncated and limit is None:
        raise RecipeError("retry_truncated=true needs max_tokens=N, above the limit that cut them")
    each = recipe.adaptive.first if recipe.n == "adaptive" else recipe.n
    return OWED.format(
        policy=quoted(policy(recipe)),
        model=quoted(recipe.teacher.model),
        teacher=quoted(recipe.teacher.name),
        retry_failed=recipe.retry_failed,
        limit=limit or 0,
        n="asked.n" if of else each,
        asked="join asked using (problem_id)" if of else "",
        again="list_contains(coalesce(cut, []), i)" if recipe.retry_truncated else "true",
    )
