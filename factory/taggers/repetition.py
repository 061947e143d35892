"""How much of a rollout says again what it said before: the mark of a model caught in a loop.

The value is the share of its runs of 8 words that already stood in it, however its lines are
joined: 0 for a text without repeats or of fewer than 8 words, near 1 for a loop. A solution that
restates steps of its trace repeats a little: about 0.2 at most among right ones.
"""

import re

import polars as pl

VERSION = "2"
SUBJECT = "rollout"
TEXT = "coalesce(trace || chr(10), '') || solution as text"
RUN_WORDS = 8

# Cut, because a loop need not have spaces: Chinese has none, nor has a digit said for ever.
_WORD = re.compile(r"\S{1,16}")


def tag(rows: pl.DataFrame) -> pl.DataFrame:
    """(subject_id, text) -> repetition in 0..1."""
    repeated = pl.col("text").map_elements(repetition, return_dtype=pl.Float64)
    return rows.select("subject_id", repetition=repeated)


def repetition(text: str) -> float:
    """Share of runs of 8 words that repeat an earlier one."""
    words = _WORD.findall(text)
    runs = list(zip(*(words[first:] for first in range(RUN_WORDS)), strict=False))
    return 1 - len(set(runs)) / len(runs) if runs else 0.0
