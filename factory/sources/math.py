"""MATH (Hendrycks): competition problems in seven subjects and five levels, with boxed answers.

EleutherAI/hendrycks_math, MIT, a configuration a subject (all of them unless config= names one),
splits train and test. path = a JSONL, JSON, CSV or Parquet file of rows {problem, solution or
answer, type or subject, level}. split=train|test must be given: the files do not say.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from factory.errors import UserError
from factory.sources import _files, _hub
from factory.sources._fields import boxed, field, scalar
from factory.sources._hub import Published
from schemas.exchange import SourceRow, Unfit

SUBJECTS = (
    "algebra",
    "counting_and_probability",
    "geometry",
    "intermediate_algebra",
    "number_theory",
    "prealgebra",
    "precalculus",
)
HUB = Published(
    "math", "EleutherAI/hendrycks_math", part=None, parts=("train", "test"), configs=SUBJECTS
)
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


def name(recipe: Any) -> str:
    """`math_SPLIT`, or `math_SPLIT_SUBJECT`."""
    return "_".join(word for word in ("math", recipe.part or recipe.split, recipe.config) if word)


def read(recipe: Any) -> Iterator[_files.Raw]:
    """The rows of `path`, else of the hub. Raises UserError where no split is given."""
    if recipe.split is None:
        raise UserError("source=math needs split=train or split=test: the files do not say")
    path, part = recipe.path or HUB.id, recipe.part or recipe.split
    HUB.check(recipe, part)
    if Path(path).is_file():
        return _files.any_format(Path(path))
    subjects = [recipe.config] if recipe.config else SUBJECTS
    parts = (row for subject in subjects for _, row in _hub.rows(path, subject, part))
    return enumerate(parts)


def parse(raw: dict[str, Any], recipe: Any) -> SourceRow:
    """Problem, answer and subject; the row's id where it has one."""
    stated = raw.get("answer") not in (None, "")
    answer = scalar(raw, "answer") if stated else boxed(raw.get("solution") or "")
    if answer is None:
        raise Unfit("no answer: neither a field 'answer' nor a boxed one in 'solution'")
    return SourceRow(
        statement=field(raw, "problem"),
        answer=answer,
        row=scalar(raw, "unique_id") if "unique_id" in raw else None,
        level=level(raw.get("level")),
        domain=DOMAINS.get(raw.get("type") or raw.get("subject") or ""),
    )


def level(stated: Any) -> str | None:
    """`Level 3` and 3 -> `math-3`: MATH's own ladder, not a school level."""
    digits = str(stated or "").removeprefix("Level ")
    return f"math-{digits}" if digits.isdigit() else None
