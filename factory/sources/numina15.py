"""NuminaMath-1.5: 896k competition and school problems with answers; the solutions are people's.

AI-MO/NuminaMath-1.5, Apache-2.0. A row has problem, solution, answer, problem_type, question_type
(math-word-problem, MCQ, proof), problem_is_valid and solution_is_valid (Yes, No, Incomplete, ...),
source, synthetic. Where the answer is a proof, was not found, or comes from a solution the set does
not call valid, the problem has none; a problem the set does not call valid is rejected.
"""

from typing import Any

from factory.sources._fields import field, scalar, slug
from factory.sources._hub import Published
from schemas.exchange import SourceRow, Unfit

HUB = Published("numina15", "AI-MO/NuminaMath-1.5")
LICENSE = "Apache-2.0"
NO_ANSWER = ("proof", "notfound")

name, read = HUB.name, HUB.read


def parse(raw: dict[str, Any], recipe: Any) -> SourceRow:
    """Problem and answer. Raises Unfit where the set itself calls the problem invalid."""
    if (valid := field(raw, "problem_is_valid")) != "Yes":
        raise Unfit(f"problem_is_valid is {valid}")
    return SourceRow(
        statement=field(raw, "problem"),
        answer=_answer(raw),
        split=HUB.split(recipe),
        domain=slug(field(raw, "problem_type")),
        origin=field(raw, "source"),
    )


def _answer(raw: dict[str, Any]) -> str | None:
    answer = scalar(raw, "answer") or ""
    stated = field(raw, "question_type") != "proof" and answer.strip().lower() not in NO_ANSWER
    return answer if stated and field(raw, "solution_is_valid") == "Yes" else None
