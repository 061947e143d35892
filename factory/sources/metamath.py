"""MetaMathQA: GSM8K's and MATH's training problems, rephrased and reversed, solved by GPT-3.5.

meta-math/MetaMathQA, MIT. A row has type (GSM_Rephrased, MATH_FOBAR, ...), query, response, which
ends in "The answer is: ...", and original_question. By the paper only responses that reach the
right answer were kept, so the one at the end is the problem's; a verdict here says that the rollout
agrees with itself, no more. A query that was solved several times is several rows.
"""

from typing import Any

from factory.sources._fields import field
from factory.sources._hub import Published
from schemas.exchange import SourceRollout, SourceRow, Unfit

HUB = Published("metamath", "meta-math/MetaMathQA")
LICENSE = "MIT"
MODEL = "gpt-3.5-turbo"

name, read = HUB.name, HUB.read


def parse(raw: dict[str, Any], recipe: Any) -> SourceRow:
    """A query and its response. Raises Unfit where no answer ends it."""
    response = field(raw, "response")
    _, marker, answer = response.rpartition("The answer is:")
    if not marker:
        raise Unfit("no 'The answer is:' before the final answer")
    return SourceRow(
        statement=field(raw, "query"),
        answer=answer.strip(),
        split=HUB.split(recipe),
        origin=field(raw, "type"),
        rollouts=(SourceRollout("response", 0, response, MODEL),),
    )
