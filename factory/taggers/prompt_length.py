"""Token length of a problem's statement, without any prompt around it."""

from collections.abc import Callable, Sequence

import polars as pl

VERSION = "1"
SUBJECT = "problem"
TEXT = "statement"
COUNTS = True


def tag(rows: pl.DataFrame, count: Callable[[Sequence[str]], list[int]]) -> pl.DataFrame:
    """(subject_id, statement) -> prompt_tokens."""
    return rows.select("subject_id", prompt_tokens=pl.Series(count(rows["statement"].to_list())))
