"""Qwen2.5-Math's published evaluation: eight rollouts for each of 100 MATH test problems.

QwenLM/Qwen2.5-Math, folder evaluation, MIT. A row has idx, question, gt, level, type, and a list
each, in the same order, of code (the rollouts), pred and score (their grader's).
"""

from typing import Any

from factory.sources import _files
from factory.sources.math import DOMAINS, level
from schemas.exchange import SourceRollout, SourceRow

NAME = "qwen25_math"
LICENSE = "MIT"

read = _files.of(_files.any_format)


def parse(raw: dict[str, Any], recipe: Any) -> SourceRow:
    """One problem and its eight rollouts, labelled by their grader."""
    pairs = zip(raw["code"], raw["score"], strict=True)
    rollouts = tuple(
        SourceRollout("code", index, text, "qwen2.5-math-instruct", bool(score))
        for index, (text, score) in enumerate(pairs)
    )
    return SourceRow(
        statement=raw["question"],
        answer=raw["gt"],
        row=str(raw["idx"]),
        split="test",
        level=level(raw.get("level")),
        domain=DOMAINS.get(raw.get("type", "")),
        rollouts=rollouts,
    )
