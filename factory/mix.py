"""Corpus -> a frozen, versioned mixture: an ordered copy of its rows whose id is a hash of them.

Selection and order depend on the spec and the snapshot alone. A problem that is test in any source,
or shares a cluster with one, never enters. The same spec over the same rows gives the same id, and
then nothing is written; other rows make the next version.
"""

from datetime import UTC, datetime
from typing import Any, Literal

import pyarrow as pa
from tokenizers import Tokenizer

from factory import catalog, engine, identity, reasoning
from factory.errors import UserError, unknown
from factory.progress import Progress
from factory.recipe import HOME, Recipe, load, named, parse, shown, validate
from factory.store import Run, Snapshot, Store, canonical
from schemas.arrow import from_rows

# A cluster is test as soon as one problem in it is, asked or not.
SELECT = """
    with tests as (
        select distinct coalesce(d.cluster_id, p.problem_id) as cluster_id from problems p
        left join duplicates d on d.subject = 'problem' and d.subject_id = p.problem_id
        where p.split = 'test'
    )
    select problem_id, rollout_id, statement, trace, solution
    from corpus anti join tests using (cluster_id)
    where ({where}
    )
    qualify row_number() over (partition by rollout_cluster_id order by rollout_id) = 1
    order by md5_number('{seed} ' || rollout_id), rollout_id
"""


class MixRecipe(Recipe):
    """What one mixture holds, in which order."""

    mixture: str
    stage: Literal["mid"]
    where: str
    seed: int
    tokenizer: str


def resolve(overrides: list[str]) -> MixRecipe:
    """The recipe of `just mix mixture=NAME key=value ...`."""
    given = parse(overrides)
    name = given.pop("mixture", "mid")
    values = load(named("mixtures", "mixture", name))
    return validate(MixRecipe, {**values, **given, "mixture": name})


def run(store: Store, recipe: MixRecipe, progress: Progress) -> tuple[dict[str, Any], bool]:
    """Freeze. Returns the mixture's row and whether it is new. Raises UserError."""
    with engine.run(store, "mix", shown(recipe)) as record:
        snapshot = store.snapshot()
        rows = select(store, snapshot, recipe)
        if not rows:
            raise UserError(
                f"mixture {recipe.mixture!r}: no rollout of a training problem fits "
                f'where={recipe.where!r}; `just sql "select outcome, split, count(*) from corpus '
                f'group by all"` shows what there is'
            )
        spec = canonical(shown(recipe))
        texts = ((r["rollout_id"], r["prompt"], r["completion"]) for r in rows)
        mixture_id = identity.mixture_id(spec, texts)
        versions = _versions(store, snapshot, recipe.mixture)
        if same := [row for row in versions if row["mixture_id"] == mixture_id]:
            return same[0], False
        with progress.task("count tokens", len(rows)) as advance:
            _count(rows, recipe.tokenizer, advance)
        mixture = _mixture(recipe, record, snapshot, spec, mixture_id, len(versions) + 1, rows)
        _freeze(store, record, snapshot, mixture, rows)
    return mixture, True


def select(store: Store, snapshot: Snapshot, recipe: MixRecipe) -> list[dict[str, Any]]:
    """The rows in training order: ids, prompt and completion."""
    sql = SELECT.format(where=recipe.where, seed=recipe.seed)
    with catalog.locked(store, snapshot) as con:
        found = catalog.fetch(con, sql)
    return [
        {
            "problem_id": problem_id,
            "rollout_id": rollout_id,
            "prompt": f"{statement}\n\n",
            "completion": reasoning.join(trace, solution),
        }
        for problem_id, rollout_id, statement, trace, solution in found
    ]


def _versions(store: Store, snapshot: Snapshot, name: str) -> list[dict[str, Any]]:
    with catalog.connect(store, snapshot) as con:
        sql = "select * from mixtures where name = ? order by version"
        return con.sql(sql, params=[name]).to_arrow_table().to_pylist()


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
    snapshot: Snapshot,
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
        "snapshot_id": snapshot.snapshot_id,
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
    """Pin the snapshot, then commit the mixture and its rows as one unit."""
    store.pin(snapshot)
    placed = [
        {**row, "mixture_id": mixture["mixture_id"], "position": place, "part": mixture["name"]}
        for place, row in enumerate(rows)
    ]
    tables: dict[str, pa.Table] = {
        "mixtures": from_rows("mixtures", [mixture]),
        "mixture_rows": from_rows("mixture_rows", placed),
    }
    record.counts = {"examples": len(rows), "tokens": mixture["tokens"]}
    store.commit(record, tables, snapshot)
