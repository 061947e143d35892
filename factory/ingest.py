"""Sources -> problems, problem_sources, and rollouts where the source carries traces.

Every row is kept: as a problem, or in the run's rejects file with the reason. Ingesting the same
file again writes nothing; a row id that now holds other content is rejected, never overwritten,
and where that is most of a run, the run says so and fails: two files came under one name.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import pyarrow as pa
from pydantic import Field, field_validator

from factory import engine, intake, retract, world
from factory.errors import RecipeError, UserError, unknown
from factory.held import Held
from factory.progress import Progress
from factory.recipe import HOME, Recipe, listed, shown
from factory.rejects import Rejects
from factory.store import Run, Store
from schemas.exchange import SourceRow, Unfit
from schemas.row import Split

UNIT_ROWS = 20_000
UNIT_CHARACTERS = 200_000_000  # long traces: what a unit takes of memory is a few times this
COLLIDES = "row id already holds other content"

Unit = list[tuple[int, Any]]


class IngestRecipe(Recipe):
    """Where rows come from and which fields they have."""

    source: str
    path: str | None = None
    config: str | None = None
    part: str | None = None
    name: str | None = None
    question: str | None = None
    answer: str | None = None
    completion: str | None = None
    trace: str | None = None
    model: str | None = None
    id: str | None = None
    split: Split | None = None
    license: str | None = None
    count: int = Field(ge=1)
    cells: list[str] | None = None
    seed: int

    @field_validator("cells", mode="before")
    @classmethod
    def _names(cls, value: Any) -> Any:
        return listed(value)

    @field_validator("cells")
    @classmethod
    def _are_known(cls, names: list[str] | None) -> list[str] | None:
        for name in names or []:
            if name not in (known := world.cells()):
                families = sorted({cell.partition("-")[0] for cell in known})
                hint = "; a cell is FAMILY-DIFFICULTY, from 1 to 5: linear-1"
                raise unknown("cell", name, families, hint)
        return names


def sources() -> list[str]:
    """Names of the sources, one file each."""
    return sorted(p.stem for p in (HOME / "sources").glob("[!_]*.py"))


def _source(name: str) -> ModuleType:
    if name not in sources():
        raise unknown("source", name, sources(), f" (add factory/sources/{name}.py to make one)")
    return import_module(f"factory.sources.{name}")


def run(store: Store, recipe: IngestRecipe, progress: Progress) -> Run:
    """Ingest one source. Raises UserError where the file or its fields cannot be read."""
    source = _source(recipe.source)
    name = _utf8("name", _name(source, recipe))
    with (
        engine.run(store, "ingest", shown(recipe)) as record,
        closing(Held(store, record, name)) as held,
    ):
        work = _Intake(held, name, source, recipe)
        try:
            with progress.task(f"ingest {name}", None) as advance:
                for unit in _units(source, recipe):
                    work.take(unit)
                    advance(len(unit))
        finally:
            work.settle()
        retract.note(store, name, work.taken, work.changed)
        work.judge()
    return record


def _name(source: ModuleType, recipe: IngestRecipe) -> str:
    """The source's name in the store: as given, the source's own, or the file's."""
    if recipe.name is not None:
        return recipe.name
    if hasattr(source, "name"):
        return source.name(recipe)
    return getattr(source, "NAME", None) or _stem(recipe)


def _stem(recipe: IngestRecipe) -> str:
    if recipe.path is None:
        raise RecipeError(f"source={recipe.source} needs path=FILE")
    return Path(recipe.path).name.removesuffix(Path(recipe.path).suffix)


def _utf8(key: str, value: Any) -> Any:
    """A value of the command line, whose bytes can be anything."""
    try:
        (value or "").encode()
    except UnicodeEncodeError as error:
        raise RecipeError(f"{key} {value!r} is not UTF-8; give {key}=TEXT") from error
    return value


