"""`just sql`: one read-only statement of the user, as a table for people or rows for tools."""

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
    with catalog.locked(store) as con:
        found = catalog.query(con, statement)
        try:
            _print(found, form)
        except duckdb.Error as error:
            raise QueryError(catalog.one_line(error)) from error


def _print(found: duckdb.DuckDBPyRelation, form: str) -> None:
    if form == "table":
        found.show(max_width=shutil.get_terminal_size((160, 24)).columns, max_rows=60)
    elif form == "csv":
        print(found.pl().write_csv(), end="")
    elif form == "json":
        print(found.pl().write_json())
    else:
        _parquet(found)


def _parquet(found: duckdb.DuckDBPyRelation) -> None:
    if sys.stdout.isatty():
        raise QueryError("format=parquet is bytes; redirect it to a file: just sql ... > FILE")
    sink = io.BytesIO()
    pq.write_table(found.to_arrow_table(), sink, compression="zstd")
    sys.stdout.buffer.write(sink.getvalue())
