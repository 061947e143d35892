"""`just export out=DIR`: views of the catalog, or a mixture, as files for other tools.

`format=hf` adds the card that `datasets.load_dataset(DIR, TABLE)` and the Hugging Face hub read,
and keeps the splits of a view apart. `mixture=NAME@VERSION` is proved, and written as what other
trainers read (`mixing/exports.py`). The folder appears whole or not at all.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, Literal

import duckdb
import yaml
from pydantic import BeforeValidator, Field, field_validator, model_validator

from factory import catalog, engine
from factory.errors import UserError, unknown
from factory.mixing import exports, frozen
from factory.progress import Progress
from factory.recipe import Recipe, listed
from factory.store import Store

FILE_BYTES = 512 << 20  # of text before it is compressed
OPTIONS = f"format parquet, compression zstd, file_size_bytes {FILE_BYTES}"
WHOLE = {"": ""}  # of a view that is not split: its folder, all of its rows

Written = dict[str, dict[str, int]]  # view -> split -> rows

SOURCES = """
    select source, coalesce(license, 'unknown'), count(*) from problem_sources
    group by all order by all
"""
TEACHERS = """
    select teacher, model, coalesce(license, 'unknown'), count(*) from rollouts
    group by all order by all
"""
CARD = """\
---
{head}---

# Corpus of the CoT factory

```python
from datasets import load_dataset

found = load_dataset("PATH OF THIS FOLDER", "{first}")  # its splits by name
```

{rows}

## Sources of the problems

Licences are those that the sources state; `license` has that of each row.

{sources}

## Writers of the rollouts

{teachers}

Made from snapshot `{snapshot_id}` of the store by commit `{commit}` of the factory.
"""


class ExportRecipe(Recipe):
    """Which views, or which mixture, go where, in which form."""

    out: Path
    mixture: str | None
    format: Literal["parquet", "hf", "chat", "completion", "dpo", "verl"]
    tables: Annotated[list[str], BeforeValidator(listed), Field(min_length=1)]

    @field_validator("tables")
    @classmethod
    def _once(cls, tables: list[str]) -> list[str]:
        if len(set(tables)) < len(tables):
            raise ValueError("name every table once")
        return tables

    @model_validator(mode="after")
    def _fits(self) -> "ExportRecipe":
        if self.mixture is None and self.format in exports.FORMS:
            raise ValueError(f"format={self.format} is of a mixture: give mixture=NAME@VERSION")
        if self.mixture is not None and self.format not in exports.FORMS:
            known = ", ".join(exports.FORMS)
            raise ValueError(f"format={self.format} is of tables; of a mixture give one of {known}")
        return self


def run(store: Store, recipe: ExportRecipe, progress: Progress) -> None:
    """Write, and say the rows. Raises UserError where `out` exists, or a name does not."""
    snapshot = store.snapshot()
    with whole(recipe.out) as part, catalog.connect(store, snapshot) as con:
        if recipe.mixture:
            with progress.task("export", 1) as advance:
                mixture = exports.write(con, recipe.mixture, recipe.format, part)
                advance()
            rows = {frozen.label(mixture): mixture["rows"]}
        else:
            written = _write(con, recipe, part, progress)
            if recipe.format == "hf":
                (part / "README.md").write_text(_card(con, written, snapshot.snapshot_id))
            rows = {table: sum(splits.values()) for table, splits in written.items()}
    for name, count in rows.items():
        print(f"  {count:>11,}  {name}")
    print(f"in {recipe.out}")


@contextmanager
def whole(out: Path) -> Iterator[Path]:
    """A folder to fill, which is called `out` once all is in it. Raises UserError."""
    if str(out).startswith("s3:"):
        raise UserError(f"out={out} is a bucket; give a folder, and copy it there")
    if out.exists():
        raise UserError(f"out={out} exists; give a folder that does not")
    part = out.with_name(f".{out.name}.{os.getpid()}.part")
    try:
        part.mkdir(parents=True)
        yield part
        part.rename(out)
    except OSError as error:
        raise UserError(f"cannot write {out}: {error.strerror}") from error
    except duckdb.IOException as error:
        if part.name not in str(error):  # a shard cannot be read: whoever called says so
            raise
        raise UserError(f"cannot write {out}: {catalog.one_line(error)}") from error
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _write(con: Any, recipe: ExportRecipe, part: Path, progress: Progress) -> Written:
    views = "select view_name from duckdb_views() where schema_name = 'main' and not internal"
    known = [name for (name,) in con.sql(views).fetchall()]
    written: Written = {}
    with progress.task("export", len(recipe.tables)) as advance:
        for table in recipe.tables:
            if table not in known:
                raise unknown("table", table, known)
            written[table] = {}
            splits = _splits(con, table) if recipe.format == "hf" else WHOLE
            for split, rows in splits.items():
                target = part / table / split
                target.parent.mkdir(exist_ok=True)
                sql = f'copy (from "{table}" {rows}) to {catalog.quoted(str(target))} ({OPTIONS})'
                written[table][split] = con.execute(sql).fetchall()[0][0]
            advance()
    return written


def _splits(con: Any, table: str) -> dict[str, str]:
    """Split -> which rows of a view are in it; what has no split is to train on."""
    columns = [name for name, *_ in con.sql(f'describe "{table}"').fetchall()]
    if "split" not in columns:
        return {"train": ""}
    named = "coalesce(split, 'train')"
    found = con.sql(f'select distinct {named} from "{table}" order by all').fetchall()
    return {split: f"where {named} = '{split}'" for (split,) in found} or {"train": ""}


def _card(con: Any, written: Written, snapshot_id: str) -> str:
    """A data set card: one configuration a view; who stated and wrote what under which licence."""
    configs = [
        {
            "config_name": table,
            "data_files": [{"split": s, "path": f"{table}/{s}/*.parquet"} for s in splits],
        }
        for table, splits in written.items()
    ]
    head = {"license": "other", "task_categories": ["text-generation"], "configs": configs}
    rows = [(table, s, n) for table, splits in written.items() for s, n in splits.items()]
    commit = engine.versions().get("commit", "unknown")
    return CARD.format(
        head=yaml.safe_dump(head, sort_keys=False),
        rows=_table("view, split, rows", rows),
        sources=_table("source, licence, rows", con.sql(SOURCES).fetchall()),
        teachers=_table("teacher, model, licence, rollouts", con.sql(TEACHERS).fetchall()),
        first=next(iter(written)),
        snapshot_id=snapshot_id,
        commit=commit,
    )


def _table(names: str, rows: list[tuple[Any, ...]]) -> str:
    """Rows as Markdown."""
    heads = names.split(", ")
    told = [[f"{v:,}" if isinstance(v, int) else _cell(v) for v in row] for row in rows]
    lines = [heads, ["---"] * len(heads), *told]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cell(value: str) -> str:
    return " ".join(value.split()).replace("|", "\\|")
