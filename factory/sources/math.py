"""MATH (Hendrycks): competition problems in seven subjects and five levels, with boxed answers.

path = a JSONL, JSON or Parquet file of rows {problem, solution or answer, type or subject, level};
split=train|test must be given: the files do not say.
"""

from collections.abc import Iterator
from typing import Any

from factory.errors import UserError
from factory.sources import _files
from factory.sources._fields import field, scalar
from schemas.exchange import SourceRow, Unfit

LICENSE = "MIT"

DOMAINS = {
    "Algebra": "algebra",
    "Intermediate Algebra": "algebra",
    "Prealgebra": "arithmetic",
    "Precalculus": "precalculus",
    "Geometry": "geometry",
    "Number Theory": "number_theory",
    "Counting & Probability": "probability",
}


def read(recipe: Any) -> Iterator[_files.Raw]:
    """The rows of `path`. Raises UserError where no split is given."""
    if recipe.split is None:
        raise UserError("source=math needs split=train or split=test: the files do not say")
    return _files.any_format(_files.path_of(recipe))


def parse(raw: dict[str, Any], recipe: Any) -> SourceRow:
    """Problem, answer and subject; the row's id where it has one."""
    stated = raw.get("answer") not in (None, "")
    return SourceRow(
        statement=field(raw, "problem"),
        answer=scalar(raw, "answer") if stated else boxed(raw.get("solution") or ""),
        row=scalar(raw, "unique_id") if "unique_id" in raw else None,
        level=level(raw.get("level")),
        domain=DOMAINS.get(raw.get("type") or raw.get("subject") or ""),
    )


def level(stated: Any) -> str | None:
    """`Level 3` and 3 -> `math-3`: MATH's own ladder, not a school level."""
    digits = str(stated or "").removeprefix("Level ")
    return f"math-{digits}" if digits.isdigit() else None


def boxed(solution: str) -> str:
    """What stands in the last balanced \\boxed{}. Raises Unfit where there is none."""
    start = solution.rfind("\\boxed{")
    depth = 0
    for place in range(start + 6, len(solution)) if start >= 0 else ():
        depth += {"{": 1, "}": -1}.get(solution[place], 0)
        if depth == 0:
            return solution[start + 7 : place]
    raise Unfit("no answer: neither a field 'answer' nor a boxed one in 'solution'")
