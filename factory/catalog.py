"""SQL over a snapshot: the public views, built fresh from the log; derived and disposable.

Steps, `just sql` and the trainer read through here. `publish` writes the same views to
`catalog.duckdb` for other tools: to a temporary file, then renamed, so that an open shell keeps its
file and blocks nobody. A user's SQL runs on a locked connection that can read the live shards and
nothing else.
"""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from factory import views
from factory.errors import QueryError, StoreError
from factory.remote import UNREACHED, Shards
from factory.store import Snapshot, Store
from factory.views import quoted
from schemas.arrow import key


def connect(store: Store, snapshot: Snapshot | None = None) -> duckdb.DuckDBPyConnection:
    """An in-memory catalog over `snapshot` (default: now). Raises StoreError on damage."""
    snapshot = snapshot or store.snapshot()
    if damage := store.misfits(snapshot):
        more = f" (and {len(damage) - 1} more)" if len(damage) > 1 else ""
        raise StoreError(f"{damage[0]}{more}; `just doctor` checks, `repair=true` mends the store")
    con = _connection(store, snapshot)
    # Left alone, DuckDB spills into a folder of whoever called us.
    con.execute("set temp_directory = ?", [f"{tempfile.gettempdir()}/cot-spill-{os.getpid()}"])
    views.raw(con, snapshot, store.files.url)
    views.attach(con)
    return con


@contextmanager
def locked(store: Store, snapshot: Snapshot | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
    """A catalog for SQL of a user: live shards can be read, nothing else, and nothing written."""
    snapshot = snapshot or store.snapshot()
    live = [store.files.url(shard.path) for shard in snapshot.shards]
    # DuckDB may read and write all of its spill folder: so it is a fresh one.
    with tempfile.TemporaryDirectory() as spill, connect(store, snapshot) as con:
        con.execute("set temp_directory = ?", [spill])
        con.execute("set allowed_paths = ?", [live])
        con.execute("set python_enable_replacements = false")
        con.execute("set enable_external_access = false")
        con.execute("set lock_configuration = true")
        yield con


def query(con: duckdb.DuckDBPyConnection, sql: str) -> duckdb.DuckDBPyRelation:
    """One read-only statement of a user. Raises QueryError in one line."""
    try:
        sql.encode()
        statements = duckdb.extract_statements(sql)
        kinds = [statement.type.name for statement in statements]
        if kinds != ["SELECT"]:
            found = ", ".join(kinds) or "nothing"
            raise QueryError(f"SQL must be one SELECT; this is {found}")
        return con.sql(sql)
    except (duckdb.Error, UnicodeEncodeError) as error:
        raise QueryError(one_line(error)) from error


def fetch(con: duckdb.DuckDBPyConnection, sql: str) -> list[Any]:
    """The rows of a user's statement. Raises QueryError in one line."""
    with told():
        return query(con, sql).fetchall()


@contextmanager
def told() -> Iterator[None]:
    """What goes wrong while a user's SQL is worked on, in one line. Raises QueryError."""
    try:
        yield
    except (duckdb.InterruptException, RuntimeError) as error:  # Ctrl-C, as DuckDB says it
        if "interrupt" not in str(error).lower():
            raise
        raise KeyboardInterrupt from error
    except duckdb.Error as error:
        broken = unreadable(error) if ".parquet" in str(error) else None
        raise broken or QueryError(one_line(error)) from error


def unseen(
    con: duckdb.DuckDBPyConnection, table: str, rows: pa.Table, where: str = "raw"
) -> pa.Table:
    """The rows whose key is not live yet; `where`: the schema that has the table's keys."""
    match = " and ".join(f"there.{n} is not distinct from incoming.{n}" for n in key(table))
    con.register("incoming", rows)
    sql = f"select * from incoming anti join {where}.{table} there on {match}"
    fresh = con.sql(sql).to_arrow_table()
    con.unregister("incoming")
    return fresh


def unreadable(error: Exception) -> StoreError | None:
    """What a DuckDB error means where a shard was changed behind our back; else None."""
    if UNREACHED in str(error):  # through DuckDB with all of Python's traceback
        return StoreError(str(error).rpartition(UNREACHED)[2].splitlines()[0])
    reading = duckdb.IOException | duckdb.InvalidInputException
    # A broken page comes as a plain Error without the file's name.
    if type(error) is duckdb.Error or isinstance(error, reading) or ".parquet" in str(error):
        return StoreError(f"a shard cannot be read: {one_line(error)}; `just doctor` finds it")
    return None


def one_line(error: Exception) -> str:
    """DuckDB's message without its picture of the query."""
    lines = [line.strip() for line in str(error).splitlines()]
    kept = [line for line in lines if line and not line.startswith(("LINE ", "^"))]
    return " ".join(kept)


def publish(store: Store) -> Path:
    """Write `catalog.duckdb`: the public views for any DuckDB from 1.0 on."""
    target = store.root / "catalog.duckdb"
    temporary = store.root / f".catalog-{os.getpid()}.duckdb"
    temporary.unlink(missing_ok=True)
    snapshot = store.snapshot()
    con = _connection(store, snapshot)
    try:
        con.execute(f"attach {quoted(str(temporary))} as file (storage_version 'v1.0.0')")
        con.execute("use file")
        views.raw(con, snapshot, store.files.url)
        views.define(con)
        con.execute("use memory")
        con.execute("detach file")
        temporary.replace(target)
    except (duckdb.Error, OSError) as error:
        raise StoreError(f"cannot write {target}: {one_line(error)}") from error
    finally:
        con.close()
        temporary.unlink(missing_ok=True)
    return target


def _connection(store: Store, snapshot: Snapshot) -> duckdb.DuckDBPyConnection:
    """DuckDB in memory, able to read the store's files."""
    con = duckdb.connect()
    con.execute("set enable_progress_bar = false")  # it would stand in the midst of a table
    if store.files.remote:
        con.register_filesystem(Shards(store.files, snapshot.shards))
    return con
