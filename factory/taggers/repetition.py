"""How much of a rollout says again what it said before: the mark of a model caught in a loop.

The value is the share of its lines (of 12 characters or more) that already stood in it: 0 for text
without repeats, near 1 for a loop.
"""

import polars as pl

VERSION = "1"
SUBJECT = "rollout"
INPUT = (
    "select rollout_id as subject_id, coalesce(trace || chr(10), '') || solution as text from owed"
)
LINE_CHARS = 12


def tag(rows: pl.DataFrame) -> pl.DataFrame:
    """(subject_id, text) -> repetition in 0..1."""
    return rows.select(
        "subject_id",
        pl.lit("").alias("scope"),
        pl.lit("repetition").alias("name"),
        pl.col("text").map_elements(repetition, return_dtype=pl.Float64).alias("value"),
        pl.lit(None, pl.String).alias("label"),
    )


def repetition(text: str) -> float:
    """Share of lines that repeat an earlier one."""
    lines = [line.strip() for line in text.splitlines() if len(line.strip()) >= LINE_CHARS]
    return 1 - len(set(lines)) / len(lines) if lines else 0.0
