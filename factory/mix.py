"""Corpus -> a frozen, versioned mixture: an ordered copy of its rows whose id is a hash of them.

Selection and order depend on the spec and the snapshot alone. Every rollout (of stage rl every
problem) is either taken or dropped, by the first rule that says so; both are kept. The same spec
over the same rows gives the same id, and then nothing is written; other rows make the next version.
"""

from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version as installed
from typing import Any

import pyarrow as pa
from duckdb import DuckDBPyConnection

from factory import catalog, clean, engine, identity, tokens
from factory.errors import UserError
from factory.mixing import budget, freeze, frozen, pairs, pool
from factory.mixing.spec import MixRecipe
from factory.progress import Progress
from factory.recipe import shown
from factory.store import Run, Snapshot, Store, canonical
from schemas.arrow import from_rows

LIBRARIES = ("duckdb", "math-verify", "polars", "pyarrow", "sympy", "tokenizers")

# What a mixture promises, asked of the rows themselves in other words, before they are frozen.
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
DROPPED = "select rule, count(*) from dropped group by rule order by 2 desc, 1"
VERSIONS = """
    select verifier, string_agg(distinct verifier_version, ', ' order by verifier_version)
    from corpus semi join taken using (problem_id) where verifier is not null group by 1
    union all select tagger, string_agg(distinct version, ', ' order by version) as version
    from tags group by 1
    union all select 'dedup', string_agg(distinct version, ', ' order by version) from fingerprints
    order by all
"""


def run(store: Store, recipe: MixRecipe, progress: Progress) -> tuple[dict[str, Any], bool]:
    """Freeze. Returns the mixture's row and whether anything was written. Raises UserError."""
    with engine.run(store, "mix", shown(recipe)) as record:
        while True:
            now = store.snapshot()
            pinned = recipe.snapshot
            snapshot = frozen.as_of(store, now, pinned) if pinned else now
            with (
                catalog.connect(store, snapshot) as con,
                progress.task("mix", 3) as advance,
            ):
                found = _frozen(con, store, record, now, snapshot, recipe, advance)
            if found:
                return found


def _frozen(
    con: DuckDBPyConnection,
    store: Store,
    record: Run,
    now: Snapshot,
    snapshot: Snapshot,
    recipe: MixRecipe,
    advance: Callable[[], None],
) -> tuple[dict[str, Any], bool] | None:
    """Select and freeze; None where another machine took the version meanwhile."""
    checked = clean.checked(store, snapshot, recipe.benchmarks)
    tokenizer = tokens.name(recipe.tokenizer)
    # The same rows by another way are the same mixture.
    asked = shown(recipe) | {"snapshot": None, "tokenizer": tokenizer, "digests": checked}
    spec = canonical(asked)
    report = select(con, store, snapshot, recipe)
    advance()
    mixture_id = identity.mixture_id(spec, freeze.digests(con, recipe))
    if recipe.stage == "dpo":
        report["pairs"] |= pairs.likeness(con)
    advance()
    versions = _versions(con, recipe.mixture)
    same = next((row for row in versions if row["mixture_id"] == mixture_id), None)
    live = _live(con, mixture_id)
    if same and live == same["rows"]:
        return same, False
    shards = freeze.shards(con, store, record, mixture_id, live)
    advance()
    # Rows lost with a shard come back under the version they had.
    mixture = same or {
        "version": 1 + max((row["version"] for row in versions), default=0),
        "mixture_id": mixture_id,
        "snapshot_id": recipe.snapshot or store.pin(snapshot),
        "tokenizer": tokenizer,
        "run_id": record.run_id,
        "spec": spec,
        **_described(recipe, report),
    }
    record.counts = {"examples": mixture["rows"], "tokens": mixture["tokens"]}
    new = {} if same else {"mixtures": from_rows("mixtures", [mixture])}
    return (mixture, True) if store.add(record, shards, new, now) else None


def _described(recipe: MixRecipe, report: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": recipe.mixture,
        "stage": recipe.stage,
        "rows": sum(part["rows"] for part in report["parts"]),
        "tokens": sum(part["delivered"] for part in report["parts"]),
        "created_at": datetime.now(UTC).replace(tzinfo=None),
        "report": canonical(report),
    }


def select(
    con: DuckDBPyConnection, store: Store, snapshot: Snapshot, recipe: MixRecipe
) -> dict[str, Any]:
    """Make the temporary tables `taken` and `dropped`; what to report of them. Raises UserError."""
    pool.fill(con, store, snapshot, recipe)
    both = con.sql("select (select count(*) from pool) + (select count(*) from dropped)")
    report: dict[str, Any] = {"input": both.fetchall()[0][0]}
    if recipe.stage == "dpo":
        report["pairs"] = pairs.match(con, recipe)
    pool.cap(con, recipe)
    if not con.sql("select count(*) from pool").fetchall()[0][0]:
        raise UserError(_nothing(con, recipe))
    report["parts"] = [asdict(part) for part in budget.take(con, recipe)]
    chosen = con.sql("select distinct problem_id from taken").to_arrow_table()
    refuse_tests(con, chosen["problem_id"].to_pylist())
    report["dropped"] = dict(con.sql(DROPPED).fetchall())
    report["versions"] = _checked_versions(con, recipe)
    return report


def refuse_tests(con: DuckDBPyConnection, problem_ids: list[str]) -> None:
    """Raises RuntimeError, a bug of ours, if one of the problems or its cluster is test."""
    con.register("chosen", pa.table({"problem_id": pa.array(problem_ids, pa.string())}))
    if leaked := con.sql(LEAKED).fetchall():
        raise RuntimeError(
            f"{len(leaked)} test problems chosen for a mixture, {leaked[0][0]} first"
        )


def _nothing(con: DuckDBPyConnection, recipe: MixRecipe) -> str:
    """What to say where no row is left."""
    of = {"rl": "training problem", "dpo": "pair of a training problem"}
    what = of.get(recipe.stage, "rollout of a training problem")
    asks = "; `just generate checkpoint=NAME` has a student answer more"
    rules = ", ".join(f"{rule} {count:,}" for rule, count in con.sql(DROPPED).fetchall())
    return (
        f"mixture {recipe.mixture!r}: no {what} fits "
        f"where={recipe.where!r}; dropped by rule: {rules or 'nothing, the store has none'}"
        f"{asks if recipe.stage in ('rl', 'rft') else ''}"
    )


def _checked_versions(con: DuckDBPyConnection, recipe: MixRecipe) -> dict[str, str]:
    """What judged, tagged and compared the rows, and the libraries. Raises UserError."""
    found = {name: version for name, version in con.sql(VERSIONS).fetchall() if version}
    for name, wanted in recipe.versions.items():
        if found.get(name) != wanted:
            raise UserError(
                f"versions.{name}={wanted!r}, but the rows are of version {found.get(name)!r}; "
                f"known: {', '.join(f'{n} {v}' for n, v in found.items())}"
            )
    return {**found, **{name: installed(name) for name in LIBRARIES}}


def _versions(con: DuckDBPyConnection, name: str) -> list[dict[str, Any]]:
    sql = "select * from mixtures where name = $name order by version"
    return con.sql(sql, params={"name": name}).to_arrow_table().to_pylist()


def _live(con: DuckDBPyConnection, mixture_id: str) -> int:
    """Rows of a mixture that can be read; fewer than it had once a shard was taken out."""
    sql = "select count(*) from raw.mixture_rows where mixture_id = $id"
    return con.sql(sql, params={"id": mixture_id}).fetchall()[0][0]
