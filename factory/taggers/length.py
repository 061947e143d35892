"""Token lengths of a rollout: of its trace, and of trace and solution."""

from collections.abc import Callable, Sequence

import polars as pl

VERSION = "1"
SUBJECT = "rollout"
TEXT = "coalesce(trace, '') as trace, solution"
COUNTS = True


def tag(rows: pl.DataFrame, count: Callable[[Sequence[str]], list[int]]) -> pl.DataFrame:
    """(subject_id, trace, solution) -> trace_tokens, tokens (both parts)."""
    trace, solution = (pl.Series(count(rows[part].to_list())) for part in ("trace", "solution"))
    return rows.select("subject_id", trace_tokens=trace, tokens=trace + solution)
