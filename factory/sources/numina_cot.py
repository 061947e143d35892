"""NuminaMath-CoT: 860k competition and school problems with solutions that GPT-4 rewrote as steps.

AI-MO/NuminaMath-CoT, Apache-2.0; splits train and test (100). A row has source (olympiads,
aops_forum, synthetic_math, ...), problem, solution, and messages with the same two. The answer is
what the solution has in its last box, and none where it has no box, as in proofs: a verdict here
says that the rollout agrees with its own box, no more. By the paper GPT-4 realigned, translated or,
in the synthetic parts, wrote the solutions; only Orca-Math's were left to regular expressions.
"""

from typing import Any

from factory.sources._fields import boxed, field
from factory.sources._hub import Published
from schemas.exchange import SourceRollout, SourceRow

HUB = Published("numina_cot", "AI-MO/NuminaMath-CoT", parts=("train", "test"))
LICENSE = "Apache-2.0"
MODEL = "gpt-4"

name, read = HUB.name, HUB.read


def parse(raw: dict[str, Any], recipe: Any) -> SourceRow:
    """A problem and its rewritten solution."""
    solution = field(raw, "solution")
    return SourceRow(
        statement=field(raw, "problem"),
        answer=boxed(solution),
        split=HUB.split(recipe),
        origin=field(raw, "source"),
        rollouts=(SourceRollout("solution", 0, solution, MODEL),),
    )
