"""Corpus -> a frozen, versioned mixture: an ordered copy of its rows whose id is a hash of them.

Selection and order depend on the spec and the snapshot alone. A problem that is test in any source,
shares a cluster with one or reads like one never enters: `where` only names rollouts, on a
connection of its own, and what is test is taken out of them afterwards. The same spec over the
same rows gives the same id, and then nothing is written; other rows make the next version.
"""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

import pyarrow as pa
from duckdb import DuckDBPyConnection
from pydantic import BeforeValidator, Field
from tokenizers import Tokenizer

from factory import catalog, clean, engine, identity, reasoning
from factory.errors import UserError, unknown
from factory.progress import Progress
from factory.recipe import HOME, Recipe, listed, load, named, parse, shown, validate
from factory.store import Run, Snapshot, Store, canonical
from schemas.arrow import from_rows

# All of the user's text, alone in its statement: whatever it says, it can only name rollouts.
NAMED = "select rollout_id from corpus where ({where}\n)"

# A cluster is test as soon as one problem in it is, asked or not, or reads like one that is. A
# problem that no source states any more has no split to go by, and stays out.
SELECT = """
    with stated as (
        select p.problem_id, text_key(p.statement) as text,
            coalesce(d.cluster_id, p.problem_id) as cluster_id
        from raw.problems p
        left join duplicates d on d.subject = 'problem' and d.subject_id = p.problem_id
    ),
    tests as (
        select distinct cluster_id from stated
        where text in (select text from stated semi join test_problems using (problem_id))
    ),
    open as (
        select problem_id from problems semi join (from stated anti join tests using (cluster_id))
            using (problem_id)
        where sources is not null
    ),
    chosen as (
        select problem_id, rollout_id, coalesce(template_id, problem_id) as template_id,
            statement, trace, solution
        from corpus semi join named using (rollout_id) semi join open using (problem_id)
        anti join dirty_problems using (problem_id) anti join dirty_rollouts using (rollout_id)
        qualify row_number() over (partition by rollout_cluster_id order by rollout_id) = 1
    )
    select problem_id, rollout_id, statement, trace, solution from chosen
    qualify $cap is null or $cap >= dense_rank() over (
        partition by template_id order by md5_number($seed || ' ' || problem_id), problem_id)
    order by md5_number($seed || ' ' || rollout_id), rollout_id
"""
UNREAD = """
    select count(distinct problem_id) from corpus semi join named using (rollout_id)
    where template_id is null
"""

# The same promise in other words, asked of the rows themselves just before they are frozen.
LEAKED = """
    with assigned as (
        select p.problem_id, t.problem_id is not null as test, d.cluster_id from raw.problems p
        left join test_problems t on t.problem_id = p.problem_id
        left join duplicates d on d.subject = 'problem' and d.subject_id = p.problem_id
    )
    select distinct c.problem_id from chosen c join assigned a using (problem_id)
    where a.test or a.cluster_id in (select t.cluster_id from assigned t where t.test)
    order by 1
"""


class MixRecipe(Recipe):
    """What one mixture holds, in which order."""

    mixture: str
    stage: Literal["mid"]
    where: str
    seed: int
    tokenizer: str
    benchmarks: Annotated[list[str], BeforeValidator(listed)]
    number_variants: Literal["keep", "drop"]
    per_template: int | None = Field(ge=1)


def resolve(overrides: list[str]) -> MixRecipe:
    """The recipe of `just mix mixture=NAME key=value ...`."""
    given = parse(overrides)
    name = given.pop("mixture", "mid")
    values = load(named("mixtures", "mixture", name))
    return validate(MixRecipe, {**values, **given, "mixture": name})


def run(store: Store, recipe: MixRecipe, progress: Progress) -> tuple[dict[str, Any], bool]:
    """Freeze. Returns the mixture's row and whether anything was written. Raises UserError."""
    with engine.run(store, "mix", shown(recipe)) as record:
        snapshot = store.snapshot()
        checked = clean.checked(store, snapshot, recipe.benchmarks)
        rows = select(store, snapshot, recipe)
        spec = canonical({**shown(recipe), "digests": checked})
        texts = ((r["rollout_id"], r["prompt"], r["completion"]) for r in rows)
        mixture_id = identity.mixture_id(spec, texts)
        versions = _versions(store, snapshot, recipe.mixture)
        same = next((row for row in versions if row["mixture_id"] == mixture_id), None)
        if same and _live(store, snapshot, mixture_id) == same["rows"]:
            return same, False
        with progress.task("count tokens", len(rows)) as advance:
            _count(rows, recipe.tokenizer, advance)
        # Rows lost with a shard come back under the version they had.
        version = 1 + max((row["version"] for row in versions), default=0)
        mixture = same or _mixture(
            recipe, record, store.pin(snapshot), spec, mixture_id, version, rows
        )
        _freeze(store, record, snapshot, mixture, rows)
    return mixture, True


