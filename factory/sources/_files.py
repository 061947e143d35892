"""Rows out of local files, by format; a line that cannot be read is an Unfit in its place."""

import csv as csv_module
import json as json_module
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from factory.errors import UserError
from schemas.exchange import Unfit

Raw = tuple[int, Any]
RAW_CHARACTERS = 10_000


class Unreadable(Unfit):
    """A place in a file that holds no row. `raw` is what stands there, for the rejects."""

    def __init__(self, reason: str, raw: Any) -> None:
        super().__init__(reason)
        self.raw = raw


def path_of(recipe: Any) -> Path:
    """The file of the recipe. Raises UserError where it is missing."""
    if recipe.path is None:
        raise UserError(f"source={recipe.source} needs path=FILE")
    path = Path(recipe.path)
    if not path.is_file():
        raise UserError(f"path={recipe.path}: no such file")
    return path


def jsonl(path: Path) -> Iterator[Raw]:
    """One JSON object a line; blank lines are passed over."""
    with path.open("rb") as file:
        for number, line in enumerate(file):
            if line.strip():
                yield number, _object(line)


def _object(line: bytes) -> Any:
    try:
        row = json_module.loads(line)
    except UnicodeDecodeError:
        return Unreadable("not UTF-8", _shown(line))
    except (ValueError, RecursionError) as error:
        return Unreadable(f"not JSON: {str(error).split(':')[0]}", _shown(line))
    if isinstance(row, dict):
        return row
    return Unreadable(f"not an object but {type(row).__name__}", _shown(line))


def _shown(line: bytes) -> str:
    """A line that cannot be read, as text: whatever its bytes, and not without end."""
    return line.decode(errors="backslashreplace").strip("\r\n")[:RAW_CHARACTERS]


def json(path: Path) -> Iterator[Raw]:
    """One JSON array of objects, or an object with one array in it."""
    try:
        found = json_module.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise UserError(f"{path} is not JSON: {error}") from error
    if isinstance(found, dict):
        found = next((value for value in found.values() if isinstance(value, list)), found)
    if not isinstance(found, list):
        raise UserError(f"{path} must hold a JSON array of objects; found {type(found).__name__}")
    for number, row in enumerate(found):
        wrong = f"not an object but {type(row).__name__}"
        yield number, row if isinstance(row, dict) else Unreadable(wrong, row)


def csv(path: Path) -> Iterator[Raw]:
    """A header line, then rows; a row of another length is Unfit."""
    csv_module.field_size_limit(sys.maxsize)
    with path.open(newline="", encoding="utf-8-sig", errors="surrogateescape") as file:
        lines: list[str] = []
        reader = csv_module.DictReader(_noted(file, lines))
        try:
            _ = reader.fieldnames
            lines.clear()
            yield from ((n, _cells(row, lines)) for n, row in enumerate(reader))
        except csv_module.Error as error:
            raise UserError(f"{path} is not CSV: line {reader.line_num}: {error}") from error


def _noted(file: Iterable[str], lines: list[str]) -> Iterator[str]:
    """The lines of a file, each noted too: a reader of rows does not tell what it read."""
    for line in file:
        lines.append(line)
        yield line


def _cells(row: dict[Any, Any], lines: list[str]) -> Any:
    text = "".join(lines)
    lines.clear()
    if None not in row and None not in row.values():
        return row
    return Unreadable(
        "not as many cells as the header", _shown(text.encode("utf-8", "surrogateescape"))
    )


def parquet(path: Path) -> Iterator[Raw]:
    """Rows of a Parquet file, a row group at a time."""
    try:
        file = pq.ParquetFile(path, page_checksum_verification=True)
    except (pa.ArrowInvalid, OSError) as error:
        words = str(error).rstrip(".")
        raise UserError(
            f"{path} is not a Parquet file: {words}; source=jsonl, json and csv read text"
        ) from error
    number = 0
    for batch in file.iter_batches(batch_size=1_000):
        for row in batch.to_pylist():
            yield number, row
            number += 1


READERS = {".jsonl": jsonl, ".json": json, ".csv": csv, ".parquet": parquet}


def of(reader: Callable[[Path], Iterator[Raw]]) -> Callable[[Any], Iterator[Raw]]:
    """The `read` of a source: `path` by this reader; what ends in .parquet is never text."""

    def read(recipe: Any) -> Iterator[Raw]:
        """The rows of `path`."""
        path = path_of(recipe)
        return parquet(path) if path.suffix == ".parquet" else reader(path)

    return read


def any_format(path: Path) -> Iterator[Raw]:
    """By the file's ending."""
    if path.suffix not in READERS:
        raise UserError(f"{path}: unknown ending {path.suffix!r}; known: {', '.join(READERS)}")
    return READERS[path.suffix](path)
