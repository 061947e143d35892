"""Problems and rollouts -> tags, by the taggers: one file each in `taggers/`, found by name.

A tagger reads what its `INPUT` selects and returns (subject_id, scope, name, value, label). Text is
tagged once per version; derived figures such as pass rates are written again where they changed.
"""

from importlib import import_module
from types import ModuleType
from typing import Any

import polars as pl

from factory import catalog, engine
from factory.progress import Progress
from factory.recipe import HOME, Recipe, shown
from factory.store import Run, Store

UNIT_ROWS = 20_000

CHANGED = """
    select t.* from tagged t anti join tags old on old.subject = t.subject
        and old.subject_id = t.subject_id and old.scope = t.scope and old.tagger = t.tagger
        and old.version = t.version and old.name = t.name
        and old.value is not distinct from t.value and old.label is not distinct from t.label
    order by t.name, t.subject_id
"""


class TagRecipe(Recipe):
    """The taggers have no settings yet."""


def taggers() -> list[ModuleType]:
    """The taggers, by name."""
    names = sorted(p.stem for p in (HOME / "taggers").glob("[!_]*.py"))
    return [import_module(f"factory.taggers.{name}") for name in names]


def name_of(tagger: ModuleType) -> str:
    """`factory.taggers.pass_rate` -> `pass_rate`."""
    return tagger.__name__.rpartition(".")[2]


def run(store: Store, recipe: TagRecipe, progress: Progress) -> Run:
    """Run every tagger over what it has not tagged."""
    with engine.run(store, "tag", shown(recipe)) as record:
        for tagger in taggers():
            with catalog.connect(store) as con:
                rows = owed(con, tagger)
            with progress.task(f"tag {name_of(tagger)}", rows.height) as advance:
                for unit in rows.iter_slices(UNIT_ROWS):
                    _write(store, record, tagger, tagger.tag(unit))
                    advance(unit.height)
    return record


def owed(con: Any, tagger: ModuleType) -> pl.DataFrame:
    """The tagger's input. In its SQL, `owed` are the rollouts without a tag of this version."""
    tagged = "select subject_id from tags where tagger = '{}' and version = '{}'"
    con.execute(
        "create or replace temp view owed as select * from rollouts where rollout_id not in "
        f"({tagged.format(name_of(tagger), tagger.VERSION)})"
    )
    return con.sql(tagger.INPUT).pl()


def _write(store: Store, record: Run, tagger: ModuleType, tags: pl.DataFrame) -> None:
    rows = tags.with_columns(
        subject=pl.lit(tagger.SUBJECT),
        tagger=pl.lit(name_of(tagger)),
        version=pl.lit(tagger.VERSION),
        run_id=pl.lit(record.run_id),
    ).to_arrow()
    seen = store.snapshot()
    with catalog.connect(store, seen) as con:
        con.register("tagged", rows)
        changed = con.sql(CHANGED).to_arrow_table()
    if changed.num_rows:
        store.commit(record, {"tags": changed}, seen)
        counted = record.counts.get(name_of(tagger), 0)
        record.counts[name_of(tagger)] = counted + changed.num_rows
