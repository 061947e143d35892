"""What all row models share: their base, and the words that several of them use."""

from typing import ClassVar, Literal

from pydantic import BaseModel

Outcome = Literal[
    "correct",
    "incorrect",
    "ambiguous",
    "no_answer",
    "truncated",
    "timeout",
    "unparseable_answer",
    "no_gold",
    "error",
]
Subject = Literal["problem", "rollout"]
Split = Literal["train", "validation", "test"]
Overlap = Literal["copy", "near", "number_variant", "suspect", "different"]


class Row(BaseModel):
    """Base of the row models."""

    KEY: ClassVar[tuple[str, ...]]
    REPLACES: ClassVar[bool] = False
    LATER: ClassVar[tuple[str, ...]] = ()  # columns that older shards lack
