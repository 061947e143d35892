"""Evaluation sets: what they are called, where their items come from, and which are in the store.

The items of a set, sorted, have one digest. A file with other items is another digest, and the one
that came last counts.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import pyarrow as pa

from factory import catalog
from factory.errors import RecipeError, UserError, unknown
from factory.recipe import HOME, Recipe, load, named, validate
from factory.sources import _files, _hub
from factory.store import Run, Store, canonical, digest
from schemas.arrow import from_rows

HELDOUT = "heldout"  # its items are the store's own test problems
TESTS = "select problem_id, statement from raw.problems semi join test_problems using (problem_id)"
NAME = re.compile(r"[\w.-]+")
HELD = """
    select n.benchmark, n.digest, count(distinct item_id) as items
    from newest_benchmarks n join raw.benchmark_items using (benchmark, digest)
    group by all order by 1
"""


class SetRecipe(Recipe):
    """Which evaluation sets, and where the items of one come from."""

    benchmark: str | None
    path: str | None
    config: str | None
    part: str | None
    question: str | None
    id: str | None

    def names(self) -> list[str]:
        """The sets that are named. Raises RecipeError."""
        names = [] if self.benchmark is None else [n.strip() for n in self.benchmark.split(",")]
        for name in names:
            if not NAME.fullmatch(name):
                raise RecipeError(f"benchmark={name!r} is no name; give letters, digits, . _ -")
        given = self.given()
        if given and len(names) != 1:
            many = f"{len(names)} are named" if names else "none is named"
            raise RecipeError(f"{given[0]}= is of one benchmark; {many}: give benchmark=NAME")
        return names

    def given(self) -> list[str]:
        """The keys that say where items come from."""
        return [k for k in Definition.model_fields if getattr(self, k, None) is not None]


class DecontaminateRecipe(SetRecipe):
    """What to check against."""


class Definition(Recipe):
    """Where the items of a set come from, and in which fields; the last four are for evaluations.

    `choices`: fields of wrong answers, which with the right one become choices of the question.
    """

    path: str
    config: str | None
    part: str | None
    question: str
    id: str | None
    answer: str | None = None
    level: str | None = None
    domain: str | None = None
    choices: tuple[str, ...] = ()


class Item(NamedTuple):
    """One item."""

    item_id: str
    statement: str


def held(con: Any) -> dict[str, str]:
    """The sets whose items the store holds, and the digest of each that counts."""
    return {name: found for name, found, _ in con.sql(HELD).fetchall()}


def ready() -> list[str]:
    """The sets that are defined in factory/benchmarks, and that of the store's own problems."""
    return sorted([HELDOUT, *(path.stem for path in (HOME / "benchmarks").glob("*.yaml"))])


def held_out(store: Store) -> list[Item]:
    """The problems of the store that any source calls test."""
    with catalog.connect(store) as con:
        return [Item(*row) for row in con.sql(TESTS).fetchall()]


def take(store: Store, record: Run, recipe: DecontaminateRecipe) -> list[str]:
    """Put items into the store where they are not there yet; the sets meant. Raises UserError."""
    with catalog.connect(store) as con:
        there = held(con)
    names = recipe.names()
    if not names and not there:
        known = ", ".join(ready())
        raise UserError(f"the store holds no benchmark; give benchmark=NAME; known: {known}")
    for name in names:
        if name == HELDOUT and not recipe.given():
            if items := held_out(store):
                _keep(store, record, name, items, there)
        elif recipe.given() or name not in there:
            _keep(store, record, name, read(name, definition(name, recipe, there), record), there)
    return names or list(there)


def definition(name: str, recipe: SetRecipe, there: Iterable[str]) -> Definition:
    """Where the items of a set come from: its file, if it has one, and what is given. UserError."""
    given = {k: getattr(recipe, k) for k in recipe.given()}
    if name in ready():
        values = {**load(named("benchmarks", "benchmark", name)), **given}
    elif recipe.path is None:
        more = " (path=FILE question=FIELD makes a new one)"
        raise unknown("benchmark", name, {*ready(), *there}, more)
    elif recipe.question is None:
        raise RecipeError(f"benchmark {name!r} is new: give question=FIELD, its statements")
    else:
        values = {"config": None, "part": None, "id": None, **given}
    return validate(Definition, {**values, "id": values["id"] or None})


def read(name: str, definition: Definition, record: Run) -> list[Item]:
    """The items, checked; empty statements are counted and left out. Raises UserError."""
    items = [item for _, item, _ in rows(name, definition)]
    kept = [item for item in items if item.statement]
    if not kept:
        raise UserError(f"benchmark {name!r} has no items in {definition.path}")
    if empty := len(items) - len(kept):
        record.counts[f"{name}: items without a statement"] = empty
    return kept


def rows(name: str, definition: Definition) -> Iterator[tuple[str, Item, dict[str, Any]]]:
    """Where each row stands, in words, its item, and the row itself. Raises UserError."""
    seen: set[str] = set()
    for number, row in _rows(definition):
        where = f"benchmark {name!r}, row {number}"
        if not isinstance(row, dict):
            raise UserError(f"{where}: {row}; every row must be an object")
        statement = _text(where, row, definition.question, "question")
        item_id = str(number)
        if definition.id is not None:
            item_id = str(field(where, row, definition.id, "id"))
        if item_id in seen:
            raise UserError(
                f"{where}: id {item_id!r} is given twice; give id=FIELD, or id= to number the rows"
            )
        seen.add(item_id)
        yield where, Item(item_id, statement), row


def _rows(definition: Definition) -> Iterable[_files.Raw]:
    path = definition.path
    try:
        yield from _hub.rows(path, definition.config, definition.part or "test")
    except (OSError, pa.ArrowException, UnicodeError) as error:
        raise UserError(f"cannot read {path}: {' '.join(str(error).split())[:300]}") from error


def field(where: str, row: dict[str, Any], name: str, key: str) -> Any:
    """The value of a field; `key` names it in the recipe. Raises UserError."""
    if row.get(name) is None:
        hint = " (id= numbers the rows)" if key == "id" else ""
        if name in row:
            raise UserError(f"{where}: {name!r} is null; give {key}=FIELD{hint}")
        error = unknown("field", name, row, f"; give {key}=FIELD{hint}")
        raise UserError(f"{where}: {error}")
    return row[name]


def _text(where: str, row: dict[str, Any], name: str, key: str) -> str:
    value = field(where, row, name, key) if row.get(name) is not None or name not in row else ""
    if not isinstance(value, str):
        raise UserError(f"{where}: {name!r} is no text but {type(value).__name__}")
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise UserError(f"{where}: {name!r} has a lone surrogate, which is no text") from error
    return value.strip()


def _keep(store: Store, record: Run, name: str, items: list[Item], there: dict[str, str]) -> None:
    """Commit items unless they are those that count already."""
    found = digest(canonical(sorted(items)))[:32]
    if there.get(name) == found:
        return
    rows = [
        {"benchmark": name, "digest": found, "run_id": record.run_id, **item._asdict()}
        for item in sorted(items)
    ]
    record.counts[f"{name}: items"] = len(rows)
    store.commit(record, {"benchmark_items": from_rows("benchmark_items", rows)}, store.snapshot())
