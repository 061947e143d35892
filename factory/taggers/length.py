"""Token lengths of a rollout by the tokenizer that ships with the factory.

Counted are a text's words, each looked up: a chain of thought says the same ones again and again.
"""

import re
import string
from functools import cache
from pathlib import Path

import polars as pl
from tokenizers import Tokenizer

VERSION = "1"
SUBJECT = "rollout"
TOKENIZER = "cot-4k"
INPUT = "select rollout_id as subject_id, coalesce(trace, '') as trace, solution from owed"
KNOWN_WORDS = 200_000  # 100 bytes each
LONG = 64  # characters: such a word will not come again

_FILE = Path(__file__).parent.parent / "tokenizers" / f"{TOKENIZER}.json"
# A word with the space before it. No token of this byte-level BPE goes on from a character that is
# no space to one that is, and digits stand alone: they are counted, not looked up. Spaces are
# those of Unicode; Python takes four control characters more.
_SPACE = r" \t-\r\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_WORD = re.compile(f"[{_SPACE}]*[^{_SPACE}0-9]+|[{_SPACE}]+")
_known: dict[str, int] = {}


def tag(rows: pl.DataFrame) -> pl.DataFrame:
    """(subject_id, trace, solution) -> trace_tokens, tokens (both parts)."""
    counted = rows.select(
        "subject_id",
        trace_tokens=pl.Series(map(tokens, rows["trace"]), dtype=pl.Float64),
        solution_tokens=pl.Series(map(tokens, rows["solution"]), dtype=pl.Float64),
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
        "value",
        pl.lit(None, pl.String).alias("label"),
    )


def tokens(text: str) -> int:
    """How many tokens the text has."""
    words = _WORD.findall(text)
    digits = sum(map(text.count, string.digits))
    try:
        return digits + sum(map(_known.__getitem__, words))
    except KeyError:
        return digits + _learned(words)


def _learned(words: list[str]) -> int:
    if len(_known) > KNOWN_WORDS:
        _known.clear()
    fresh = set(words) - _known.keys()
    found = {word: len(tokenizer().encode(word).ids) for word in fresh}
    _known.update((word, count) for word, count in found.items() if len(word) <= LONG)
    return sum(found[word] if word in found else _known[word] for word in words)


@cache
def tokenizer() -> Tokenizer:
    """The one that ships with the factory."""
    return Tokenizer.from_file(str(_FILE))
