"""What a catalog is made of: `raw.*` over the live shards, and the public views, bound once."""

import json
import os
import re
import shutil
import tempfile
from collections.abc import Callable
from datetime import datetime
from functools import cache
from importlib.resources import files as package_files
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from factory.store import Snapshot, canonical, digest
from schemas.arrow import schema
from schemas.rows import TABLES

_LOG_RUNS = pa.schema(
    [
        ("run_id", pa.string()),
        ("kind", pa.string()),
        ("status", pa.string()),
        ("recipe", pa.string()),
        ("started", pa.timestamp("us")),
        ("seconds", pa.float64()),
        ("cost_usd", pa.float64()),
        ("counts", pa.string()),
        ("versions", pa.string()),
        ("seq", pa.int64()),
    ]
)
_LOG_SHARDS = pa.schema(
    [
        ("table", pa.string()),
        ("path", pa.string()),
        ("rows", pa.int64()),
        ("bytes", pa.int64()),
        ("sha256", pa.string()),
    ]
)


def raw(con: Any, snapshot: Snapshot, url: Callable[[str], str]) -> None:
    """Make the schema `raw`: the live shards as views, and the log."""
    con.execute("create schema raw")
    for table in TABLES:
        paths = [quoted(url(shard.path)) for shard in snapshot.of(table)]
        con.execute(f"create view raw.{table} as {_select(table, paths)}")
    _load(con, "log_runs", pa.Table.from_pylist([_run_row(r) for r in snapshot.runs], _LOG_RUNS))
    shards = [
        {"table": s.table, "path": s.path, "rows": s.rows, "bytes": s.bytes, "sha256": s.sha256}
        for s in snapshot.shards
    ]
    _load(con, "log_shards", pa.Table.from_pylist(shards, _LOG_SHARDS))
    con.execute(_text("retracted.sql"))


def define(con: Any) -> None:
    """Make the public views where they belong to one catalog only."""
    con.execute(_text("views.sql"))


def attach(con: Any) -> None:
    """Bring in the public views, as a file that is made once holds them.

    To make DuckDB understand them takes 0.13 s, which a command would spend for every step.
    """
    con.execute(f"attach {quoted(str(_file()))} as views (read_only)")
    con.execute("set search_path = 'memory.main,views.main'")


def _file() -> Path:
    """The file of this version's views; of this user, in the folder for what is temporary."""
    path = Path(tempfile.gettempdir()) / _name()
    if path.exists() and path.stat().st_uid == os.getuid():
        return path
    with tempfile.TemporaryDirectory() as folder, duckdb.connect() as con:
        made = Path(folder) / path.name
        raw(con, Snapshot(), str)
        con.execute(f"attach {quoted(str(made))} as views")
        con.execute("set search_path = 'views.main,memory.main'")
        con.execute(re.sub(r"(?<![\w.])raw\.", "memory.raw.", _text("views.sql")))
        con.execute("set search_path = 'memory.main'")
        con.execute("detach views")
        part = path.with_name(f"{path.name}.{os.getpid()}.part")
        shutil.copyfile(made, part)
        part.replace(path)
    return path


@cache
def _name() -> str:
    texts = [_text("views.sql"), duckdb.__version__, *(str(schema(table)) for table in TABLES)]
    return f"cot-views-{os.getuid()}-{digest(canonical(texts))[:16]}.duckdb"


def _text(name: str) -> str:
    return package_files("schemas").joinpath(name).read_text()


def _load(con: Any, name: str, rows: pa.Table) -> None:
    con.register("incoming", rows)
    con.execute(f"create table raw.{name} as select * from incoming")
    con.unregister("incoming")


def _run_row(run: dict[str, Any]) -> dict[str, Any]:
    inner = {name: json.dumps(run[name]) for name in ("recipe", "counts", "versions")}
    return {**run, **inner, "started": datetime.fromisoformat(run["started"])}


def _select(table: str, paths: list[str]) -> str:
    columns = ", ".join(f'null::{_sql_type(f.type)} as "{f.name}"' for f in schema(table))
    nothing = f"select {columns} where false"
    if not paths:
        return nothing
    if not TABLES[table].LATER:
        return f"select * from read_parquet([{', '.join(paths)}])"
    # A shard of an earlier version may lack a column: there it is null. (Reads every footer.)
    rows = f"select * from read_parquet([{', '.join(paths)}], union_by_name = true)"
    names = ", ".join(f'"{name}"' for name in schema(table).names)
    return f"select {names} from ({rows} union all by name {nothing})"


def _sql_type(kind: pa.DataType) -> str:
    names = {
        pa.string(): "varchar",
        pa.binary(): "blob",
        pa.int64(): "bigint",
        pa.float64(): "double",
        pa.bool_(): "boolean",
    }
    return names.get(kind, "timestamp")


def quoted(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
