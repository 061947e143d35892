"""OpenThoughts-114k: mathematics, code, science and puzzles, each with a trace of DeepSeek-R1.

open-thoughts/OpenThoughts-114k, Apache-2.0. Config metadata, which is read unless another is named:
problem, deepseek_reasoning, deepseek_solution, ground_truth_solution, domain, source, test_cases,
starter_code. config=default has what OpenThinker was trained on: system, and conversations
[{from, value}] in Sky-T1's markers, which tell neither answer nor domain. Rows that are not
mathematics are rejected.
"""

from typing import Any

from factory.sources import _chat
from factory.sources._fields import boxed, field
from factory.sources._hub import Published
from schemas.exchange import NotMaths, SourceRollout, SourceRow, Unfit

SHAPES = {"default": "conversations", "metadata": "deepseek_reasoning"}
HUB = Published(
    "openthoughts", "open-thoughts/OpenThoughts-114k", config="metadata", configs=tuple(SHAPES)
)
LICENSE = "Apache-2.0"
MODEL = "deepseek-r1"

name, read = HUB.name, HUB.read


def parse(raw: dict[str, Any], recipe: Any) -> SourceRow:
    """A problem and its trace. Raises Unfit where it is not mathematics, or of the other config."""
    asked = recipe.config or HUB.config
    for config, sign in SHAPES.items():
        if sign in raw and config != asked:
            raise Unfit(f"a row of config={config}, not of config={asked}; give config={config}")
    if asked == "default":
        return _chat.stratos(raw, MODEL, HUB.split(recipe))
    if (domain := field(raw, "domain")) != "math":
        raise NotMaths(f"not mathematics: domain is {domain}")
    text, thought = field(raw, "deepseek_solution"), field(raw, "deepseek_reasoning")
    return SourceRow(
        statement=field(raw, "problem"),
        answer=boxed(field(raw, "ground_truth_solution") or ""),
        split=HUB.split(recipe),
        origin=field(raw, "source"),
        rollouts=(SourceRollout("deepseek_solution", 0, text, MODEL, reasoning=thought),),
    )
