"""DeepScaleR-Preview: 40k problems of AIME, AMC, Omni-MATH and STILL with answers.

agentica-org/DeepScaleR-Preview-Dataset, MIT. A row has problem, answer and solution, a person's and
often empty. A few rows have no answer.
"""

from typing import Any

from factory.sources._fields import field, scalar
from factory.sources._hub import Published
from schemas.exchange import SourceRow

HUB = Published("deepscaler", "agentica-org/DeepScaleR-Preview-Dataset")
LICENSE = "MIT"

name, read = HUB.name, HUB.read


def parse(raw: dict[str, Any], recipe: Any) -> SourceRow:
    """Problem and answer."""
    return SourceRow(
        statement=field(raw, "problem"), answer=scalar(raw, "answer"), split=HUB.split(recipe)
    )
