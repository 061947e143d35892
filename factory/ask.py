"""`just sql`: one read-only statement of the user, as a table for people or rows for tools."""

import csv
import io
import shutil
import sys

import duckdb
import pyarrow.parquet as pq

from factory import catalog
from factory.errors import QueryError
from factory.store import Store


def sql(store: Store, statement: str, form: str) -> None:
    """Print the result. Raises QueryError."""
    for words in dict(store.snapshot().damage).values():
        print(f"warning: {words}; `just doctor` tells more", file=sys.stderr)
    with catalog.locked(store) as con:
        found = catalog.query(con, statement)
        try:
            FORMS[form](found)
        except duckdb.Error as error:
            raise QueryError(catalog.one_line(error)) from error


def _table(found: duckdb.DuckDBPyRelation) -> None:
    found.show(max_width=shutil.get_terminal_size((160, 24)).columns, max_rows=60)


def _csv(found: duckdb.DuckDBPyRelation) -> None:
    rows = _as_text(found, PLAIN)
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(rows.columns)
    writer.writerows(rows.fetchall())


def _json(found: duckdb.DuckDBPyRelation) -> None:
    rows = found.aggregate("to_json(list({" + _named(found) + "}))").fetchall()
    print(rows[0][0] or "[]")


def _named(found: duckdb.DuckDBPyRelation) -> str:
    return ", ".join(f"{_quoted(name)}: {_quoted(name)}" for name in found.columns)


def _parquet(found: duckdb.DuckDBPyRelation) -> None:
    if sys.stdout.isatty():
        raise QueryError("format=parquet is bytes; redirect it to a file: just sql ... > FILE")
    sink = io.BytesIO()
    kinds = (*PLAIN, "STRUCT", "LIST", "MAP")
    pq.write_table(_as_text(found, kinds).to_arrow_table(), sink, compression="zstd")
    sys.stdout.buffer.write(sink.getvalue())


def _as_text(found: duckdb.DuckDBPyRelation, kept: tuple[str, ...]) -> duckdb.DuckDBPyRelation:
    """The result with every column of another kind as text: intervals, huge integers, ..."""
    columns = []
    for name, kind in zip(map(_quoted, found.columns), map(str, found.types), strict=True):
        outer = "LIST" if kind.endswith("[]") else kind.partition("(")[0]
        columns.append(name if outer in kept else f"{name}::varchar as {name}")
    return found.project(", ".join(columns))


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


PLAIN = (
    "VARCHAR", "BIGINT", "INTEGER", "SMALLINT", "TINYINT", "UBIGINT", "UINTEGER", "DOUBLE",
    "FLOAT", "BOOLEAN", "DATE", "TIMESTAMP", "TIME",
)  # fmt: skip
FORMS = {"table": _table, "json": _json, "csv": _csv, "parquet": _parquet}
