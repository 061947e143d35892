"""Sources -> problems, problem_sources, and rollouts where the source carries traces.

Every row is kept: as a problem, or in the run's rejects file with the reason. Ingesting the same
file again writes nothing; a row id that now holds other content is rejected, never overwritten.
"""

import json
from collections import Counter
from datetime import UTC, datetime
from importlib import import_module
from itertools import islice
from pathlib import Path
from types import ModuleType
from typing import Any

import duckdb
from pydantic import Field

from factory import catalog, engine, identity, reasoning
from factory.errors import RecipeError, unknown
from factory.progress import Progress
from factory.recipe import HOME, Recipe, shown
from factory.store import Run, Store
from schemas.arrow import from_rows
from schemas.exchange import SourceRollout, SourceRow, Unfit
from schemas.rows import Split

UNIT_ROWS = 20_000


class IngestRecipe(Recipe):
    """Where rows come from and which fields they have."""

    source: str
    path: str | None = None
    name: str | None = None
    question: str | None = None
    answer: str | None = None
    id: str | None = None
    split: Split | None = None
    license: str | None = None
    count: int = Field(ge=1)
    seed: int


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
    rows = source.read(recipe)
    name = recipe.name or getattr(source, "NAME", None) or _stem(recipe)
    with engine.run(store, "ingest", shown(recipe)) as record:
        intake = _Intake(store, record, name, recipe)
        with progress.task(f"ingest {name}", None) as advance:
            while unit := list(islice(rows, UNIT_ROWS)):
                intake.take(unit, source)
                advance(len(unit))
        intake.close()
    return record


def _stem(recipe: IngestRecipe) -> str:
    if recipe.path is None:
        raise RecipeError(f"source={recipe.source} needs path=FILE")
    return Path(recipe.path).name.removesuffix(Path(recipe.path).suffix)


class _Intake:
    """Turns raw rows into table rows, a unit at a time; counts and keeps what does not fit."""

    def __init__(self, store: Store, record: Run, name: str, recipe: IngestRecipe) -> None:
        self.store, self.record, self.name, self.recipe = store, record, name, recipe
        self.seen: dict[str, tuple[str, str | None]] = {}
        self.taken: set[str] = set()
        self.counts: Counter[str] = Counter()
        self.rejects = store.root / "rejects" / f"{record.run_id}.jsonl"
        self.fields: set[str] = set()

    def take(self, unit: list[tuple[int, Any]], source: ModuleType) -> None:
        """Commit one unit of raw rows."""
        snapshot = self.store.snapshot()
        tables: dict[str, list[dict[str, Any]]] = {
            "problems": [],
            "problem_sources": [],
            "rollouts": [],
        }
        with catalog.connect(self.store, snapshot) as con:
            self._known(con)
            for number, raw in unit:
                try:
                    row = self._row(number, raw, source)
                except Unfit as unfit:
                    self._reject(number, raw, str(unfit))
                    continue
                for table, found in row.items():
                    tables[table] += found
            fresh = {
                table: catalog.unseen(con, table, from_rows(table, rows))
                for table, rows in tables.items()
                if rows
            }
        fresh = {table: rows for table, rows in fresh.items() if rows.num_rows}
        if fresh:
            written = self.store.commit(self.record, fresh, snapshot)
            self.counts.update(written)
        self.record.counts = dict(self.counts)

    def _known(self, con: duckdb.DuckDBPyConnection) -> None:
        """What earlier runs ingested under this name, so that a changed row is noticed."""
        sql = "select source_row, problem_id, answer from raw.problem_sources where source = ?"
        for row, problem_id, answer in con.execute(sql, [self.name]).fetchall():
            self.seen[row] = (problem_id, answer)

    def _row(self, number: int, raw: Any, source: ModuleType) -> dict[str, list[dict[str, Any]]]:
        if isinstance(raw, Unfit):
            raise raw
        if isinstance(raw, dict):
            self.fields.update(raw)
        found: SourceRow = source.parse(raw, self.recipe)
        statement = _text("statement", found.statement)
        answer = None if found.answer is None else _text("answer", found.answer).strip() or None
        if not statement.strip():
            raise Unfit("empty statement")
        row = found.row if found.row is not None else str(number)
        if row in self.taken:
            raise Unfit("row id given twice")
        problem_id = identity.problem_id(statement)
        if self.seen.setdefault(row, (problem_id, answer)) != (problem_id, answer):
            raise Unfit("row id already holds other content")
        self.taken.add(row)
        return {
            "problems": [self._problem(problem_id, statement)],
            "problem_sources": [self._source_row(row, problem_id, answer, found, source)],
            "rollouts": [
                self._rollout(row, problem_id, rollout, source) for rollout in found.rollouts
            ],
        }

    def _problem(self, problem_id: str, statement: str) -> dict[str, Any]:
        return {
            "problem_id": problem_id,
            "statement": statement.strip(),
            "run_id": self.record.run_id,
        }

    def _source_row(
        self, row: str, problem_id: str, answer: str | None, found: SourceRow, source: ModuleType
    ) -> dict[str, Any]:
        return {
            "source": self.name,
            "source_row": row,
            "problem_id": problem_id,
            "answer": answer,
            "license": self._license(source) if found.license is None else found.license,
            "split": self.recipe.split or found.split,
            "level": found.level,
            "domain": found.domain,
            "run_id": self.record.run_id,
        }

    def _license(self, source: ModuleType) -> str | None:
        return self.recipe.license or getattr(source, "LICENSE", None)

    def _rollout(
        self, row: str, problem_id: str, found: SourceRollout, source: ModuleType
    ) -> dict[str, Any]:
        trace, solution = reasoning.split(_text("rollout", found.text), None)
        where = {"source": self.name, "field": found.name}
        return {
            "rollout_id": identity.imported_rollout_id(self.name, row, found.name, found.index),
            "problem_id": problem_id,
            "policy_id": identity.policy_id(found.model, None, "import", [], where),
            "teacher": found.name,
            "model": found.model,
            "backend": "import",
            "sample_index": found.index,
            "license": self._license(source),
            "source": self.name,
            "source_row": row,
            "source_label": found.label,
            "run_id": self.record.run_id,
            "created_at": datetime.now(UTC).replace(tzinfo=None),
            "trace": trace,
            "solution": solution,
        }

    def _reject(self, number: int, raw: Any, reason: str) -> None:
        self.counts[f"rejected: {reason}"] += 1
        self.record.counts = dict(self.counts)
        self.rejects.parent.mkdir(exist_ok=True)
        with self.rejects.open("a", encoding="utf-8") as file:
            kept = {"row": number, "reason": reason, "raw": raw}
            file.write(json.dumps(kept, ensure_ascii=True, default=str) + "\n")

    def close(self) -> None:
        """Raises RecipeError where not one row had the fields asked for."""
        rejected = sum(n for name, n in self.counts.items() if name.startswith("rejected"))
        missing = [name for name in self.counts if "no field" in name]
        if missing and not self.seen:
            field = missing[0].rpartition("no field ")[2].strip("'")
            raise unknown("field", field, self.fields)
        if not rejected and not self.seen:
            raise RecipeError(f"{self.recipe.path or self.name} has no rows")


def _text(what: str, value: Any) -> str:
    if not isinstance(value, str):
        raise Unfit(f"{what} is not text but {type(value).__name__}")
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise Unfit(f"{what} has a lone surrogate, which no UTF-8 file can hold") from error
    return value
