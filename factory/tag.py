"""Problems and rollouts -> tags, by the taggers: one file each in `taggers/`, found by name.

A tagger reads what its `INPUT` selects and returns (subject_id, scope, name, value, label). Text is
tagged once per version, by all cores, a unit at a time; derived figures such as pass rates are
written again where they changed.
"""

from functools import partial
from importlib import import_module
from operator import attrgetter
from types import ModuleType
from typing import Any

import polars as pl
import pyarrow as pa

from factory import catalog, engine
from factory.progress import Progress
from factory.recipe import HOME, Recipe, shown
from factory.store import Run, Snapshot, Store

UNIT_BYTES = 8_000_000  # of text, for a core
READ_ROWS = 2_048
COMMIT_ROWS, COMMIT_S = 50_000, 10  # whichever comes first: a shard each

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
            seen = store.snapshot()
            with catalog.connect(store, seen) as con:
                if of_texts(tagger):
                    _tag_texts(store, record, tagger, con, progress)
                else:
                    _tag_again(store, record, tagger, con, seen)
    return record


def of_texts(tagger: ModuleType) -> bool:
    """Whether it reads `owed`, the rollouts without a tag of this version: all it says is new."""
    return "from owed" in tagger.INPUT


def owed(con: Any, tagger: ModuleType) -> int:
    """How many texts are to be tagged, or how many derived figures changed."""
    if of_texts(tagger):
        return _input(con, tagger).count("*").fetchall()[0][0]
    con.register("tagged", tagged(name_of(tagger), "", _input(con, tagger).to_arrow_table()))
    return con.sql(f"select count(distinct subject_id) from ({CHANGED})").fetchall()[0][0]


def _input(con: Any, tagger: ModuleType) -> Any:
    tagged = "select subject_id from tags where tagger = '{}' and version = '{}'"
    con.execute(
        "create or replace temp view owed as select * from rollouts where rollout_id not in "
        f"({tagged.format(name_of(tagger), tagger.VERSION)})"
    )
    return con.sql(tagger.INPUT)


def _tag_texts(store: Store, record: Run, tagger: ModuleType, con: Any, progress: Progress) -> None:
    """Tag on all cores, a unit of texts at a time: memory does not grow with the store."""
    if not (count := owed(con, tagger)):
        return
    with progress.task(f"tag {name_of(tagger)}", count) as advance:
        batches = _input(con, tagger).to_arrow_reader(READ_ROWS)
        units = map(pa.Table.from_batches, engine.units(batches, UNIT_BYTES, attrgetter("nbytes")))
        work = partial(tagged, name_of(tagger), record.run_id)
        for done in engine.units(engine.spread(work, units), COMMIT_ROWS, len, COMMIT_S):
            rows = pa.concat_tables(done)
            _commit(store, record, tagger, rows, store.snapshot())
            advance(len(rows["subject_id"].unique()))


def _tag_again(store: Store, record: Run, tagger: ModuleType, con: Any, seen: Snapshot) -> None:
    """Derive all figures, and write those that changed."""
    con.register(
        "tagged", tagged(name_of(tagger), record.run_id, _input(con, tagger).to_arrow_table())
    )
    rows = con.sql(CHANGED).to_arrow_table()
    if rows.num_rows:
        _commit(store, record, tagger, rows, seen)


def tagged(name: str, run_id: str, rows: pa.Table) -> pa.Table:
    """The tags of a tagger for rows of its input."""
    tagger = import_module(f"factory.taggers.{name}")
    frame = pl.from_arrow(rows)
    assert isinstance(frame, pl.DataFrame)
    found = tagger.tag(frame).with_columns(
        subject=pl.lit(tagger.SUBJECT),
        tagger=pl.lit(name),
        version=pl.lit(tagger.VERSION),
        run_id=pl.lit(run_id),
    )
    return found.sort("name", "subject_id").to_arrow()


def _commit(store: Store, record: Run, tagger: ModuleType, rows: pa.Table, seen: Snapshot) -> None:
    store.commit(record, {"tags": rows}, seen)
    counted = record.counts.get(name_of(tagger), 0)
    record.counts[name_of(tagger)] = counted + rows.num_rows