def select(store: Store, snapshot: Snapshot, recipe: MixRecipe) -> list[dict[str, Any]]:
    """The rows in training order: ids, prompt and completion. Raises UserError where none fits."""
    with catalog.locked(store, snapshot) as con:
        named = [str(name) for name, *_ in catalog.fetch(con, NAMED.format(where=recipe.where))]
    with catalog.connect(store, snapshot) as con:
        con.register("named", pa.table({"rollout_id": pa.array(named, pa.string())}))
        clean.leave_out(con, recipe.benchmarks, recipe.number_variants == "drop")
        if recipe.per_template and (unread := con.sql(UNREAD).fetchall()[0][0]):
            raise UserError(
                f"per_template={recipe.per_template}: the families of {unread:,} problems are not "
                "known yet; `just dedup` finds them"
            )
        params = {"seed": str(recipe.seed), "cap": recipe.per_template}
        found = con.sql(SELECT, params=params).fetchall()
        refuse_tests(con, [problem_id for problem_id, *_ in found])
    if not found:
        raise UserError(
            f"mixture {recipe.mixture!r}: no rollout of a training problem fits "
            f'where={recipe.where!r}; `just sql "select outcome, split, count(*) from corpus '
            f'group by all"` shows what there is'
        )
    return [
        {
            "problem_id": problem_id,
            "rollout_id": rollout_id,
            "prompt": f"{statement}\n\n",
            "completion": reasoning.join(trace, solution),
        }
        for problem_id, rollout_id, statement, trace, solution in found
    ]


def refuse_tests(con: DuckDBPyConnection, problem_ids: list[str]) -> None:
    """Raises RuntimeError, a bug of ours, if one of the problems or its cluster is test."""
    con.register("chosen", pa.table({"problem_id": pa.array(problem_ids, pa.string())}))
    if leaked := con.sql(LEAKED).fetchall():
        raise RuntimeError(
            f"{len(leaked)} test problems chosen for a mixture, {leaked[0][0]} first"
        )


def _versions(store: Store, snapshot: Snapshot, name: str) -> list[dict[str, Any]]:
    with catalog.connect(store, snapshot) as con:
        sql = "select * from mixtures where name = ? order by version"
        return con.sql(sql, params=[name]).to_arrow_table().to_pylist()


def _live(store: Store, snapshot: Snapshot, mixture_id: str) -> int:
    """Rows of a mixture that can be read; fewer than it had once a shard was taken out."""
    with catalog.connect(store, snapshot) as con:
        sql = "select count(*) from raw.mixture_rows where mixture_id = ?"
        return con.sql(sql, params=[mixture_id]).fetchall()[0][0]


def _count(rows: list[dict[str, Any]], tokenizer: str, advance: Any) -> None:
    known = {path.stem: path for path in (HOME / "tokenizers").glob("*.json")}
    if tokenizer not in known:
        raise unknown("tokenizer", tokenizer, known)
    counter = Tokenizer.from_file(str(known[tokenizer]))
    for row in rows:
        row["tokens"] = len(counter.encode(row["prompt"] + row["completion"]).ids)
        advance()


def _mixture(
    recipe: MixRecipe,
    record: Run,
    snapshot_id: str,
    spec: str,
    mixture_id: str,
    version: int,
    rows: list[dict[str, Any]],
) -> dict[str, Any]:
    return {
        "name": recipe.mixture,
        "version": version,
        "mixture_id": mixture_id,
        "stage": recipe.stage,
        "snapshot_id": snapshot_id,
        "rows": len(rows),
        "tokens": sum(row["tokens"] for row in rows),
        "tokenizer": recipe.tokenizer,
        "run_id": record.run_id,
        "created_at": datetime.now(UTC).replace(tzinfo=None),
        "spec": spec,
    }


def _freeze(
    store: Store,
    record: Run,
    snapshot: Snapshot,
    mixture: dict[str, Any],
    rows: list[dict[str, Any]],
) -> None:
    """Commit what is not live of the mixture and its rows, as one unit."""
    placed = [
        {**row, "mixture_id": mixture["mixture_id"], "position": place, "part": mixture["name"]}
        for place, row in enumerate(rows)
    ]
    tables: dict[str, pa.Table] = {
        "mixtures": from_rows("mixtures", [mixture]),
        "mixture_rows": from_rows("mixture_rows", placed),
    }
    with catalog.connect(store, snapshot) as con:
        missing = {name: catalog.unseen(con, name, rows) for name, rows in tables.items()}
    record.counts = {"examples": len(rows), "tokens": mixture["tokens"]}
    store.commit(record, missing, snapshot)
