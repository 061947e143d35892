"""Row models -> Arrow schemas, checks and documentation.

`conform` is the only way into the store: columns, types, nulls, ranges and enumerations of a
table are checked against its model, and the first thing that does not fit is named.
"""

import types
from datetime import datetime
from functools import cache
from typing import Any, Literal, Union, get_args, get_origin

import pyarrow as pa
from annotated_types import Ge, Le, MinLen
from pyarrow import compute
from pydantic.fields import FieldInfo

from schemas.row import Row
from schemas.rows import TABLES

pc: Any = compute  # its functions are made at import; type checkers do not see them

_TYPES: dict[type, pa.DataType] = {
    str: pa.string(),
    bytes: pa.binary(),
    int: pa.int64(),
    float: pa.float64(),
    bool: pa.bool_(),
    datetime: pa.timestamp("us"),
}


class SchemaError(ValueError):
    """A table that does not fit its model; the message names table, column and value."""


def _plain(annotation: Any) -> tuple[Any, bool]:
    """The annotation without None, and whether None was allowed."""
    if get_origin(annotation) in (Union, types.UnionType):
        kinds = [a for a in get_args(annotation) if a is not type(None)]
        return kinds[0], True
    return annotation, False


def _field(name: str, info: FieldInfo) -> pa.Field:
    kind, nullable = _plain(info.annotation)
    arrow = pa.string() if get_origin(kind) is Literal else _TYPES[kind]
    return pa.field(name, arrow, nullable, metadata={"description": info.description or ""})


@cache
def schema(table: str) -> pa.Schema:
    """The Arrow schema of a table, column descriptions included."""
    model = TABLES[table]
    return pa.schema(
        [_field(name, info) for name, info in model.model_fields.items()],
        metadata={"table": table, "doc": (model.__doc__ or "").strip()},
    )


def from_rows(table: str, rows: list[dict[str, Any]]) -> pa.Table:
    """Rows -> a checked Arrow table. A column missing from a row is null."""
    try:
        return conform(table, pa.Table.from_pylist(rows, schema=_nullable(schema(table))))
    except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError, UnicodeEncodeError) as error:
        raise SchemaError(f"{table}: {error}") from error


def conform(table: str, rows: pa.Table) -> pa.Table:
    """`rows` in the column order and types of `table`. Raises SchemaError."""
    wanted = schema(table)
    if missing := [name for name in wanted.names if name not in rows.column_names]:
        raise SchemaError(f"{table}: column {missing[0]!r} is missing")
    if unknown := [name for name in rows.column_names if name not in wanted.names]:
        raise SchemaError(f"{table}: unknown column {unknown[0]!r}")
    try:
        rows = rows.select(wanted.names).cast(_nullable(wanted))
    except (pa.ArrowInvalid, ValueError) as error:
        raise SchemaError(f"{table}: {error}") from error
    for name, info in TABLES[table].model_fields.items():
        _check(table, name, info, rows[name])
    return rows.cast(wanted)


def _nullable(found: pa.Schema) -> pa.Schema:
    """The same columns before the check that names what is null."""
    return pa.schema([pa.field(field.name, field.type, metadata=field.metadata) for field in found])


def _check(table: str, name: str, info: FieldInfo, column: pa.ChunkedArray) -> None:
    kind, nullable = _plain(info.annotation)
    if not nullable and column.null_count:
        raise SchemaError(f"{table}.{name} may not be null ({column.null_count} rows are)")
    if get_origin(kind) is Literal:
        known = pa.array(get_args(kind), pa.string())
        _refuse(table, name, column, pc.is_in(column, known), f"one of {', '.join(get_args(kind))}")
    for rule in info.metadata:
        if isinstance(rule, Ge):
            bound = float(str(rule.ge))
            _refuse(table, name, column, pc.greater_equal(column, bound), f">= {rule.ge}")
        elif isinstance(rule, Le):
            bound = float(str(rule.le))
            _refuse(table, name, column, pc.less_equal(column, bound), f"<= {rule.le}")
        elif isinstance(rule, MinLen):
            long_enough = pc.greater_equal(pc.utf8_length(column), rule.min_length)
            _refuse(table, name, column, long_enough, "not empty")


def _refuse(
    table: str, name: str, column: pa.ChunkedArray, fits: pa.ChunkedArray, allowed: str
) -> None:
    bad = column.filter(
        pc.and_(pc.invert(pc.fill_null(fits, fill_value=True)), pc.is_valid(column))
    )
    if len(bad):
        raise SchemaError(f"{table}.{name} is {bad[0].as_py()!r}; allowed: {allowed}")


def key(table: str) -> tuple[str, ...]:
    """The columns that identify a row of `table`."""
    model: type[Row] = TABLES[table]
    return model.KEY
