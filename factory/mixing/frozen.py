"""A frozen mixture: found by its name, and proved before anything is made of it.

The rows are hashed again and must give the id, so that what a checkpoint, a file or a card says it
came from is what was frozen.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from factory import identity
from factory.errors import StoreError, UserError, unknown
from factory.store import Snapshot, Store

TABLES = ("mixtures", "mixture_rows", "mixture_drops")

# What an example of a stage is, as TRL calls the columns.
EXAMPLE = {
    "mid": "prompt, completion",
    "sft": "prompt, completion",
    "rft": "prompt, completion",
    "dpo": "prompt, completion as chosen, rejected",
    "rl": "prompt, answer",
}
DIGESTS = f"""
    select {identity.ROW} from raw.mixture_rows where mixture_id = $mixture_id order by position
"""
RETRACTED = """
    select count(*) from raw.mixture_rows where mixture_id = $mixture_id and (
        problem_id in (from retracted_problems) or rollout_id in (from retracted_rollouts)
        or rejected_id in (from retracted_rollouts))
"""


def label(mixture: dict[str, Any]) -> str:
    """`NAME@VERSION`."""
    return f"{mixture['name']}@{mixture['version']}"


def find(con: Any, name: str) -> dict[str, Any]:
    """The row of NAME@VERSION, or of the newest version of NAME. Raises RecipeError."""
    known = con.sql("from mixtures order by version").to_arrow_table().to_pylist()
    named = [row for row in known if name in (row["name"], label(row))]
    if not named:
        raise unknown("mixture", name, map(label, known))
    return named[-1]


def known(con: Any, names: Iterable[str]) -> None:
    """Raises RecipeError for a name that is no NAME@VERSION of a mixture."""
    there = [label(row) for row in con.sql("from mixtures").to_arrow_table().to_pylist()]
    for name in names:
        if name not in there:
            raise unknown("mixture", name, there)


def prove(mixture: dict[str, Any], digests: Iterable[str]) -> None:
    """Raises StoreError where the digests of its rows, in order, do not give its id."""
    rows = 0

    def counted() -> Iterator[str]:
        nonlocal rows
        for each in digests:
            rows += 1
            yield each

    found = identity.mixture_id(mixture["spec"], counted())
    if found != mixture["mixture_id"]:
        raise StoreError(
            f"mixture {label(mixture)} is not what was frozen: its {rows} rows hash to "
            f"{found}, its id is {mixture['mixture_id']}; `just doctor` finds what changed"
        )


def fit_to_leave(con: Any, mixture: dict[str, Any]) -> None:
    """Raises StoreError where its content changed, UserError where rows of it were retracted."""
    of = {"mixture_id": mixture["mixture_id"]}
    reader = con.sql(DIGESTS, params=of).to_arrow_reader(100_000)
    prove(mixture, (each for batch in reader for each in batch.column(0).to_pylist()))
    if gone := retracted(con, mixture):
        raise UserError(
            f"{gone:,} of the {mixture['rows']:,} rows of {label(mixture)} were retracted since; "
            f"`just mix mixture={mixture['name']}` freezes a version without them"
        )


def retracted(con: Any, mixture: dict[str, Any]) -> int:
    """Rows of it that a catalog of now knows as taken back."""
    of = {"mixture_id": mixture["mixture_id"]}
    return con.sql(RETRACTED, params=of).fetchall()[0][0]


def as_of(store: Store, now: Snapshot, snapshot_id: str) -> Snapshot:
    """A pinned snapshot, but with the mixtures that are known now. Raises RecipeError."""
    then = [shard for shard in store.pinned(snapshot_id).shards if shard.table not in TABLES]
    return replace(now, shards=(*then, *(s for table in TABLES for s in now.of(table))))
