"""Omni-MATH: 4,428 olympiad problems with answers and a difficulty; the solutions are people's.

KbsdJames/Omni-MATH, Apache-2.0. It is a benchmark: its one split is test, which no mixture takes;
`split=train part=test` says otherwise. A row has domain (a list of paths such as "Mathematics ->
Number Theory -> ..."), difficulty (1 to 10), problem, solution, answer and source (a contest).
"""

from typing import Any

from factory.sources._fields import area, field, scalar
from factory.sources._hub import Published
from schemas.exchange import SourceRow

HUB = Published("omni_math", "KbsdJames/Omni-MATH", part="test", parts=("test",))
LICENSE = "Apache-2.0"

name, read = HUB.name, HUB.read


def parse(raw: dict[str, Any], recipe: Any) -> SourceRow:
    """Problem and answer; the level is on the set's own ladder."""
    difficulty = scalar(raw, "difficulty")  # of a CSV file text
    return SourceRow(
        statement=field(raw, "problem"),
        answer=scalar(raw, "answer"),
        split=HUB.split(recipe),
        level=f"omni-{float(difficulty):g}" if difficulty else None,
        domain=area(field(raw, "domain")),
        origin=field(raw, "source"),
    )
