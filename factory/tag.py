"""Problems and rollouts -> tags, by the taggers: one file each in `taggers/`, found by name.

A text is tagged once per version, by all cores, a unit at a time. Then figures such as pass rates
are derived from what is there, and written again where they changed.
"""

from functools import partial
from importlib import import_module
from itertools import filterfalse
from operator import attrgetter
from types import ModuleType
from typing import Any

import polars as pl
import pyarrow as pa
from pydantic import Field

from factory import catalog, engine, tokens
from factory.progress import Progress
from factory.recipe import HOME, Recipe, shown
from factory.store import Run, Snapshot, Store

UNIT_BYTES = 8_000_000  # of text, for a core
READ_ROWS = 2_048
COMMIT_ROWS, COMMIT_S = 50_000, 10  # whichever comes first: a shard each

# The texts that a tagger has not read. `raw`: whether some row is there does not need the newest.
OWED = """
    select {subject}_id as subject_id, {text} from {rows} where {subject}_id not in (
        select subject_id from raw.tags where subject = '{subject}' and tagger = '{tagger}'
            and version = '{version}' and scope = {scope})
"""
ROWS = {
    "problem": "(from raw.problems anti join retracted_problems using (problem_id))",
    "rollout": "rollouts",
}

# A constant tagger: so of all tags there are only its own are looked at.
CHANGED = """
    select t.* from tagged t anti join (from tags where tagger = '{tagger}') old
        on old.subject = t.subject and old.subject_id = t.subject_id and old.scope = t.scope
        and old.version = t.version and old.name = t.name
        and old.value is not distinct from t.value and old.label is not distinct from t.label
    order by t.name, t.subject_id
"""


class TagRecipe(Recipe):
    """Which tokenizer counts."""

    tokenizer: str = Field(min_length=1)


def taggers() -> list[ModuleType]:
    """The taggers, by name."""
    names = sorted(path.stem for path in (HOME / "taggers").glob("[!_]*.py"))
    return [import_module(f"factory.taggers.{name}") for name in names]


def name_of(tagger: ModuleType) -> str:
    """`factory.taggers.pass_rate` -> `pass_rate`."""
    return tagger.__name__.rpartition(".")[2]


def of_texts(tagger: ModuleType) -> bool:
    """Whether it reads texts: then all it says is new."""
    return hasattr(tagger, "TEXT")


def run(store: Store, recipe: TagRecipe, progress: Progress) -> Run:
    """Run every tagger over what it has not tagged. Raises UserError."""
    tokens.load(recipe.tokenizer)  # a wrong one is said before a text is read
    with engine.run(store, "tag", shown(recipe)) as record:
        step = _Tagging(store, record, recipe.tokenizer)
        with catalog.connect(store) as con:
            for tagger in filter(of_texts, taggers()):
                step.texts(tagger, con, progress)
        seen = store.snapshot()  # derived is from what they said
        with catalog.connect(store, seen) as con:
            for tagger in filterfalse(of_texts, taggers()):
                step.derived(tagger, con, seen)
    return record


def owed(con: Any, tagger: ModuleType, tokenizer: str = tokens.SHIPPED) -> int:
    """How many texts are to be tagged, or how many derived figures changed."""
    rows = _input(con, tagger, tokenizer)
    if of_texts(tagger):
        return rows.count("*").fetchall()[0][0]
    changed = _changed(con, tagged(name_of(tagger), "", tokenizer, rows.to_arrow_table()))
    return len(changed["subject_id"].unique())


def _input(con: Any, tagger: ModuleType, tokenizer: str) -> Any:
    """The rows that a tagger is to be given."""
    if not of_texts(tagger):
        return con.sql(tagger.INPUT)
    fields = {"subject": tagger.SUBJECT, "text": tagger.TEXT, "rows": ROWS[tagger.SUBJECT]}
    named = {"tagger": name_of(tagger), "version": tagger.VERSION}
    scope = catalog.quoted(_scope(tagger, tokenizer))
    return con.sql(OWED.format(**fields, **named, scope=scope))


def _scope(tagger: ModuleType, tokenizer: str) -> str:
    return tokens.name(tokenizer) if hasattr(tagger, "COUNTS") else ""


class _Tagging:
    """One run over a store."""

    def __init__(self, store: Store, record: Run, tokenizer: str) -> None:
        self.store, self.record, self.tokenizer = store, record, tokenizer

    def texts(self, tagger: ModuleType, con: Any, progress: Progress) -> None:
        """Tag on all cores, a unit of texts at a time: memory does not grow with the store."""
        if not (count := owed(con, tagger, self.tokenizer)):
            return
        name = name_of(tagger)
        with progress.task(f"tag {name}", count) as advance:
            batches = _input(con, tagger, self.tokenizer).to_arrow_reader(READ_ROWS)
            sized = engine.units(batches, UNIT_BYTES, attrgetter("nbytes"))
            work = partial(tagged, name, self.record.run_id, self.tokenizer)
            found = engine.spread(work, map(pa.Table.from_batches, sized))
            for done in engine.units(found, COMMIT_ROWS, len, COMMIT_S):
                rows = pa.concat_tables(done)
                self._commit(name, rows, self.store.snapshot())
                advance(len(rows["subject_id"].unique()))

    def derived(self, tagger: ModuleType, con: Any, seen: Snapshot) -> None:
        """Derive all figures, and write those that changed."""
        name, rows = name_of(tagger), _input(con, tagger, self.tokenizer).to_arrow_table()
        changed = _changed(con, tagged(name, self.record.run_id, self.tokenizer, rows))
        if changed.num_rows:
            self._commit(name, changed, seen)

    def _commit(self, name: str, rows: pa.Table, seen: Snapshot) -> None:
        self.store.commit(self.record, {"tags": rows}, seen)
        self.record.counts[name] = self.record.counts.get(name, 0) + rows.num_rows


def _changed(con: Any, rows: pa.Table) -> pa.Table:
    """Those of one tagger's tags that are not there, or said another thing."""
    if not rows.num_rows:
        return rows
    con.register("tagged", rows)
    return con.sql(CHANGED.format(tagger=rows["tagger"][0].as_py())).to_arrow_table()


def tagged(name: str, run_id: str, tokenizer: str, rows: pa.Table) -> pa.Table:
    """The tags of a tagger for rows of its input."""
    tagger = import_module(f"factory.taggers.{name}")
    frame = pl.from_arrow(rows)
    assert isinstance(frame, pl.DataFrame)
    counter = (partial(tokens.count, tokenizer=tokenizer),) if hasattr(tagger, "COUNTS") else ()
    wide = tagger.tag(frame, *counter)
    if "scope" not in wide.columns:
        wide = wide.with_columns(scope=pl.lit(_scope(tagger, tokenizer)))
    names = [column for column in wide.columns if column not in ("subject_id", "scope")]
    found = pl.concat([_told(wide, column) for column in names]).with_columns(
        subject=pl.lit(tagger.SUBJECT),
        tagger=pl.lit(name),
        version=pl.lit(tagger.VERSION),
        run_id=pl.lit(run_id),
    )
    return found.sort("name", "subject_id").to_arrow()


def _told(wide: pl.DataFrame, name: str) -> pl.DataFrame:
    """The tags of one name: texts are labels, all else is a value."""
    words = wide.schema[name] == pl.String
    return wide.filter(pl.col(name).is_not_null()).select(
        "subject_id",
        "scope",
        name=pl.lit(name),
        value=pl.lit(None, pl.Float64) if words else pl.col(name).cast(pl.Float64),
        label=pl.col(name) if words else pl.lit(None, pl.String),
    )
