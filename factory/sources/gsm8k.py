"""GSM8K: grade-school word problems; the answer field is a worked solution ending in `#### n`.

openai/gsm8k (config main), MIT, splits train and test: `split=` says which. path = the set's JSONL
file or another export; the split is read off its name, or given.
"""

from typing import Any

from factory.sources._fields import field
from factory.sources._hub import Published
from schemas.exchange import SourceRow, Unfit

HUB = Published(
    "gsm8k",
    "openai/gsm8k",
    config="main",
    part=None,
    parts=("train", "test"),
    configs=("main", "socratic"),
)
LICENSE = "MIT"

read = HUB.read


def name(recipe: Any) -> str:
    """What the published file is called, whatever this one is: it has the same rows."""
    return HUB.name(recipe).replace(":", "_")


def parse(raw: dict[str, Any], recipe: Any) -> SourceRow:
    """Question and final number."""
    _, marker, answer = field(raw, "answer").rpartition("####")
    if not marker:
        raise Unfit("no '####' before the final answer")
    return SourceRow(
        statement=field(raw, "question"),
        answer=answer.strip().replace(",", ""),
        split=HUB.split(recipe),
        level="elementary",
        domain="arithmetic",
    )
