"""OpenAI's published GSM8K solutions: four models' rollouts for the test questions, with labels.

openai/grade-school-math, MIT: example_model_solutions.jsonl. A row has question, ground_truth,
which ends in "A: n", and of each model {solution, is_correct}.
"""

from typing import Any

from factory.sources import _files
from schemas.exchange import SourceRollout, SourceRow, Unfit

NAME = "openai_gsm8k"
LICENSE = "MIT"
MODELS = ("6b_finetuning", "6b_verification", "175b_finetuning", "175b_verification")

read = _files.of(_files.any_format)


def parse(raw: dict[str, Any], recipe: Any) -> SourceRow:
    """One question and its four rollouts."""
    _, marker, answer = raw["ground_truth"].rpartition("A:")
    if not marker:
        raise Unfit("no 'A:' before the final answer")
    return SourceRow(
        statement=raw["question"],
        answer=answer.strip().replace(",", ""),
        split="test",
        level="elementary",
        domain="arithmetic",
        rollouts=tuple(_rollout(model, raw[model]) for model in MODELS),
    )


def _rollout(model: str, found: dict[str, Any]) -> SourceRollout:
    text, label = found["solution"], found["is_correct"]
    return SourceRollout(name=model, index=0, text=text, model=f"gpt3-{model}", label=label)
