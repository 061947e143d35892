"""Token lengths of a rollout by the tokenizer that ships with the factory."""

from pathlib import Path

import polars as pl
from tokenizers import Tokenizer

VERSION = "1"
SUBJECT = "rollout"
TOKENIZER = "cot-4k"
INPUT = "select rollout_id as subject_id, coalesce(trace, '') as trace, solution from owed"

_FILE = Path(__file__).parent.parent / "tokenizers" / f"{TOKENIZER}.json"


def tag(rows: pl.DataFrame) -> pl.DataFrame:
    """(subject_id, trace, solution) -> trace_tokens, tokens (both parts)."""
    tokenizer = Tokenizer.from_file(str(_FILE))
    counted = rows.select(
        "subject_id",
        trace_tokens=pl.Series(_lengths(tokenizer, rows["trace"])),
        solution_tokens=pl.Series(_lengths(tokenizer, rows["solution"])),
    ).with_columns(tokens=pl.col("trace_tokens") + pl.col("solution_tokens"))
    return counted.unpivot(
        on=["trace_tokens", "tokens"],
        index="subject_id",
        variable_name="name",
        value_name="value",
    ).select(
        "subject_id",
        pl.lit(TOKENIZER).alias("scope"),
        "name",
        pl.col("value").cast(pl.Float64),
        pl.lit(None, pl.String).alias("label"),
    )


def _lengths(tokenizer: Tokenizer, texts: pl.Series) -> list[float]:
    return [float(len(found.ids)) for found in tokenizer.encode_batch_fast(texts.to_list())]
