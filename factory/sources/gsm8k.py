"""GSM8K: grade-school word problems; the answer field is a worked solution ending in `#### n`.

path = the set's JSONL file; the split is read off its name, or given as split=train|test.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from factory.errors import UserError
from factory.sources import _files
from schemas.exchange import SourceRow, Unfit

LICENSE = "MIT"


def read(recipe: Any) -> Iterator[_files.Raw]:
    """The rows of `path`. Raises UserError where the split cannot be told."""
    path = _files.path_of(recipe)
    if recipe.split is None and _split(path) is None:
        raise UserError(f"cannot tell the split of {path.name}: give split=train or split=test")
    return _files.any_format(path)


def _split(path: Path) -> str | None:
    """The split that stands in the name as a word; None where neither does, or both do."""
    found = {"train", "test"} & set(re.split("[^a-z]+", path.stem.lower()))
    return found.pop() if len(found) == 1 else None


def parse(raw: dict[str, Any], recipe: Any) -> SourceRow:
    """Question and final number."""
    _, marker, answer = raw["answer"].rpartition("####")
    if not marker:
        raise Unfit("no '####' before the final answer")
    return SourceRow(
        statement=raw["question"],
        answer=answer.strip().replace(",", ""),
        split=_split(Path(recipe.path)),
        level="elementary",
        domain="arithmetic",
    )
