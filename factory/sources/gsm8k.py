"""GSM8K: grade-school word problems; the answer field is a worked solution ending in `#### n`.

path = the set's JSONL file; the split is read off its name, or given as split=train|test.
"""

from collections.abc import Iterator
from typing import Any

from factory.errors import UserError
from factory.sources import _files
from schemas.exchange import SourceRow, Unfit

LICENSE = "MIT"


def read(recipe: Any) -> Iterator[_files.Raw]:
    """The rows of `path`. Raises UserError where the split cannot be told."""
    path = _files.path_of(recipe)
    if recipe.split is None and _split(path.stem) is None:
        raise UserError(f"cannot tell the split of {path.name}: give split=train or split=test")
    return ((n, _with_split(raw, path.stem)) for n, raw in _files.any_format(path))


def _split(stem: str) -> str | None:
    return next((name for name in ("train", "test") if name in stem), None)


def _with_split(raw: Any, stem: str) -> Any:
    return {**raw, "split": _split(stem)} if isinstance(raw, dict) else raw


def parse(raw: dict[str, Any], recipe: Any) -> SourceRow:
    """Question and final number."""
    try:
        _, marker, answer = raw["answer"].rpartition("####")
        question = raw["question"]
    except (KeyError, AttributeError) as error:
        raise Unfit(f"not a GSM8K row: no text field {error}") from error
    if not marker:
        raise Unfit("no '####' before the final answer")
    return SourceRow(
        statement=question,
        answer=answer.strip().replace(",", ""),
        split=raw["split"],
        level="elementary",
        domain="arithmetic",
    )
