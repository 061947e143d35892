"""Qwen2.5-Math's published evaluation: eight rollouts for each of 100 MATH test problems."""

from collections.abc import Iterator
from typing import Any

from factory.sources import _files
from factory.sources.math import DOMAINS, level
from schemas.exchange import SourceRollout, SourceRow

NAME = "qwen25_math"
LICENSE = "MIT"


def read(recipe: Any) -> Iterator[_files.Raw]:
    """The rows of `path`."""
    return _files.any_format(_files.path_of(recipe))


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
