"""Big-Math-RL-Verified: 251k problems with answers that can be checked.

SynthLabsAI/Big-Math-RL-Verified, Apache-2.0; the hub wants its conditions accepted. A row has
problem, answer, source (orca_math, cn_k12, math, gsm8k, ...), domain (a list of paths such as
"Mathematics -> Algebra -> ...") and llama8b_solve_rate.
"""

from typing import Any

from factory.sources._fields import area, field, scalar
from factory.sources._hub import Published
from schemas.exchange import SourceRow

HUB = Published("big_math", "SynthLabsAI/Big-Math-RL-Verified")
LICENSE = "Apache-2.0"

name, read = HUB.name, HUB.read


def parse(raw: dict[str, Any], recipe: Any) -> SourceRow:
    """Problem and answer, and the field of its first domain."""
    return SourceRow(
        statement=field(raw, "problem"),
        answer=scalar(raw, "answer"),
        split=HUB.split(recipe),
        domain=area(field(raw, "domain")),
        origin=field(raw, "source"),
    )
