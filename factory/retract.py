"""`just retract source=NAME reason="..."`: rows are taken back, and the reason is kept.

Nothing is rewritten: what only those rows state leaves every view, and with it every later mixture
and export. `undo=true` restores them; of a row the newest word counts, on it or on its source.
Frozen mixtures do not change; those that hold such rows are listed.
"""

import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Annotated, Any

import pyarrow as pa
from pydantic import StringConstraints

from factory import catalog, engine
from factory.errors import UserError, unknown
from factory.progress import Progress
from factory.recipe import Recipe, shown
from factory.store import Run, Store
from schemas.arrow import from_rows

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]

# The rows that are spoken of; and what the newest word, not written yet, makes of them.
NAMED = "source = $source and ($row is null or source_row = $row)"
TAKE = f"""
    insert into raw.retracted_rows
    select source, source_row from raw.problem_sources where {NAMED}
    union select source, source_row from raw.rollouts where {NAMED}
    except select * from raw.retracted_rows
"""
RESTORE = f"delete from raw.retracted_rows where {NAMED}"
OUT = """
    select not arg_max(restored, run_id) from retractions
    where source = $source and (source_row is null or source_row = $row)
"""
BEFORE = """
    create temp table problems_before as select problem_id from problems;
    create temp table rollouts_before as select rollout_id, problem_id from rollouts;
    create table raw.words as from raw.retractions;
    create or replace view raw.retractions as from raw.words;
"""
WORD = "insert into raw.words by name (select $source as source)"
CHANGED = """
    create temp view changed as  -- one of the two holds nothing
    (from rollouts_before anti join rollouts using (rollout_id)) union all
    (select rollout_id, problem_id from rollouts anti join rollouts_before using (rollout_id));
"""
# How many problems and rollouts come or go; and problems whose votes are to be counted again.
EFFECT = """
    with voted as (
        select problem_id, arg_max(rollouts, run_id) as voters from raw.votes group by problem_id
    ),
    now as (
        select problem_id, count(*) as rollouts from rollouts semi join problems_before
            using (problem_id) semi join changed using (problem_id) group by problem_id
    )
    select abs((select count(*) from problems) - (select count(*) from problems_before)),
        (select count(*) from changed),
        (select count(*) from voted join now using (problem_id)
            where rollouts > 1 and rollouts <> voters)
"""
AFFECTED = """
    select m.name || '@' || m.version, count(*), any_value(m.rows)
    from raw.mixture_rows r join mixtures m using (mixture_id) semi join changed using (rollout_id)
    group by all order by all
"""
# Of ids of rows of a source: how many are retracted, when and why.
WORDS = """
    select count(distinct r.source_row), max(t.created_at), arg_max(t.reason, t.run_id)
    from retracted_rows r semi join given using (source_row) join retractions t
        on t.source = r.source and (t.source_row is null or t.source_row = r.source_row)
    where r.source = $source and not t.restored
"""


class RetractRecipe(Recipe):
    """What is taken back, or restored, and why; `plan`: tell, and write nothing."""

    source: Text
    row: Text | None
    reason: Text
    undo: bool
    plan: bool


def run(store: Store, recipe: RetractRecipe, progress: Progress) -> Run | None:
    """Record it, or, None, tell what would change. Raises UserError for what is not there."""
    done = "restored" if recipe.undo else "taken back"
    with engine.run(store, "retract", shown(recipe)) as record:
        with catalog.connect(store) as con:
            _known(con, recipe)
            if not _changes(con, recipe):
                return record
            problems, rollouts, votes = con.sql(EFFECT).fetchall()[0]
            if recipe.plan:
                print(f"{problems:,} problems and {rollouts:,} rollouts would be {done}")
            if not recipe.undo:
                _tell_mixtures(con)
        if votes:
            print(f"`just verify` counts the votes on {votes:,} problems anew")
        if recipe.plan:
            return None
        store.commit(record, {"retractions": from_rows("retractions", [_word(recipe, record)])})
        counts = {f"problems {done}": problems, f"rollouts {done}": rollouts}
        record.counts = {"retractions": 1, **counts}
    return record


def _word(recipe: RetractRecipe, record: Run) -> dict[str, Any]:
    return {
        "source": recipe.source,
        "source_row": recipe.row,
        "reason": recipe.reason,
        "restored": recipe.undo,
        "run_id": record.run_id,
        "created_at": datetime.now(UTC).replace(tzinfo=None),
    }


def _known(con: Any, recipe: RetractRecipe) -> None:
    rows = "select distinct source from raw.problem_sources union select source from raw.rollouts"
    sources = [name for (name,) in con.sql(rows).fetchall() if name]
    if recipe.source not in sources:
        raise unknown("source", recipe.source, sources)
    sql = "from raw.problem_sources where source = $source and source_row = $row"
    if recipe.row is not None and not con.sql(sql, params=_params(recipe)).fetchall():
        raise UserError(f"source {recipe.source!r} has no row {recipe.row!r}")


def _params(recipe: RetractRecipe) -> dict[str, str | None]:
    return {"source": recipe.source, "row": recipe.row}


def _changes(con: Any, recipe: RetractRecipe) -> bool:
    """Make the catalog what the recipe says; whether that changes what is or will be taken back."""
    out = con.sql(OUT, params=_params(recipe)).fetchall()[0][0] or False
    con.execute(BEFORE)
    con.execute(WORD, {"source": recipe.source})
    rows = con.execute(RESTORE if recipe.undo else TAKE, _params(recipe)).fetchall()[0][0]
    con.execute(CHANGED)
    if recipe.undo and not rows and not out:
        raise UserError(
            f"nothing of source {recipe.source!r} that fits is taken back; "
            '`just sql "from retractions"` shows what is'
        )
    return bool(rows) or out == recipe.undo


def _tell_mixtures(con: Any) -> None:
    """The frozen mixtures that hold rows taken back."""
    found = con.sql(AFFECTED).fetchall()
    for name, gone, rows in found:
        print(f"{name} holds {gone:,} of these rollouts in its {rows:,} rows")
    if found:
        print("frozen mixtures do not change: freeze a new version, retire these")


def note(store: Store, source: str, rows: Iterable[str], changed: Iterable[str]) -> None:
    """Say which rows that were ingested, or refused as `changed`, are retracted, and why."""
    if not store.snapshot().of("retractions"):
        return
    ends = {
        "they stay out of every view": rows,
        "their ids keep what they first held, and name=NEW brings them in as they are now": changed,
    }
    with catalog.connect(store) as con:
        for end, ids in ends.items():
            con.register("given", pa.table({"source_row": pa.array(list(ids), pa.string())}))
            count, when, why = con.sql(WORDS, params={"source": source}).fetchall()[0]
            if count:
                said = f"{count:,} rows are of source {source!r}, retracted on {when:%Y-%m-%d}"
                print(f"note: {said}: {why}; {end}", file=sys.stderr)
