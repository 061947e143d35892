"""`just export out=DIR`: views of the catalog as Parquet files for other tools.

`format=hf` adds the card that `datasets.load_dataset(DIR, TABLE)` and the Hugging Face hub read.
The folder appears whole or not at all.
"""

import os
import shutil
from pathlib import Path
from typing import Annotated, Any, Literal

import duckdb
import yaml
from pydantic import BeforeValidator, Field, field_validator

from factory import catalog
from factory.errors import UserError, unknown
from factory.progress import Progress
from factory.recipe import Recipe, listed
from factory.store import Store

FILE_BYTES = 512 << 20  # of text before it is compressed


class ExportRecipe(Recipe):
    """Which views go where, in which form."""

    out: Path
    format: Literal["parquet", "hf"]
    tables: Annotated[list[str], BeforeValidator(listed), Field(min_length=1)]

    @field_validator("tables")
    @classmethod
    def _once(cls, tables: list[str]) -> list[str]:
        if len(set(tables)) < len(tables):
            raise ValueError("name every table once")
        return tables


def run(store: Store, recipe: ExportRecipe, progress: Progress) -> None:
    """Write the views, say their rows. Raises UserError where `out` exists or a view does not."""
    if str(recipe.out).startswith("s3:"):
        raise UserError(f"out={recipe.out} is a bucket; give a folder, and copy it there")
    if recipe.out.exists():
        raise UserError(f"out={recipe.out} exists; give a folder that does not")
    part = recipe.out.with_name(f".{recipe.out.name}.{os.getpid()}.part")
    try:
        with catalog.connect(store) as con:
            counts = _write(con, recipe, part, progress)
            if recipe.format == "hf":
                (part / "README.md").write_text(_card(con, recipe, counts))
        part.rename(recipe.out)
    except OSError as error:
        raise UserError(f"cannot write {recipe.out}: {error.strerror}") from error
    except duckdb.IOException as error:
        if part.name not in str(error):  # a shard cannot be read: whoever called says so
            raise
        raise UserError(f"cannot write {recipe.out}: {catalog.one_line(error)}") from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
    for table, rows in counts.items():
        print(f"  {rows:>11,}  {table}")
    print(f"in {recipe.out}")


def _write(con: Any, recipe: ExportRecipe, part: Path, progress: Progress) -> dict[str, int]:
    views = "select view_name from duckdb_views() where schema_name = 'main' and not internal"
    known = [name for (name,) in con.sql(views).fetchall()]
    counts: dict[str, int] = {}
    part.mkdir(parents=True)
    with progress.task("export", len(recipe.tables)) as advance:
        for table in recipe.tables:
            if table not in known:
                raise unknown("table", table, known)
            target = catalog.quoted(str(part / table))
            options = f"format parquet, compression zstd, file_size_bytes {FILE_BYTES}"
            copied = con.execute(f'copy (from "{table}") to {target} ({options})').fetchall()
            counts[table] = copied[0][0]
            advance()
    return counts


def _card(con: Any, recipe: ExportRecipe, counts: dict[str, int]) -> str:
    """A data set card: one configuration a view, and the licences of the problems."""
    licences = con.sql("select distinct coalesce(license, 'unknown') from problems").fetchall()
    configs = [{"config_name": t, "data_files": f"{t}/*.parquet"} for t in recipe.tables]
    head = {"license": "other", "task_categories": ["text-generation"], "configs": configs}
    lines = [f"- `{table}`: {rows:,} rows" for table, rows in counts.items()]
    known = ", ".join(sorted(name for (name,) in licences))
    return (
        f"---\n{yaml.safe_dump(head, sort_keys=False)}---\n\n# Corpus of the CoT factory\n\n"
        + "\n".join(lines)
        + f"\n\nLicences of the problems, by row in `problems.license`: {known}.\n"
    )
