"""AQuA-RAT: algebraic word problems of multiple choice; the rationales are people's.

deepmind/aqua_rat, Apache-2.0; config raw, splits train, validation and test. A row has question,
options (["A)21", "B)21.5", ...]), rationale and correct (the letter). The options are part of the
statement, one a line, and the answer is the letter.
"""

from typing import Any

from factory.sources._fields import field
from factory.sources._hub import Published
from schemas.exchange import SourceRow, Unfit

HUB = Published(
    "aqua_rat",
    "deepmind/aqua_rat",
    config="raw",
    parts=("train", "validation", "test"),
    configs=("raw", "tokenized"),
)
LICENSE = "Apache-2.0"

name, read = HUB.name, HUB.read


def parse(raw: dict[str, Any], recipe: Any) -> SourceRow:
    """A question with its options. Raises Unfit where not just one has the letter."""
    options, letter = field(raw, "options"), field(raw, "correct")
    choices = dict(option.split(")", 1) for option in options)
    if len(choices) < len(options):
        raise Unfit("two options have the same letter")
    if letter not in choices:
        raise Unfit("the correct letter is none of the options'")
    listed = [f"({name}) {text.strip()}" for name, text in choices.items()]
    return SourceRow(
        statement="\n".join([field(raw, "question"), *listed]),
        answer=letter,
        split=HUB.split(recipe),
    )
