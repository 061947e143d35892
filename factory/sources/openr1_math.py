"""OpenR1-Math-220k: NuminaMath 1.5 problems, each with two to four traces of DeepSeek-R1.

open-r1/OpenR1-Math-220k, Apache-2.0; config default (94k problems), extended (131k) or all. A row
has problem, solution, answer, problem_type, question_type, source (of NuminaMath: olympiads,
aops_forum, ...), uuid, and a list each, in the same order, of generations, correctness_math_verify,
correctness_llama, is_reasoning_complete and finish_reasons; of these all but generations may be
null. The card tells the prompt ("Please reason step by step, ..."); it is not in the rows.
"""

from typing import Any

from factory.sources._fields import field, scalar, slug
from factory.sources._hub import Published
from schemas.exchange import SourceRollout, SourceRow

HUB = Published("openr1_math", "open-r1/OpenR1-Math-220k", configs=("default", "extended", "all"))
LICENSE = "Apache-2.0"
MODEL = "deepseek-r1"

name, read = HUB.name, HUB.read


def parse(raw: dict[str, Any], recipe: Any) -> SourceRow:
    """A problem and all its traces, labelled by Math-Verify."""
    proof = field(raw, "question_type") == "proof"
    return SourceRow(
        statement=field(raw, "problem"),
        answer=None if proof else scalar(raw, "answer"),
        row=scalar(raw, "uuid"),
        split=HUB.split(recipe),
        domain=slug(field(raw, "problem_type")),
        origin=field(raw, "source"),
        rollouts=_rollouts(raw),
    )


def _rollouts(raw: dict[str, Any]) -> tuple[SourceRollout, ...]:
    texts = field(raw, "generations")
    nothing = [None] * len(texts)
    labels = field(raw, "correctness_math_verify") or nothing
    reasons = field(raw, "finish_reasons") or nothing
    complete = field(raw, "is_reasoning_complete") or nothing
    return tuple(
        SourceRollout("generations", index, text, MODEL, label, finish_reason=_finish(why, whole))
        for index, (text, label, why, whole) in enumerate(
            zip(texts, labels, reasons, complete, strict=True)
        )
    )


def _finish(reason: str | None, complete: bool | None) -> str | None:
    """Why a trace ended: as told, or `length` where its reasoning is known to be incomplete."""
    return reason or ("length" if complete is False else None)