def _units(source: ModuleType, recipe: IngestRecipe) -> Iterator[Unit]:
    """Rows of the source, a unit at a time. Raises UserError where reading fails underway."""
    unit: Unit = []
    size = 0
    try:
        for number, raw in source.read(recipe):
            unit.append((number, raw))
            size += len(str(raw))
            if len(unit) == UNIT_ROWS or size > UNIT_CHARACTERS:
                yield unit
                unit, size = [], 0
    except (OSError, pa.ArrowException, UnicodeError) as error:
        words = " ".join(str(error).split())[:300]
        raise UserError(f"cannot read {recipe.path}: {words}") from error
    if unit:
        yield unit


class _Intake:
    """Commits rows a unit at a time; knows which row ids are taken, and by what."""

    def __init__(self, held: Held, name: str, source: ModuleType, recipe: IngestRecipe) -> None:
        self.held, self.record, self.source, self.recipe = held, held.record, source, recipe
        licence = _utf8("license", recipe.license) or getattr(source, "LICENSE", None)
        self.origin = intake.Origin(name, self.record.run_id, recipe.split, licence)
        self.taken: set[str] = set()
        self.changed: set[str] = set()
        self.fields: set[str] = set()
        self.written: Counter[str] = Counter()
        self.rejects = Rejects(held.store, self.record.run_id, name)

    def take(self, unit: Unit) -> None:
        """Commit one unit of raw rows: all its tables at once, or nothing."""
        tables: intake.Tables = {"problems": [], "problem_sources": [], "rollouts": []}
        for number, raw in unit:
            try:
                row = self._row(number, raw)
            except Unfit as unfit:
                self.rejects.add(number, raw, unfit)
                continue
            for table, rows in intake.tables(row, self.origin).items():
                tables[table] += rows
        self.rejects.write()
        self._count()
        self.written.update(self.held.commit(tables))
        self._count()

    def _row(self, number: int, raw: Any) -> SourceRow:
        if isinstance(raw, dict):
            self.fields.update(raw)
        row = intake.read(number, raw, self.source, self.recipe, self.origin)
        name = str(row.row)
        if name in self.taken:
            raise Unfit("row id given twice")
        before = self.held.contents.get(name)
        if before and (changes := intake.content(row).changes(before)):
            self.changed.add(name)
            raise Unfit(f"{COLLIDES}: {changes}; name=NEW ingests it as a source of its own")
        self.taken.add(name)
        return row

    def _count(self) -> None:
        rejected = {f"rejected: {reason}": n for reason, n in self.rejects.counts.items()}
        self.record.counts = {**self.written, **rejected}

    def settle(self) -> None:
        """Leave no trace of a run that only rejected what an earlier run rejected alike."""
        if not any(self.written.values()) and self.rejects.kept_before():
            self.record.counts = {}

    def judge(self) -> None:
        """Raises UserError where the run as a whole cannot be what was meant."""
        rejected = self.rejects.counts.total()
        missing = [reason for reason in self.rejects.counts if reason.startswith("no field")]
        if missing and not self.taken:
            raise unknown("field", missing[0].removeprefix("no field ").strip("'"), self.fields)
        if not rejected and not self.taken:
            raise RecipeError(f"{self.recipe.path or self.origin.source} has no rows")
        self._judge_collisions(rejected + len(self.taken))
        if not self.taken:
            why, most = self.rejects.counts.most_common(1)[0]
            raise UserError(
                f"not one of {rejected:,} rows fits; {most:,}: {why}; they are kept in "
                f"{self.rejects.path}"
            )

    def _judge_collisions(self, rows: int) -> None:
        found = {why: n for why, n in self.rejects.counts.items() if why.startswith(COLLIDES)}
        collided = sum(found.values())
        if collided * 2 > rows:
            most = max(found, key=lambda why: found[why])
            changes = most.removeprefix(f"{COLLIDES}: ").partition(";")[0]
            raise UserError(
                f"{collided:,} of {rows:,} rows have the id of a row that source "
                f"{self.origin.source!r} holds with other content ({changes}); they are kept in "
                f"{self.rejects.path}; give name=NEW to ingest them as a source of their own"
            )
