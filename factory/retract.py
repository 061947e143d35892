"""`just retract source=NAME reason="..."`: rows are taken back, and the reason is kept.

Nothing is rewritten: what only those rows state leaves every view, and with it every later mixture
and export. Frozen mixtures do not change; those that hold such rows are listed.
"""

from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import StringConstraints
from rich.console import Console

from factory import catalog, engine
from factory.errors import UserError, unknown
from factory.progress import Progress
from factory.recipe import Recipe, shown
from factory.store import Run, Store
from schemas.arrow import from_rows

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]

# Rows of mixtures whose rollout is in the store and in no view.
AFFECTED = """
    select m.name || '@' || m.version, count(*), any_value(m.rows)
    from raw.mixture_rows r join mixtures m using (mixture_id)
    semi join raw.rollouts using (rollout_id)
    where r.rollout_id not in (select rollout_id from rollouts)
    group by all order by all
"""
LEFT = """
    select (select count(*) from raw.problems) - (select count(*) from problems),
           (select count(*) from raw.rollouts) - (select count(*) from rollouts)
"""


class RetractRecipe(Recipe):
    """What is taken back, and why."""

    source: Text
    row: Text | None
    reason: Text


def run(store: Store, recipe: RetractRecipe, progress: Progress) -> Run:
    """Record it. Raises UserError for a source or row that the store does not have."""
    with engine.run(store, "retract", shown(recipe)) as record:
        snapshot = store.snapshot()
        with catalog.connect(store, snapshot) as con:
            _known(con, recipe)
            before = con.sql(LEFT).fetchall()[0]
        row = {
            "source": recipe.source,
            "source_row": recipe.row,
            "reason": recipe.reason,
            "run_id": record.run_id,
            "created_at": datetime.now(UTC).replace(tzinfo=None),
        }
        rows = {"retractions": from_rows("retractions", [row])}
        if not store.commit(record, rows)["retractions"]:
            return record
        with catalog.connect(store) as con:
            after = con.sql(LEFT).fetchall()[0]
        problems, rollouts = (now - then for now, then in zip(after, before, strict=True))
        record.counts = {"problems taken back": problems, "rollouts taken back": rollouts}
    _affected(store)
    return record


def _known(con: Any, recipe: RetractRecipe) -> None:
    rows = "select distinct source from raw.problem_sources union select source from raw.rollouts"
    sources = [name for (name,) in con.sql(rows).fetchall() if name]
    if recipe.source not in sources:
        raise unknown("source", recipe.source, sources)
    sql = "from raw.problem_sources where source = $source and source_row = $row"
    params = {"source": recipe.source, "row": recipe.row}
    if recipe.row is not None and not con.sql(sql, params=params).fetchall():
        raise UserError(f"source {recipe.source!r} has no row {recipe.row!r}")


def _affected(store: Store) -> None:
    """Print the frozen mixtures that hold rows taken back."""
    console = Console(highlight=False, soft_wrap=True)
    with catalog.connect(store) as con:
        found = con.sql(AFFECTED).fetchall()
    for name, gone, rows in found:
        console.print(f"  [yellow]{name}[/yellow] holds {gone:,} of them in its {rows:,} rows")
    if found:
        console.print("frozen mixtures do not change: freeze a new version, retire these")
